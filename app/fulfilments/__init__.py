"""What companies have done for their obligations, and what counts of it, once.

- *split*: which units of an order are meant for which obligation; its *allocations* add up to what
  the order has left at the most.
- *provisional*: what an allocation counts for as long as nobody has claimed and decided it; it
  lapses where the time to make up for what is owed is over and nobody has claimed it.
- *assessment*: whether something would count, for how much, by which rules, and why.
- *fulfilment*: a claim that something counts for an obligation; `FulfilmentState` is its life.
- *claim*: what was done, as its kind says it: how many, when and for how much, and never who.
- *placement*: one person's work in a period, a line of a building-block claim.
- *key* and *mark* of a candidate: who employs them makes the first, and only the second is kept
  (`candidates`).
- *evidence*: a file that proves a claim; frozen when the claim is submitted with it.
- *objection*: what a claimant has against a rejection or a revocation, judged by somebody else.
- *claimant*: the organisation that claims; it is bound by the contract.
- *lowered*: what of a value does not count since it did not come about, by the final report.
- *live*: submitted or approved; no unit is in two live fulfilments, and no candidate is for one
  day, whoever recognises them.

May import `orders`, `obligations`, `projects`, `schemes`, `transparency`, `ledger`, `organisations`
and `core`.

Decision: that a unit counts once is a constraint of the database over the serials of the live
fulfilments, for all contracts, authorities and schemes of an installation. An order loses its last
units first, so claims take the first ones that are free. Likewise for the days of candidates:
one range holds the mark and the day, so that it needs no extension; triggers let a line count as
long as its claim is live. What a candidate counted for before at the same authority is looked at
when a claim is submitted, under a lock for each mark, and not before: nobody learns about others
from drafts.

Decision: whether units count for what came about is said by the rules of the authority, which also
say whom a final report must count for it; the default is that they count as bought. Both factors
are policy: the scheme's says what a euro of the price stands for, the authority's what of that
counts. What was refunded goes first of what did not come about, so that no buyer loses it twice:
within the claim or the allocation whose units are lost. The order's other claims keep what a final
report left of them, although there is then less that did not come about: what was decided in the
end is lowered by an entry, and raised by nobody but who decides anew. The public log counts an
approved claim down only. Whose claim is revoked for that reason claims its units once more, and
they are valued by the units that are left.

Decision: an allocation carries what it counts for provisionally, and a fulfilment what it counts
for in the end: so each gives back exactly its own, whatever else is posted to an obligation in the
same call. Locks: the project, the order, its obligations by their ids. The order guards its
allocations and fulfilments, which need no locks of their own; a fulfilment without an order is
kept after its obligation, and the marks of its candidates come last.

Decision: an objection that is upheld lets a claim count in the same step, for what it is worth by
then, with entries of their own beside those of the revocation. If what it claims is taken, or the
obligation closed or full, the refusal says so, and the objection waits until that is undone or it
is dismissed: a decision that changes nothing would be no answer.
"""
