"""Sittings of a panel, sheets of scores and valuations, made straight in the database."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, sealing
from app.organisations.models import User
from app.projects import queries
from app.projects.contents import Findings, ScoreSheet
from app.projects.models import (
    Assignment,
    OpenedScores,
    Project,
    SealedScores,
    Sitting,
    Valuation,
)
from app.projects.queries.assignments import SEALED_SCORES
from app.schemes.models import PanelMember, Scheme
from app.story import figures
from tests.make.organisations import a_user
from tests.make.schemes import an_expert


def a_sheet(estimate: int = 112, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  JSON.
    """What an expert sends about a plan of 108 units."""
    return {**figures.sheet(estimate), **changes}


async def a_sitting(session: AsyncSession, project: Project) -> Sitting:
    """A sitting about the last version of a plan, without experts."""
    version = await queries.projects.last_version(session, project.id)
    before = await session.scalar(
        sa.select(sa.func.max(Sitting.number)).filter_by(project_id=project.id)
    )
    assert version is not None
    sitting = Sitting(project_id=project.id, number=(before or 0) + 1, plan_version_id=version.id)
    session.add(sitting)
    await session.flush()
    return sitting


async def an_assignment(
    session: AsyncSession, sitting: Sitting, member: PanelMember | None = None
) -> Assignment:
    """An expert, new to the panel if nobody is named, who is asked to value a plan."""
    if member is None:
        project = await session.get_one(Project, sitting.project_id)
        member = await an_expert(session, await session.get_one(Scheme, project.scheme_id))
    assignment = Assignment(
        sitting_id=sitting.id,
        panel_member_id=member.id,
        assigned_by_id=(await a_user(session)).id,
    )
    session.add(assignment)
    await session.flush()
    return assignment


async def sealed_scores(
    session: AsyncSession, assignment: Assignment, estimate: int = 112
) -> SealedScores:
    """The first sheet of an expert."""
    sitting = await session.get_one(Sitting, assignment.sitting_id)
    sheet = ScoreSheet.model_validate(a_sheet(estimate))
    findings = Findings.of(sheet, assignment.id, sitting.plan_version_id)
    content = findings.model_dump_json(by_alias=True).encode()
    made = SealedScores(
        assignment_id=assignment.id,
        number=1,
        commitment=findings.commitment,
        sealed=sealing.seal(session, SEALED_SCORES, content),
    )
    session.add(made)
    await session.flush()
    return made


async def an_opened_sitting(
    session: AsyncSession, project: Project, *estimates: int, first: PanelMember | None = None
) -> Sitting:
    """A sitting in which so many experts scored, 112, 108 and 120 if nothing is said."""
    sitting = await a_sitting(session, project)
    members = [first, *[None] * len(estimates or (1, 2))]
    for member, estimate in zip(members, estimates or (112, 108, 120), strict=False):
        assignment = await an_assignment(session, sitting, member)
        sealed = await sealed_scores(session, assignment, estimate)
        findings = queries.assignments.unseal(session, sealed)
        session.add(
            OpenedScores(
                sealed_scores_id=sealed.id,
                findings=findings.model_dump(mode="json", by_alias=True),
            )
        )
    sitting.opened_at = clock.now()
    await session.flush()
    return sitting


async def a_valuation(
    session: AsyncSession, project: Project, adopted_by: User | None = None
) -> Valuation:
    """What the panel found, adopted; the scores must be open, or the policy fix the value."""
    whole = await queries.projects.locked(session, project.id)
    document = await queries.valuations.proposal(session, whole)
    before = await queries.valuations.last(session, project.id)
    sitting = await queries.panel.last(session, project.id)
    made = Valuation(
        project_id=project.id,
        number=before.number + 1 if before else 1,
        plan_version_id=document.plan_version.id,
        policy_id=document.policy.id,
        sitting_id=sitting.id if sitting else None,
        threshold_units=document.threshold_units,
        impact_units=document.impact_units,
        document=document.model_dump(mode="json", by_alias=True),
        reason="Found by the panel.",
        supersedes_id=before.id if before else None,
        adopted_by_id=(adopted_by or await a_user(session)).id,
    )
    session.add(made)
    await session.flush()
    return made
