"""What came of a project, as its accepted final report says: it never changes afterwards."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.fulfilments.models import Allocation, Fulfilment, FulfilmentState
from app.fulfilments.queries.splits import OPEN
from app.obligations.models import Obligation
from app.obligations.rules import AuthorityRules
from app.obligations.valuing import Realised
from app.orders.models import Order, OrderPart
from app.projects.models import (
    Report,
    ReportDecision,
    ReportKind,
    ReportMeasurement,
    ReportState,
    ReportVersion,
)
from app.projects.queries import reports


@dataclass(frozen=True, slots=True)
class Result:
    """How many people a plan promised, and how many were found, by what was counted."""

    report_id: UUID
    accepted_at: datetime
    promised_people: int
    people: Mapping[str, int]


async def of_project(session: AsyncSession, project_id: UUID) -> Result | None:
    """Read what came of a project; None as long as no final report was accepted.

    What the operator had measured until then goes before what was reported, group by group. What
    it measures later stands beside the report, and values nothing anew.
    """
    accepted = await _accepted(session, project_id)
    if accepted is None:
        return None
    said = await session.get_one(ReportVersion, accepted.report_version_id)
    counts = {(each.group, each.category): each.people for each in said.read_content().counts}
    measured = await _measured(session, accepted)
    if measured is not None:
        counts |= {(each.group, each.category): each.people for each in measured.read_counts()}
    people: Counter[str] = Counter()
    for (_, category), number in counts.items():
        people[category.value] += number
    plan = (await reports.plan_version(session, project_id)).read_plan()
    promised = sum(each.people for each in plan.target_groups)
    return Result(accepted.report_id, accepted.decided_at, promised, people)


async def _accepted(session: AsyncSession, project_id: UUID) -> ReportDecision | None:
    query = (
        sa.select(ReportDecision)
        .join(Report, Report.id == ReportDecision.report_id)
        .where(
            Report.project_id == project_id,
            Report.kind == ReportKind.FINAL,
            Report.state == ReportState.ACCEPTED,
            ReportDecision.state == ReportState.ACCEPTED,
        )
    )
    found: ReportDecision | None = await session.scalar(query)
    return found


async def _measured(session: AsyncSession, accepted: ReportDecision) -> ReportMeasurement | None:
    query = (
        sa.select(ReportMeasurement)
        .where(
            ReportMeasurement.report_id == accepted.report_id,
            ReportMeasurement.measured_at <= accepted.decided_at,
        )
        .order_by(ReportMeasurement.id.desc())
        .limit(1)
    )
    found: ReportMeasurement | None = await session.scalar(query)
    return found


async def realised(session: AsyncSession, order: Order, rules: AuthorityRules) -> Realised | None:
    """Say what came about of what an order bought; None where that is not known, or not asked."""
    if rules.units is None or rules.units.result is None:
        return None
    found = await of_project(session, order.project_id)
    if found is None or not found.promised_people or not order.remaining_units:
        return None
    lost = sa.select(sa.func.coalesce(sa.func.sum(OrderPart.quantity_units), 0)).where(
        OrderPart.order_id == order.id, OrderPart.decided_at <= found.accepted_at
    )
    had = order.quantity_units - int(await session.scalar(lost) or 0)
    people = found.people.get(rules.units.result.counted.value, 0)
    return Realised(people, found.promised_people, had, order.remaining_units)


async def report_id(session: AsyncSession, project_id: UUID) -> UUID | None:
    """Name the final report that was accepted of a project, if one was."""
    accepted = await _accepted(session, project_id)
    return accepted.report_id if accepted else None


async def unadjusted(session: AsyncSession, at_once: int) -> list[UUID]:
    """Name orders of which something counts that was valued before their result was accepted."""
    counts = sa.union(
        sa.select(Allocation.order_id)
        .join(Obligation, Obligation.id == Allocation.obligation_id)
        .where(
            Allocation.report_id.is_(None),
            Allocation.provisional_units > 0,
            Obligation.state.in_(OPEN),
        ),
        sa.select(Fulfilment.order_id)
        .join(Obligation, Obligation.id == Fulfilment.obligation_id)
        .where(
            Fulfilment.report_id.is_(None),
            Fulfilment.state == FulfilmentState.APPROVED,
            Obligation.state.in_(OPEN),
        ),
    ).subquery()
    is_accepted = sa.exists().where(
        Report.project_id == Order.project_id,
        Report.kind == ReportKind.FINAL,
        Report.state == ReportState.ACCEPTED,
    )
    query = (
        sa.select(Order.id)
        .where(Order.id.in_(sa.select(counts.c.order_id)), is_accepted)
        .order_by(Order.id)
        .limit(at_once)
    )
    return list(await session.scalars(query))
