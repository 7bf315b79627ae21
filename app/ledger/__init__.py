"""The books: a double-entry ledger of money, impact and social return that only grows.

- *book*: what is counted: money and impact of a scheme, social return of an authority.
- *ledger*: one keeper's book. An entry may touch several ledgers and balances in each.
- *account*: a place in a ledger (`chart.py`), kept for a project, an order, an obligation, an
  organisation, or the keeper. Never a login.
- *entry*: what happened, with *lines* on two sides; written once. Amounts are whole and positive.
- *hold*: a claim on part of a limited account, before the entry that takes it.
- *position*: the place of an entry in the order in which the books became known.
- *reference*: names an event once; one prefix tells an order's whole story.

May import `core` and `organisations`; knows keepers and owners by their ids only. Others call
`journal.post` with drafts that their `postings.py` made, and read `balances` and `queries`.

Decision: the door is a function of the database (`migrations/books/door.sql`). It is one round
trip, it keeps locks short and in one order, and the application's role can do nothing else: what
must never happen is refused by the database, whoever connects. It costs SQL that must be read as
carefully as code, and a migration for each change. Considered: statements from Python (a tenth of
the speed, and rights to write) and SERIALIZABLE (half of the speed under contention).

Decision: an entry's place, leaf and totals are made by a sequencer beside the posting, never in it
(`positions.py`): transactions commit in another order than they begin, and a chain of hashes would
let them commit one at a time.
"""
