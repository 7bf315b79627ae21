"""What companies have done for their obligations, and what counts of it, once.

- *split*: which units of an order are meant for which obligation; its *allocations* add up to what
  the order has left at the most.
- *provisional*: what an allocation counts for as long as nobody has claimed and decided it.
- *assessment*: whether something would count, for how much, by which rules, and why.
- *fulfilment*: a claim that something counts for an obligation; `FulfilmentState` is its life.
- *claimant*: the organisation that claims; it is bound by the contract.
- *lowered*: what of a value does not count since it did not come about, by the final report.
- *live*: submitted or approved; no unit is in two live fulfilments, whoever recognises them.

May import `orders`, `obligations`, `projects`, `schemes`, `transparency`, `ledger`, `organisations`
and `core`.

Decision: that a unit counts once is a constraint of the database over the serials of the live
fulfilments, for all contracts, authorities and schemes of an installation. An order loses its last
units first, so claims take the first ones that are free.

Decision: whether units count for what came about is said by the rules of the authority, which also
say whom a final report must count for it; the default is that they count as bought. Both factors
are policy: the scheme's says what a euro of the price stands for, the authority's what of that
counts. What was refunded goes first of what did not come about, so that no buyer loses it twice.

Decision: an allocation carries what it counts for provisionally, and a fulfilment what it counts
for in the end: so each gives back exactly its own, whatever else is posted to an obligation in the
same call. Locks: the project, the order, its obligations by their ids. The order guards its
allocations and fulfilments, which need no locks of their own.
"""
