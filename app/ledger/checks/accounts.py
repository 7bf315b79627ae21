"""What must be true of accounts, and of the chart and the ledgers that they stand in."""

from collections.abc import AsyncIterator

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger import publishing
from app.ledger.chart import Book, ledger_id

_POSTED = """
SELECT format('account %s (%s of %s): expected %s posted, the sum of its lines, found %s',
              a.id, a.kind, a.owner_id, w.posted, a.posted)
  FROM ledger_accounts a
  {sums} ON l.account_id = a.id
 CROSS JOIN LATERAL (
       SELECT coalesce(l.debit, 0) * CASE WHEN NOT a.limited THEN 0
                                          WHEN a.side = 'debit' THEN 1 ELSE -1 END AS posted) w
 WHERE a.posted <> w.posted
"""

_SIGNED = "sum(CASE l.side WHEN 'debit' THEN l.amount ELSE -l.amount END)"

POSTED = _POSTED.format(
    sums=f"""
  LEFT JOIN (SELECT account_id, {_SIGNED} AS debit FROM ledger_lines l GROUP BY account_id) l
"""  # noqa: S608  An expression of our own.
)
"""A balance is kept where there is a limit, and is the sum of all lines."""

POSTED_SINCE = _POSTED.format(
    sums=f"""
  JOIN (SELECT l.account_id, {_SIGNED} AS debit
          FROM (SELECT DISTINCT t.account_id
                  FROM ledger_positions p
                  JOIN ledger_lines t ON t.entry_id = p.entry_id
                  JOIN ledger_accounts limited ON limited.id = t.account_id AND limited.limited
                 WHERE p.position > :since) touched
          JOIN ledger_lines l ON l.account_id = touched.account_id
         GROUP BY l.account_id) l
"""  # noqa: S608  An expression of our own.
)
"""The same, of the limited accounts that were touched after a position."""

_HELD = """
SELECT format('account %s (%s of %s): expected %s held by pending holds, found %s',
              a.id, a.kind, a.owner_id, w.held, a.held)
  FROM ledger_accounts a
  LEFT JOIN (SELECT account_id, sum(quantity) AS held
               FROM ledger_holds WHERE state = 'pending' GROUP BY account_id) h
    ON h.account_id = a.id
 CROSS JOIN LATERAL (SELECT CASE WHEN a.limited THEN coalesce(h.held, 0) ELSE 0 END AS held) w
 WHERE a.held <> w.held
"""

_LIMIT = """
SELECT format('account %s (%s of %s): expected to hold back no more than it has, found %s posted'
              ' and %s held', id, kind, owner_id, posted, held)
  FROM ledger_accounts
 WHERE held < 0 OR posted < held
"""

_AS_THE_CHART_SAYS = """
SELECT format('account %s (%s of %s): expected %s', a.id, a.kind, a.owner_id, fault)
  FROM ledger_accounts a
  LEFT JOIN ledgers g ON g.id = a.ledger_id
  LEFT JOIN ledger_kinds k ON k.code = a.kind
 CROSS JOIN LATERAL (VALUES
       (g.id IS NULL, format('ledger %s, found none', a.ledger_id)),
       (k.code IS NULL, 'its kind in the chart of accounts, found none'),
       (g.book <> k.book, format('a ledger of %s, found one of %s', k.book, g.book)),
       ((a.side, a.limited, a.lock_rank) <> (k.side, k.limited, k.lock_rank),
        format('side %s, limit %s, rank %s as the chart says, found %s, %s, %s',
               k.side, k.limited, k.lock_rank, a.side, a.limited, a.lock_rank)),
       ((k.kept_per = 'keeper') <> (a.owner_id = g.keeper_id),
        format('to be kept per %s, found one of keeper %s', k.kept_per, g.keeper_id))
       ) f(found, fault)
 WHERE found
"""

WHOLE = (_HELD, _LIMIT, _AS_THE_CHART_SAYS)
"""These look at all accounts, whatever the occasion."""

_LEDGERS = "SELECT id, keeper_id, book FROM ledgers ORDER BY id"


async def chart_faults(session: AsyncSession) -> AsyncIterator[str]:
    """Compare the database's chart with the program's, and each ledger's id with its name."""
    connection = await session.connection()
    for code in await connection.run_sync(publishing.changed):
        yield f"kind {code}: expected as the program's chart of accounts says, found otherwise"
    async for row in await session.stream(sa.text(_LEDGERS)):
        wanted = ledger_id(row.keeper_id, Book(row.book))
        if row.id != wanted:
            yield (
                f"ledger {row.id}: expected {wanted}, which is made of its keeper {row.keeper_id}"
                f" and {row.book}"
            )
