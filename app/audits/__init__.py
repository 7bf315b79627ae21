"""Audits: what those who check an installation read, ask for and write.

- *integrity*: whether everything that must always be true is (`invariants`), looked at again and
  again (`actions.checking`) and said publicly.
- *auditor*: somebody appointed to an authority or an operator for a period, who reads everything of
  it and changes nothing.
- *chain*: figure, contract, obligation, fulfilment, order, entry, leaf and proof, evidence: each
  view leads to the next by `links`, and each list is a file as well (`format`), the very same rows.
- *reading*: one answer that an auditor was given, written down before it left (`actions.readings`).
- *sample*: what an auditor drew of a population, so that anybody draws it again (`sampling`).
- *finding*: what an auditor found; those who are audited answer it, and the auditor concludes.

Decision: a reading is a short transaction of its own beside the READ ONLY one of its GET, after
the answer is made and before it leaves; if it can't be written, the answer is refused. Whoever
proves a right by an appointment notes that appointment on the request (`schemes.queries.keepers`),
so nothing that an auditor may read can be forgotten here. Considered: a line in each route, which
somebody forgets. It costs a commit for each page that an auditor reads, and nobody else.

Decision: an authority's auditor sees of an order what the claims rest on that were sent to it: the
units, and how they moved; the money of an order is its operator's affair and its auditor's.

Decision: a list is exported whole or not at all, and made in memory, so that its SHA-256 stands in
the reading before the file leaves.

May import every domain below.

Decision: whoever may do everything to the database is found out by comparing what stands in several
places: rows, books, the public log, the trail of events. So whatever only one place says, nobody
can check: drafts, orders before they are paid (but for their price and their hold), descriptions,
reasons in words, to which account at a bank a refund goes, whom a letter went to. Whoever has the
log's key as well can write another history of the log, and books that agree with it; only somebody
else's copy tells: keep checkpoints, have witnesses, and compare (`baat replay --known`). Erasing a
salt is allowed, and what it kept can be compared no more.
"""
