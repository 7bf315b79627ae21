"""Projects that were valued, and projects on the market, their units in the books."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import Actor
from app.organisations.models import Organisation
from app.projects import queries
from app.projects.actions import listings
from app.projects.models import (
    Listing,
    PlanVersion,
    Project,
    ProjectState,
    Round,
    RoundState,
)
from tests.make.panel import a_valuation, an_opened_sitting
from tests.make.projects import a_project, a_round

CLERK = Actor.system("test")


async def a_valued_project(  # noqa: PLR0913  Each may matter to a test.
    session: AsyncSession,
    in_round: Round | None = None,
    entrepreneur: Organisation | None = None,
    *,
    units: int = 120,
    plan: dict[str, Any] | None = None,
    attachments: list[dict[str, Any]] | None = None,
) -> Project:
    """A project that a panel found worth so many units."""
    in_round = in_round or await a_round(session, state=RoundState.ON_SALE)
    project = await a_project(session, in_round, entrepreneur, state=ProjectState.VALUED, plan=plan)
    if attachments is not None:
        await _resubmit(session, project, attachments)
    await found_worth(session, project, units)
    return project


async def _resubmit(
    session: AsyncSession, project: Project, attachments: list[dict[str, Any]]
) -> None:
    first = await queries.projects.last_version(session, project.id)
    assert first is not None
    version = PlanVersion(
        project_id=project.id,
        number=2,
        content=first.content,
        attachments=attachments,
        submitted_by_id=first.submitted_by_id,
    )
    session.add(version)
    await session.flush()


async def found_worth(session: AsyncSession, project: Project, units: int = 120) -> None:
    """Three experts agree on what a project is worth, where the policy does not fix it."""
    whole = await queries.projects.locked(session, project.id)
    assert whole.round.policy is not None
    if whole.round.policy.read_terms().panel:
        await an_opened_sitting(session, project, units, units, units)
    await a_valuation(session, project)


async def a_listing(
    session: AsyncSession,
    in_round: Round | None = None,
    entrepreneur: Organisation | None = None,
    *,
    units: int = 120,
    plan: dict[str, Any] | None = None,
) -> Listing:
    """A project on the market: 120 units, of which 108 make it start."""
    project = await a_valued_project(session, in_round, entrepreneur, units=units, plan=plan)
    return await listings.publish(session, CLERK, project, "As the panel found.")
