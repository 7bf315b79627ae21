"""Counts of people in a quarter, small ones suppressed as the authorities' rules say."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.open_data.writing import Cell
from app.audits.periods import Period
from app.audits.queries.open_data.quarterly import known
from app.core.suppression import is_total_shown, suppressed
from app.fulfilments.dashboards.spreading import Cell as Spread
from app.fulfilments.dashboards.spreading import reached
from app.fulfilments.queries.reach import sources
from app.fulfilments.queries.recognised import Whose
from app.obligations.queries import small_counts
from app.obligations.queries.standings import Clock
from app.organisations.models import Organisation
from app.projects.models import (
    Listing,
    Report,
    ReportDecision,
    ReportKind,
    ReportMeasurement,
    ReportState,
    ReportVersion,
)
from app.schemes.models import Authority

Rows = list[Sequence[Cell]]


async def reach(session: AsyncSession, period: Period) -> Rows:
    """Count whom what each authority recognised anew is for."""
    query = (
        sa.select(Authority.id, Organisation.legal_name)
        .join(Organisation, Organisation.id == Authority.organisation_id)
        .order_by(Authority.id)
    )
    smallest = await small_counts.by_authority(session, *_then(period))
    rows: Rows = []
    for authority_id, name in (await session.execute(query)).all():
        told = await _of_authority(session, period, authority_id, smallest.get(authority_id))
        rows += [(period.name, authority_id, name, *each) for each in told]
    return rows


def _then(period: Period) -> tuple[date, datetime]:
    """Say by whose rules people are shown: those that were there at the end of a period."""
    return period.last_day, period.ends_at


async def _of_authority(
    session: AsyncSession, period: Period, authority_id: UUID, smallest: int | None
) -> list[tuple[Cell, ...]]:
    before, after = [
        await sources(session, Whose(Clock(position=position), authority_id))
        for position in await known(session, period)
    ]
    # What counted before counted whom it was for in an earlier quarter.
    earlier = {each.id for each in before}
    new = [each for each in after if each.id not in earlier]
    if not new:
        return []
    found = reached(new, smallest)
    return [
        ("total", "", found.people, found.people is None),
        *_cells("target-group", found.by_target_group),
        *_cells("municipality", found.by_municipality),
    ]


def _cells(dimension: str, cells: Sequence[Spread]) -> Iterator[tuple[Cell, ...]]:
    for cell in cells:
        yield dimension, cell.name, cell.people, cell.is_suppressed


async def results(session: AsyncSession, period: Period) -> Rows:
    """Count the people of projects whose final report was accepted, by category and group."""
    counts: defaultdict[tuple[UUID, str], defaultdict[str, int]]
    counts = defaultdict(lambda: defaultdict(int))
    for scheme_id, said in await _accepted(session, period):
        for (group, category), people in said.items():
            counts[scheme_id, category][group] += people
    smallest = await small_counts.by_scheme(session, *_then(period))
    return [
        (period.name, scheme_id, category, *each)
        for scheme_id, category in sorted(counts)
        for each in _shown(counts[scheme_id, category], smallest.get(scheme_id))
    ]


def _shown(people: Mapping[str, int], smallest: int | None) -> Iterator[tuple[Cell, ...]]:
    hidden, is_shown = suppressed(people, smallest), is_total_shown(people, smallest)
    yield "", sum(people.values()) if is_shown else None, not is_shown
    for group in sorted(people):
        yield group, None if group in hidden else people[group], group in hidden


async def _accepted(
    session: AsyncSession, period: Period
) -> list[tuple[UUID, dict[tuple[str, str], int]]]:
    """Read what accepted final reports say, with what the operator had measured by then."""
    each = sa.orm.aliased(ReportMeasurement)
    measured = (
        sa.select(each.id)
        .where(each.report_id == Report.id, each.measured_at <= ReportDecision.decided_at)
        .order_by(each.id.desc())
        .limit(1)
        .correlate(Report, ReportDecision)
        .scalar_subquery()
    )
    query = (
        sa.select(Listing.scheme_id, ReportVersion, ReportMeasurement)
        .select_from(ReportDecision)
        .join(Report, Report.id == ReportDecision.report_id)
        .join(ReportVersion, ReportVersion.id == ReportDecision.report_version_id)
        .join(Listing, Listing.project_id == Report.project_id)
        .outerjoin(ReportMeasurement, ReportMeasurement.id == measured)
        .where(
            Report.kind == ReportKind.FINAL,
            ReportDecision.state == ReportState.ACCEPTED,
            ReportDecision.decided_at >= period.begins_at,
            ReportDecision.decided_at < period.ends_at,
        )
        .order_by(ReportDecision.id)
    )
    found = []
    for scheme_id, version, measurement in await session.execute(query):
        said = [*version.read_content().counts, *(measurement.read_counts() if measurement else ())]
        found.append(
            (scheme_id, {(each.group.value, each.category.value): each.people for each in said})
        )
    return found
