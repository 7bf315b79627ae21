"""The entrepreneur's desk: where its projects stand, what they lack, what is due, what is sold."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import TIME_ZONE
from app.ledger import balances
from app.ledger.chart import ANNULLED, FOR_SALE, ISSUED, LAPSED
from app.organisations.models import Organisation
from app.projects import contents
from app.projects.contents import Frame, Lack, PlanChange
from app.projects.models import (
    PlanDraft,
    Project,
    ProjectDecision,
    ProjectState,
    Round,
)
from app.schemes.terms.panel import FixedValuation

ZONE = ZoneInfo(TIME_ZONE)
MOST_PROJECTS = 100

WRITTEN = (ProjectState.DRAFT, ProjectState.RETURNED)
ON_THE_BOOKS = (
    ProjectState.LISTED,
    ProjectState.FUNDED,
    ProjectState.RUNNING,
    ProjectState.REPORTING,
    ProjectState.COMPLETED,
    ProjectState.NOT_FUNDED,
    ProjectState.STOPPED,
)


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
class Units:
    """What the impact book says of a project, in whole units; nothing before it is listed."""

    issued: int = 0
    sold: int = 0
    reserved: int = 0
    for_sale: int = 0


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
    remarks: list[dict[str, str]] = field(default_factory=list)
    """Those of the return that waits for a new version."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The newest projects of an entrepreneur, newest first."""

    organisation_id: object
    projects: list[DeskProject]


async def of(session: AsyncSession, organisation: Organisation) -> Desk:
    """Lay out an entrepreneur's desk: the newest hundred projects."""
    found = await session.execute(
        sa.select(Project, PlanDraft)
        .join(PlanDraft, PlanDraft.project_id == Project.id)
        .where(Project.entrepreneur_id == organisation.id)
        .options(
            sa.orm.joinedload(Project.entrepreneur),
            sa.orm.joinedload(Project.round).joinedload(Round.scheme),
            sa.orm.joinedload(Project.round).joinedload(Round.policy),
        )
        .order_by(Project.id.desc())
        .limit(MOST_PROJECTS)
    )
    rows = [(project, draft) for project, draft in found.all()]
    last = await _last_decisions(session, [project for project, _ in rows])
    laid = [await _laid_out(session, project, draft, last) for project, draft in rows]
    return Desk(organisation.id, laid)


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


async def _laid_out(
    session: AsyncSession,
    project: Project,
    draft: PlanDraft,
    last: dict[object, ProjectDecision],
) -> DeskProject:
    decision = last.get(project.id)
    units = await _units(session, project) if project.state in ON_THE_BOOKS else Units()
    return DeskProject(
        project=project,
        title=draft.content.get("title") or {},
        completeness=completeness(project, draft) if project.state in WRITTEN else None,
        last_decision=decision,
        remarks=_open_remarks(project, decision),
        units=units,
        expected_cents=units.sold * frame(project.round).unit_price_cents,
    )


def _open_remarks(project: Project, decision: ProjectDecision | None) -> list[dict[str, str]]:
    if project.state is not ProjectState.RETURNED or decision is None:
        return []
    remarks: list[dict[str, str]] = decision.data.get("remarks", [])
    return remarks


async def _units(session: AsyncSession, project: Project) -> Units:
    accounts = [kind.of(project.scheme_id, project.id) for kind in (ISSUED, ANNULLED, LAPSED)]
    issued, annulled, lapsed = [
        (await balances.now(session, account)).posted for account in accounts
    ]
    for_sale = await balances.now(session, FOR_SALE.of(project.scheme_id, project.id))
    return Units(
        issued=issued,
        sold=issued - annulled - lapsed - for_sale.posted,
        reserved=for_sale.held,
        for_sale=for_sale.posted - for_sale.held,
    )


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


def frame(in_round: Round) -> Frame:
    """Say what a round, which has opened, asks of its plans."""
    if in_round.policy is None:
        message = "only a round that has opened has plans"
        raise RuntimeError(message)
    terms = in_round.policy.read_terms()
    fixed = terms.valuation if isinstance(terms.valuation, FixedValuation) else None
    return Frame(
        limits=terms.plans,
        unit_price_cents=terms.unit_price_cents,
        opened_on=in_round.plans_open_at.astimezone(ZONE).date(),
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
