"""The figures of a period report: from entries of the books up to a position, and no later ones."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models.periods import PeriodReport
from app.audits.periods import (
    Content,
    Difference,
    Figures,
    Period,
    canonical,
    differences,
    digest,
    named,
    written,
)
from app.audits.periods.content import Counted, Moved
from app.core.paging import Page, PageRequest, page
from app.ledger import positions
from app.ledger.chart import FULFILLED, Book, ledger_id
from app.obligations.models import Contract, Obligation
from app.projects.models import Round
from app.transparency.models import LogLeaf
from app.transparency.problems import LeafPending
from app.transparency.queries import log


async def listed(
    session: AsyncSession,
    keepers: frozenset[UUID] | None,
    keeper_id: UUID | None,
    paging: PageRequest,
) -> Page[PeriodReport]:
    """List the reports of keepers (None: of all), newest first."""
    query = sa.select(PeriodReport).options(sa.orm.defer(PeriodReport.content))
    if keepers is not None:
        query = query.where(PeriodReport.keeper_id.in_(keepers))
    if keeper_id is not None:
        query = query.where(PeriodReport.keeper_id == keeper_id)
    return await page(session, query, PeriodReport, paging, newest_first=True)


async def frozen(
    session: AsyncSession, keeper_id: UUID, period: Period, position: int
) -> PeriodReport | None:
    """Find the report that says this, if it was frozen before."""
    found: PeriodReport | None = await session.scalar(
        sa.select(PeriodReport).where(
            PeriodReport.keeper_id == keeper_id,
            PeriodReport.period == period.name,
            PeriodReport.position == position,
        )
    )
    return found


async def signed_position(session: AsyncSession, asked: int | None) -> int:
    """Say up to where the public log signed for the books, or insist that it did so for this far.

    Raises:
        NotKnownYet: the books have not come to this position.
        LeafPending: the log has not signed for it yet.
    """
    last = await session.scalar(
        sa.select(sa.func.max(LogLeaf.position)).where(
            LogLeaf.index < await log.latest_size(session)
        )
    )
    signed = last or 0
    if asked is None:
        return signed
    await positions.insist(session, asked)
    if asked > signed:
        raise LeafPending
    return asked


async def compute(session: AsyncSession, keeper_id: UUID, period: Period, position: int) -> Content:
    """Compute a report: the same for the same position, however much is entered later."""
    values = {
        "ledgers": [ledger_id(keeper_id, book) for book in Book],
        "begins": period.begins_at,
        "ends": period.ends_at,
        "position": position,
    }
    moved = [Moved(**row) for row in (await session.execute(_MOVED, values)).mappings()]
    counted = [Counted(**row) for row in (await session.execute(_COUNTED, values)).mappings()]
    figures = Figures(moved, counted, await _rounds(session, keeper_id))
    return written(keeper_id, period, position, await _log_size(session, position), figures)


@dataclass(frozen=True, slots=True)
class Compared:
    """A report as it comes out now, beside what was frozen."""

    position: int
    sha256: str
    differences: Sequence[Difference]


async def recomputed(session: AsyncSession, report: PeriodReport) -> Compared:
    """Compute a report again, as known at its own position: nothing may differ."""
    return await _compared(session, report, report.position)


async def restated(session: AsyncSession, report: PeriodReport, asked: int | None) -> Compared:
    """Compare a report with what is known of its period at another position, or by now.

    Raises:
        NotKnownYet: the books have not come to this position.
        LeafPending: the public log has not signed for it yet.
    """
    return await _compared(session, report, await signed_position(session, asked))


async def _compared(session: AsyncSession, report: PeriodReport, position: int) -> Compared:
    now = await compute(session, report.keeper_id, named(report.period), position)
    then = json.loads(report.content)
    return Compared(position, digest(canonical(now)), differences(then, now))


async def names(session: AsyncSession, keeper_id: UUID) -> dict[str, str]:
    """Say what the rounds of a scheme, or the contracts of an authority's obligations, are called.

    By the ids that a report names; they may be called otherwise tomorrow.
    """
    rounds = sa.select(Round.id, Round.name_nl).where(Round.scheme_id == keeper_id)
    contracts = (
        sa.select(Obligation.id, Contract.reference)
        .join(Contract, Contract.id == Obligation.contract_id)
        .where(Obligation.authority_id == keeper_id)
    )
    found = [*await session.execute(rounds), *await session.execute(contracts)]
    return {str(thing_id): name for thing_id, name in found}


async def _log_size(session: AsyncSession, position: int) -> int | None:
    """Say of how many leaves the first checkpoint is that the log signed over a position."""
    if not position:
        return None
    leaf = await session.scalar(sa.select(LogLeaf.index).where(LogLeaf.position == position))
    return None if leaf is None else await log.first_size_over(session, leaf)


async def _rounds(session: AsyncSession, keeper_id: UUID) -> dict[UUID, UUID]:
    """Say of which round each project and each order of a scheme is: that never changes."""
    found = await session.execute(_ROUNDS, {"scheme": keeper_id})
    return {row.id: row.round_id for row in found}


def _typed(text: str) -> sa.TextClause:
    moment = sa.TIMESTAMP(timezone=True)
    return sa.text(text).bindparams(
        sa.bindparam("ledgers", type_=sa.ARRAY(sa.Uuid())),
        sa.bindparam("begins", type_=moment),
        sa.bindparam("ends", type_=moment),
    )


_LINES = """
      FROM ledger_accounts a
      JOIN ledger_lines l ON l.account_id = a.id
      JOIN ledger_entries e ON e.id = l.entry_id
      JOIN ledger_positions p ON p.entry_id = l.entry_id AND p.position <= :position
     CROSS JOIN LATERAL (
           SELECT CASE WHEN l.side = 'debit' THEN l.amount ELSE -l.amount END AS signed) s
     WHERE a.ledger_id = ANY (:ledgers) AND e.occurred_at < :ends
"""

_MOVED = _typed(f"""
    SELECT a.kind, a.owner_id,
           CAST(coalesce(sum(signed) FILTER (WHERE e.occurred_at < :begins), 0) AS bigint)
               AS opening,
           CAST(coalesce(sum(l.amount) FILTER (
               WHERE e.occurred_at >= :begins AND l.side = 'debit'), 0) AS bigint) AS debit,
           CAST(coalesce(sum(l.amount) FILTER (
               WHERE e.occurred_at >= :begins AND l.side = 'credit'), 0) AS bigint) AS credit
      {_LINES}
     GROUP BY a.kind, a.owner_id
""")

# What is about no fulfilment is a mistake that was entered by hand: the trial balance has it.
_COUNTED = _typed(f"""
    SELECT kind, CAST(sum(opening) AS bigint) AS opening,
           count(*) FILTER (WHERE opening <> 0) AS opening_count,
           CAST(sum(debit) AS bigint) AS debit, CAST(sum(credit) AS bigint) AS credit,
           count(*) FILTER (WHERE opening + debit - credit <> 0) AS closing_count
      FROM (
        SELECT f.kind, l.about_id,
               coalesce(sum(signed) FILTER (WHERE e.occurred_at < :begins), 0) AS opening,
               coalesce(sum(l.amount) FILTER (
                   WHERE e.occurred_at >= :begins AND l.side = 'debit'), 0) AS debit,
               coalesce(sum(l.amount) FILTER (
                   WHERE e.occurred_at >= :begins AND l.side = 'credit'), 0) AS credit
          {_LINES.replace("CROSS JOIN", "JOIN fulfilments f ON f.id = l.about_id CROSS JOIN")}
           AND a.kind = '{FULFILLED.code}'
         GROUP BY f.kind, l.about_id
      ) each
     GROUP BY kind
""")  # noqa: S608  Conditions of our own.

_ROUNDS = sa.text("""
    SELECT p.id, p.round_id
      FROM projects p JOIN rounds r ON r.id = p.round_id WHERE r.scheme_id = :scheme
     UNION ALL
    SELECT o.id, p.round_id
      FROM orders o JOIN projects p ON p.id = o.project_id WHERE o.scheme_id = :scheme
""").bindparams(sa.bindparam("scheme", type_=sa.Uuid()))
