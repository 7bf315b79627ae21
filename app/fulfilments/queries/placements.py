"""Questions about placements: what each is worth, what counted before, and what is claimed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.fulfilments.models import Fulfilment, PlacementLine
from app.obligations.rules import AuthorityRules
from app.obligations.valuing import Placement, Worth, counted_months, placement

KEY_BITS = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class ValuedLine:
    """A line, what it is worth by itself, and how many of its months count."""

    line: PlacementLine
    placement: Placement
    worth: Worth
    months: Fraction


async def lines(session: AsyncSession, fulfilment: Fulfilment) -> Sequence[PlacementLine]:
    """List the placements of a claim, in their order."""
    query = sa.select(PlacementLine).where(PlacementLine.fulfilment_id == fulfilment.id)
    return (await session.scalars(query.order_by(PlacementLine.number))).all()


async def of_fulfilment(
    session: AsyncSession, fulfilment: Fulfilment, paging: PageRequest
) -> Page[PlacementLine]:
    """List the placements of a claim, page by page."""
    query = sa.select(PlacementLine).where(PlacementLine.fulfilment_id == fulfilment.id)
    return await page(session, query, PlacementLine, paging)


def valued(
    rules: AuthorityRules, lines: Sequence[PlacementLine], before: Mapping[Decimal, Fraction]
) -> list[ValuedLine]:
    """Value lines one after the other; what counts of one counts before the next of its candidate.

    Before: the months that counted already, by mark.
    """
    so_far, found = dict(before), []
    for line in lines:
        placed = _placement(line, so_far.get(line.candidate_mark, Fraction(0)))
        months = counted_months(rules, placed)
        if _is_limited(rules, line.block):
            so_far[line.candidate_mark] = placed.months_before + months
        found.append(ValuedLine(line, placed, placement(rules, placed), months))
    return found


def _placement(line: PlacementLine, months_before: Fraction) -> Placement:
    return Placement(
        block=line.block,
        starts_on=line.starts_on,
        ends_on=line.ends_on,
        minutes_per_week=line.minutes_per_week,
        age=line.age,
        is_permanent=line.is_permanent,
        months_before=months_before,
    )


def _is_limited(rules: AuthorityRules, block: str) -> bool:
    table = rules.building_blocks
    return table is not None and block not in table.blocks_without_limit


async def keep(session: AsyncSession, lines: Sequence[PlacementLine]) -> None:
    """Let nobody else claim the same candidates until this is done, in one order for all."""
    keys = sorted({int(line.candidate_mark) & KEY_BITS for line in lines})
    await session.execute(
        sa.text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key"),
        {"keys": keys},
    )


async def before(
    session: AsyncSession,
    rules: AuthorityRules,
    authority_id: UUID,
    lines: Sequence[PlacementLine],
) -> dict[Decimal, Fraction]:
    """Say how many months count of each candidate in other claims at the same authority."""
    query = (
        sa.select(PlacementLine.candidate_mark, PlacementLine.block, PlacementLine.counted_months)
        .join(Fulfilment, Fulfilment.id == PlacementLine.fulfilment_id)
        .where(
            PlacementLine.candidate_mark.in_({line.candidate_mark for line in lines}),
            PlacementLine.fulfilment_id != lines[0].fulfilment_id,
            PlacementLine.is_live,
            Fulfilment.authority_id == authority_id,
        )
    )
    found: dict[Decimal, Fraction] = {}
    for mark, block, months in await session.execute(query):
        if _is_limited(rules, block):
            found[mark] = found.get(mark, Fraction(0)) + Fraction(months)
    return found


async def taken(session: AsyncSession, fulfilment: Fulfilment) -> Sequence[int]:
    """Name the lines of a claim whose candidate is claimed for a day of theirs, by their number."""
    other = sa.orm.aliased(PlacementLine)
    query = (
        sa.select(PlacementLine.number)
        .where(
            PlacementLine.fulfilment_id == fulfilment.id,
            sa.exists().where(
                other.candidate_mark == PlacementLine.candidate_mark,
                other.is_live,
                other.fulfilment_id != fulfilment.id,
                other.starts_on <= PlacementLine.ends_on,
                other.ends_on >= PlacementLine.starts_on,
            ),
        )
        .order_by(PlacementLine.number)
    )
    return (await session.scalars(query)).all()
