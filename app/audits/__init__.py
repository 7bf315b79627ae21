"""Audits: what those who check an installation read, ask for and write.

- *integrity*: whether everything that must always be true is (`invariants`), looked at again and
  again (`actions.checking`) and said publicly.
- *auditor*: somebody appointed to an authority or an operator for a period, who reads everything of
  it and changes nothing.

May import every domain below.

Decision: whoever may do everything to the database is found out by comparing what stands in several
places: rows, books, the public log, the trail of events. So whatever only one place says, nobody
can check: drafts, orders before they are paid (but for their price and their hold), descriptions,
reasons in words, whom a letter went to. Whoever has the log's key as well can write another history
of the log, and books that agree with it; only somebody else's copy tells: keep checkpoints, have
witnesses, and compare (`baat replay --known`). Erasing a salt is allowed, and what it kept can be
compared no more.
"""
