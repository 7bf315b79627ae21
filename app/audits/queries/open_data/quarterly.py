"""What became known in a quarter, added up: of companies together, and by authority."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.open_data.writing import Cell
from app.audits.periods import Period
from app.ledger import positions

Rows = list[Sequence[Cell]]


async def known(session: AsyncSession, period: Period) -> tuple[int, int]:
    """Say after which position, and up to which, the books became known in a period."""
    begins = await positions.known_at(session, period.begins_at)
    return begins, await positions.known_at(session, period.ends_at)


async def purchases(session: AsyncSession, period: Period) -> Rows:
    """Add up the units of each project that were bought, returned and used up."""
    return await _read(session, _PURCHASES, period)


async def obligations(session: AsyncSession, period: Period) -> Rows:
    """Add up what the accounts of each authority's obligations moved by."""
    return await _read(session, _OBLIGATIONS, period)


async def fulfilments(session: AsyncSession, period: Period) -> Rows:
    """Add up what each authority recognised for good, by kind."""
    return await _read(session, _FULFILMENTS, period)


async def _read(session: AsyncSession, query: sa.TextClause, period: Period) -> Rows:
    after, until = await known(session, period)
    values: dict[str, Any] = {"quarter": period.name, "after": after, "until": until}
    return [tuple(row) for row in await session.execute(query, values)]


_LINES = """
      FROM ledger_positions p
      JOIN ledger_lines l ON l.entry_id = p.entry_id
      JOIN LATERAL (SELECT * FROM ledger_accounts WHERE id = l.account_id OFFSET 0) a ON true
     CROSS JOIN LATERAL (SELECT CASE WHEN l.side = a.side THEN l.amount END AS added,
                                CASE WHEN l.side <> a.side THEN l.amount END AS off) s
"""

_PURCHASES = sa.text(f"""
    SELECT CAST(:quarter AS text), scheme_id, round_id, project_id, bought, returned, retired,
           (bought - returned) * unit_price_cents
      FROM (
        SELECT i.scheme_id, i.round_id, i.project_id, i.unit_price_cents,
               -- What retires leaves what is owned, and comes back where it is revoked: neither is
               -- bought or returned.
               CAST(coalesce(sum(added) FILTER (WHERE a.kind = 'owned'), 0)
                    - coalesce(sum(off) FILTER (WHERE a.kind = 'retired'), 0) AS bigint) AS bought,
               CAST(coalesce(sum(off) FILTER (WHERE a.kind = 'owned'), 0)
                    - coalesce(sum(added) FILTER (WHERE a.kind = 'retired'), 0) AS bigint)
                   AS returned,
               CAST(coalesce(sum(added) FILTER (WHERE a.kind = 'retired'), 0)
                    - coalesce(sum(off) FILTER (WHERE a.kind = 'retired'), 0) AS bigint)
                   AS retired
          {_LINES}
          JOIN orders o ON o.id = a.owner_id
          JOIN listings i ON i.project_id = o.project_id
         WHERE p.position > :after AND p.position <= :until AND a.kind IN ('owned', 'retired')
         GROUP BY i.scheme_id, i.round_id, i.project_id, i.unit_price_cents
      ) each
     ORDER BY scheme_id, round_id, project_id
""")  # noqa: S608  Lines of our own.

_OBLIGATIONS = sa.text(f"""
    SELECT CAST(:quarter AS text), h.id, g.legal_name, a.kind,
           CAST(coalesce(sum(added), 0) AS bigint), CAST(coalesce(sum(off), 0) AS bigint)
      {_LINES}
      JOIN obligations b ON b.id = a.owner_id
      JOIN authorities h ON h.id = b.authority_id
      JOIN organisations g ON g.id = h.organisation_id
     WHERE p.position > :after AND p.position <= :until
     GROUP BY h.id, g.legal_name, a.kind
     ORDER BY h.id, a.kind
""")

_FULFILMENTS = sa.text(f"""
    SELECT CAST(:quarter AS text), h.id, g.legal_name, f.kind,
           count(DISTINCT f.id) FILTER (WHERE added IS NOT NULL),
           CAST(coalesce(sum(added), 0) AS bigint), CAST(coalesce(sum(off), 0) AS bigint)
      {_LINES}
      JOIN fulfilments f ON f.id = l.about_id
      JOIN authorities h ON h.id = f.authority_id
      JOIN organisations g ON g.id = h.organisation_id
     WHERE p.position > :after AND p.position <= :until AND a.kind = 'fulfilled'
     GROUP BY h.id, g.legal_name, f.kind
     ORDER BY h.id, f.kind
""")
