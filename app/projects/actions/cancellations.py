"""Bring the projects of a cancelled round to their end, and tell whom it concerns."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.languages import DEFAULT
from app.ledger import journal
from app.ledger.drafts import Draft
from app.organisations.callers import Caller
from app.projects import postings, queries
from app.projects.actions import decisions, letters
from app.projects.models import Project, ProjectDecisionKind, ProjectState, Round
from app.projects.problems import ProjectsUnderway
from app.projects.queries.units import Units

ENDING = (
    ProjectState.DRAFT,
    ProjectState.SUBMITTED,
    ProjectState.RETURNED,
    ProjectState.ELIGIBLE,
    ProjectState.VALUED,
    ProjectState.LISTED,
)
"""What ends with its round; what has ended before stays as it is."""

BEYOND = (ProjectState.FUNDED, ProjectState.RUNNING, ProjectState.REPORTING)
"""Buyers have paid for these: no round of theirs comes to nothing."""


async def end_projects(
    session: AsyncSession, caller: Caller, of_round: Round, reason: str
) -> Sequence[Project]:
    """End what has not ended in a round that the caller has locked; unsold units lapse.

    Sealed scores stay sealed: whoever was asked to value something hears that it is called off.

    Raises:
        ProjectsUnderway: units of a project are sold or reserved.
    """
    projects = await _locked(session, of_round)
    on_the_market = [each for each in projects if each.state is ProjectState.LISTED]
    units = await queries.units.of_projects(session, on_the_market)
    _insist_on_nothing_sold(projects, units.values())
    lapsing = [await _lapsed(session, each, units[each.id]) for each in on_the_market]
    ending = [each for each in projects if each.state in ENDING]
    for project in ending:
        await _end(session, caller, project, reason)
    await session.flush()
    # The books last, for their locks; who reserved meanwhile makes this fail as a whole.
    await journal.post(session, *lapsing)
    return ending


async def _locked(session: AsyncSession, of_round: Round) -> list[Project]:
    found = await session.scalars(
        sa.select(Project.id)
        .where(Project.round_id == of_round.id, Project.state.in_((*ENDING, *BEYOND)))
        .order_by(Project.id)
    )
    return [await queries.projects.locked(session, project_id) for project_id in found.all()]


def _insist_on_nothing_sold(projects: Iterable[Project], units: Iterable[Units]) -> None:
    underway = sum(each.state in BEYOND for each in projects)
    underway += sum(bool(each.sold or each.reserved) for each in units)
    if underway:
        message = f"Units of {underway} projects are sold or reserved: the round goes on."
        raise ProjectsUnderway(message, underway=underway)


async def _lapsed(session: AsyncSession, project: Project, units: Units) -> Draft:
    listing = await queries.listings.of_project(session, project.id)
    return postings.lapsed(
        project.scheme_id,
        project.id,
        title=letters.titled(listing.title, DEFAULT),
        unit_name=project.round.scheme.unit_name,
        units=units.for_sale,
        lapsed_at=clock.now(),
    )


async def _end(session: AsyncSession, caller: Caller, project: Project, reason: str) -> None:
    data = {"stateBefore": project.state.value}
    if project.state is ProjectState.ELIGIBLE:
        await _call_off(session, project, reason)
    project.state, project.resubmit_until = ProjectState.CANCELLED, None
    version = await queries.projects.last_version(session, project.id)
    kind = ProjectDecisionKind.ROUND_CANCELLED
    await decisions.about_project(session, caller, project, kind, reason, version, data)
    await letters.round_cancelled(session, project, reason)


async def _call_off(session: AsyncSession, project: Project, reason: str) -> None:
    sitting = await queries.panel.last(session, project.id)
    if sitting is None or not sitting.is_sealed:
        return
    for assignment in sitting.active:
        await letters.to_expert(session, sitting, assignment, "valuing_called_off", reason=reason)
