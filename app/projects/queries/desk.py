"""The entrepreneur's desk: where its projects stand, what they lack, what is due, what is sold."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.paging import PageRequest
from app.organisations.models import Organisation
from app.projects import contents
from app.projects.contents import Expectation, Frame, Lack, PlanChange, Sales
from app.projects.models import (
    PlanDraft,
    Project,
    ProjectDecision,
    ProjectState,
    Round,
)
from app.projects.queries.units import Units, of_projects
from app.schemes.terms import PolicyTerms
from app.schemes.terms.panel import FixedValuation

WRITTEN = (ProjectState.DRAFT, ProjectState.RETURNED)
ON_THE_BOOKS = (
    ProjectState.LISTED,
    ProjectState.FUNDED,
    ProjectState.RUNNING,
    ProjectState.REPORTING,
    ProjectState.COMPLETED,
    ProjectState.NOT_FUNDED,
    ProjectState.STOPPED,
    ProjectState.CANCELLED,
)
FUNDED = (
    ProjectState.FUNDED,
    ProjectState.RUNNING,
    ProjectState.REPORTING,
    ProjectState.COMPLETED,
)
NEVER_PAID = (
    ProjectState.REJECTED,
    ProjectState.WITHDRAWN,
    ProjectState.NOT_FUNDED,
    ProjectState.STOPPED,
    ProjectState.CANCELLED,
)
"""Or no more than the operator decides."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """What keeps a draft from being submitted, and its sums in cents."""

    lacks: list[Lack]
    costs_cents: int
    other_financing_cents: int
    smallest_threshold_units: int
    submit_until: datetime

    @property
    def complete(self) -> bool:
        """Whether nothing does."""
        return not self.lacks


@dataclass(frozen=True, slots=True)
class DeskProject:
    """One project on the desk."""

    project: Project
    title: dict[str, str]
    completeness: Completeness | None
    """Of one that is being written."""
    last_decision: ProjectDecision | None
    units: Units
    expected_cents: int
    """Units sold times the round's price, without VAT and fee."""
    expected: Expectation | None
    """Of one that can still be paid: which payments, and when."""
    remarks: list[dict[str, str]] = field(default_factory=list)
    """Those of the return that waits for a new version."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A page of an entrepreneur's projects, newest first."""

    organisation_id: UUID
    projects: list[DeskProject]
    next: UUID | None
    """The last project of this page, if there are older ones."""


async def of(session: AsyncSession, organisation: Organisation, paging: PageRequest) -> Desk:
    """Lay out a page of an entrepreneur's desk, the newest projects first."""
    query = (
        sa.select(Project, PlanDraft)
        .join(PlanDraft, PlanDraft.project_id == Project.id)
        .where(Project.entrepreneur_id == organisation.id)
        .options(
            sa.orm.joinedload(Project.entrepreneur),
            sa.orm.joinedload(Project.round).joinedload(Round.scheme),
            sa.orm.joinedload(Project.round).joinedload(Round.policy),
        )
        .order_by(Project.id.desc())
        .limit(paging.limit + 1)
    )
    if paging.after is not None:
        query = query.where(Project.id < paging.after)
    rows = [(project, draft) for project, draft in await session.execute(query)]
    shown = rows[: paging.limit]
    projects = [project for project, _ in shown]
    last = await _last_decisions(session, projects)
    units = await of_projects(
        session, [project for project in projects if project.state in ON_THE_BOOKS]
    )
    laid = [
        _laid_out(project, draft, last.get(project.id), units.get(project.id, Units()))
        for project, draft in shown
    ]
    more = len(rows) > paging.limit
    return Desk(organisation.id, laid, projects[-1].id if more else None)


async def _last_decisions(
    session: AsyncSession, projects: list[Project]
) -> dict[object, ProjectDecision]:
    found = await session.scalars(
        sa.select(ProjectDecision)
        .where(ProjectDecision.project_id.in_([project.id for project in projects]))
        .ext(distinct_on(ProjectDecision.project_id))
        .order_by(ProjectDecision.project_id, ProjectDecision.id.desc())
    )
    return {decision.project_id: decision for decision in found.all()}


def _laid_out(
    project: Project, draft: PlanDraft, decision: ProjectDecision | None, units: Units
) -> DeskProject:
    return DeskProject(
        project=project,
        title=draft.content.get("title") or {},
        completeness=completeness(project, draft) if project.state in WRITTEN else None,
        last_decision=decision,
        remarks=_open_remarks(project, decision),
        units=units,
        expected_cents=units.sold * _terms(project.round).unit_price_cents,
        expected=_expected(project, draft, units),
    )


def _expected(project: Project, draft: PlanDraft, units: Units) -> Expectation | None:
    """Say which payments can be expected; what was paid of them, payouts tell."""
    if project.state in NEVER_PAID:
        return None
    sales = Sales(
        begins_on=clock.day_of(project.round.sale_begins_at),
        sold_units=units.sold,
        impact_units=units.issued or None,
        is_funded=project.state in FUNDED,
    )
    plan = PlanChange.model_validate(draft.content)
    return contents.expectation(plan, _terms(project.round), sales)


def _open_remarks(project: Project, decision: ProjectDecision | None) -> list[dict[str, str]]:
    if project.state is not ProjectState.RETURNED or decision is None:
        return []
    remarks: list[dict[str, str]] = decision.data.get("remarks", [])
    return remarks


def completeness(project: Project, draft: PlanDraft) -> Completeness:
    """Say what a draft lacks, and what it adds up to."""
    plan = PlanChange.model_validate(draft.content)
    costs = contents.total_cents(plan.costs or ())
    other = contents.total_cents(plan.other_financing or ())
    price = frame(project.round).unit_price_cents
    return Completeness(
        lacks=lacks(project, draft),
        costs_cents=costs,
        other_financing_cents=other,
        smallest_threshold_units=contents.smallest_covering(costs, other, price),
        submit_until=submit_until(project),
    )


def _terms(in_round: Round) -> PolicyTerms:
    if in_round.policy is None:
        message = "only a round that has opened has plans"
        raise RuntimeError(message)
    return in_round.policy.read_terms()


def frame(in_round: Round) -> Frame:
    """Say what a round, which has opened, asks of its plans."""
    terms = _terms(in_round)
    fixed = terms.valuation if isinstance(terms.valuation, FixedValuation) else None
    return Frame(
        limits=terms.plans,
        unit_price_cents=terms.unit_price_cents,
        opened_on=clock.day_of(in_round.plans_open_at),
        region=in_round.scheme.region,
        languages=in_round.scheme.languages,
        fixed_units=fixed.units_per_project if fixed else None,
    )


def lacks(project: Project, draft: PlanDraft) -> list[Lack]:
    """List everything that keeps a draft from being submitted."""
    return contents.lacks(PlanChange.model_validate(draft.content), frame(project.round))


def submit_until(project: Project) -> datetime:
    """Say until when a project can be submitted, the first time or again."""
    term = project.resubmit_until if project.state is ProjectState.RETURNED else None
    return term or project.round.plans_close_at
