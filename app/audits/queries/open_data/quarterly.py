"""What became known in a quarter, added up: of companies together, and by authority."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.open_data import hiding
from app.audits.open_data.hiding import Moved
from app.audits.open_data.writing import Cell
from app.audits.periods import Period
from app.ledger import positions
from app.obligations.queries import small_counts

Rows = list[Sequence[Cell]]
Found: TypeAlias = Sequence[sa.Row[Any]]


async def known(session: AsyncSession, period: Period) -> tuple[int, int]:
    """Say after which position, and up to which, the books became known in a period."""
    begins = await positions.known_at(session, period.begins_at)
    return begins, await positions.known_at(session, period.ends_at)


async def purchases(session: AsyncSession, period: Period) -> Rows:
    """Add up the units of each project that were bought, returned and used up."""
    return [(period.name, *row) for row in await _found(session, _PURCHASES, period)]


async def obligations(session: AsyncSession, period: Period) -> Rows:
    """Add up what the accounts of each authority's obligations moved by.

    Where nothing but a few placements was recognised, what that moved is left out.
    """
    hidden = await _hidden(session, period, await _found(session, _FULFILMENTS, period))
    rows: Rows = []
    for row in await _found(session, _OBLIGATIONS, period):
        is_alone = len(hidden.get(row.id, ())) == 1
        is_hidden = is_alone and row.kind in hiding.TELLING
        amounts = (None, None) if is_hidden else (row.added, row.off)
        rows.append((period.name, row.id, row.legal_name, row.kind, *amounts, is_hidden))
    return rows


async def fulfilments(session: AsyncSession, period: Period) -> Rows:
    """Add up what each authority recognised for good, by kind; nothing of a few placements."""
    found = await _found(session, _FULFILMENTS, period)
    hidden = await _hidden(session, period, found)
    rows: Rows = []
    for row in found:
        is_hidden = row.kind in hidden.get(row.id, ())
        amounts = (None, None, None) if is_hidden else (row.fulfilments, row.added, row.off)
        rows.append((period.name, row.id, row.legal_name, row.kind, *amounts, is_hidden))
    return rows


async def _hidden(
    session: AsyncSession, period: Period, found: Found
) -> dict[UUID, AbstractSet[str]]:
    moved = [Moved(row.id, row.kind, row.people, row.added + row.off) for row in found]
    smallest = await small_counts.by_authority(session, period.last_day, period.ends_at)
    return hiding.hidden_kinds(moved, smallest)


async def _found(session: AsyncSession, query: sa.TextClause, period: Period) -> Found:
    after, until = await known(session, period)
    return (await session.execute(query, {"after": after, "until": until})).all()


_LINES = """
      FROM ledger_positions p
      JOIN ledger_lines l ON l.entry_id = p.entry_id
      JOIN LATERAL (SELECT * FROM ledger_accounts WHERE id = l.account_id OFFSET 0) a ON true
     CROSS JOIN LATERAL (SELECT CASE WHEN l.side = a.side THEN l.amount END AS added,
                                CASE WHEN l.side <> a.side THEN l.amount END AS off) s
"""

_PURCHASES = sa.text(f"""
    SELECT scheme_id, round_id, project_id, bought, returned, retired,
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
    SELECT h.id, g.legal_name, a.kind, CAST(coalesce(sum(added), 0) AS bigint) AS added,
           CAST(coalesce(sum(off), 0) AS bigint) AS off
      {_LINES}
      JOIN obligations b ON b.id = a.owner_id
      JOIN authorities h ON h.id = b.authority_id
      JOIN organisations g ON g.id = h.organisation_id
     WHERE p.position > :after AND p.position <= :until
     GROUP BY h.id, g.legal_name, a.kind
     ORDER BY h.id, a.kind
""")

_FULFILMENTS = sa.text(f"""
    SELECT h.id, g.legal_name, f.kind,
           count(DISTINCT f.id) FILTER (WHERE added IS NOT NULL) AS fulfilments,
           CAST(coalesce(sum(added), 0) AS bigint) AS added,
           CAST(coalesce(sum(off), 0) AS bigint) AS off,
           (SELECT count(DISTINCT n.candidate_mark) FROM placement_lines n
             WHERE n.fulfilment_id = ANY (array_agg(DISTINCT f.id))) AS people
      {_LINES}
      JOIN fulfilments f ON f.id = l.about_id
      JOIN authorities h ON h.id = f.authority_id
      JOIN organisations g ON g.id = h.organisation_id
     WHERE p.position > :after AND p.position <= :until AND a.kind = 'fulfilled'
     GROUP BY h.id, g.legal_name, f.kind
     ORDER BY h.id, f.kind
""")  # noqa: S608  Lines of our own.
