"""Rounds, projects and plans, made straight in the database.

The project is that of the story that `baat story` tells, after a real one.
"""

import hashlib
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import settings_of
from app.core.files import File
from app.core.ids import new_id
from app.organisations.models import Organisation, User
from app.projects.contents import Plan
from app.projects.models import (
    PlanDraft,
    PlanVersion,
    Project,
    ProjectDecision,
    ProjectDecisionKind,
    ProjectState,
    Round,
    RoundState,
)
from app.projects.queries import projects
from app.schemes.models import Scheme
from app.schemes.queries import policies
from app.story import figures
from tests.make import contents
from tests.make.organisations import a_user
from tests.make.schemes import a_scheme, an_admission

_STEPS = {
    RoundState.DRAFT: (5, 35, 60, 70, 100),
    RoundState.OPEN: (-5, 25, 50, 60, 90),
    RoundState.VALUING: (-40, -5, 20, 30, 60),
    RoundState.ON_SALE: (-70, -40, -15, -5, 25),
    RoundState.ENDED: (-100, -70, -45, -35, -5),
    RoundState.SETTLED: (-400, -370, -345, -335, -300),
    RoundState.CANCELLED: (5, 35, 60, 70, 100),
}
"""In days from now: plans open, plans close, scores due, sale begins, sale ends."""


def dates(state: RoundState = RoundState.OPEN) -> dict[str, datetime]:
    """The dates of a round that is in the middle of a state."""
    names = ("plans_open_at", "plans_close_at", "scores_due_at", "sale_begins_at", "sale_ends_at")
    now = clock.now()
    return {
        name: now + timedelta(days=days) for name, days in zip(names, _STEPS[state], strict=True)
    }


def a_plan(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  A plan is JSON.
    """A whole plan for 108 units of EUR 100, for a round that is open; some of it changed."""
    return {**figures.plan(clock.today()), **deepcopy(changes)}


async def a_round(
    session: AsyncSession,
    scheme: Scheme | None = None,
    *,
    state: RoundState = RoundState.OPEN,
    **moments: datetime,
) -> Round:
    """A round in the middle of a state, with the scheme's policy frozen if it has opened."""
    scheme = scheme or await a_scheme(session)
    before = await session.scalar(
        sa.select(sa.func.max(Round.number)).filter_by(scheme_id=scheme.id)
    )
    is_public = state not in {RoundState.DRAFT, RoundState.CANCELLED}
    policy = await policies.applying(session, scheme.id, clock.today()) if is_public else None
    made = Round(
        scheme_id=scheme.id,
        number=(before or 0) + 1,
        name_nl="Ronde 3",
        name_en="Round 3",
        state=state,
        policy_id=policy.id if policy else None,
        **{**dates(state), **moments},
    )
    session.add(made)
    await session.flush()
    return made


_DECISIONS: dict[ProjectState, tuple[ProjectDecisionKind, ...]] = {
    ProjectState.DRAFT: (),
    ProjectState.SUBMITTED: (ProjectDecisionKind.SUBMITTED,),
    ProjectState.RETURNED: (ProjectDecisionKind.SUBMITTED, ProjectDecisionKind.RETURNED),
    ProjectState.REJECTED: (ProjectDecisionKind.SUBMITTED, ProjectDecisionKind.REJECTED),
    ProjectState.WITHDRAWN: (ProjectDecisionKind.WITHDRAWN,),
}
"""How a project came into its state; whatever is not named here was found eligible before."""


async def a_project(  # noqa: PLR0913  Each may matter to a test.
    session: AsyncSession,
    in_round: Round | None = None,
    entrepreneur: Organisation | None = None,
    *,
    state: ProjectState = ProjectState.ELIGIBLE,
    plan: dict[str, Any] | None = None,
    decided_by: User | None = None,
) -> Project:
    """A project in a state, of an admitted entrepreneur, with the decisions that led there.

    Up to `eligible` it is as the actions leave it; of later states it has nothing but the state.
    """
    in_round = in_round or await a_round(session)
    scheme = await session.get_one(Scheme, in_round.scheme_id)
    if entrepreneur is None:
        admission = await an_admission(session, scheme)
        entrepreneur = await session.get_one(Organisation, admission.organisation_id)
    author = await a_user(session)
    content = plan if plan is not None else a_plan()
    project = Project(
        scheme_id=scheme.id,
        round_id=in_round.id,
        entrepreneur_id=entrepreneur.id,
        state=state,
        created_by_id=author.id,
    )
    session.add(project)
    await session.flush()
    session.add(PlanDraft(project_id=project.id, content=content, changed_by_id=author.id))
    kinds = _DECISIONS.get(state, (ProjectDecisionKind.SUBMITTED, ProjectDecisionKind.ACCEPTED))
    version = await a_version(session, project, content, author) if kinds else None
    for kind in kinds:
        decider = decided_by or await a_user(session)
        by = author if kind is ProjectDecisionKind.SUBMITTED else decider
        session.add(
            ProjectDecision(
                project_id=project.id,
                kind=kind,
                reason="As the conditions say.",
                plan_version_id=version.id if version else None,
                decided_by=f"user:{by.id}",
            )
        )
        await session.flush()
    return project


async def a_version(
    session: AsyncSession, project: Project, content: dict[str, Any], author: User
) -> PlanVersion:
    """What was submitted first, without attachments."""
    whole = Plan.model_validate(content).model_dump(mode="json", by_alias=True)
    version = PlanVersion(
        project_id=project.id, number=1, content=whole, attachments=[], submitted_by_id=author.id
    )
    session.add(version)
    await session.flush()
    return version


async def a_version_with_a_file(session: AsyncSession, project_id: UUID) -> str:
    """A second submission, the same but for a confidential PDF; gives the attachment's id."""
    first = await projects.last_version(session, project_id)
    assert first is not None
    content = contents.a_pdf()
    file = File(
        id=new_id(),
        sha256=hashlib.sha256(content).digest(),
        size_bytes=len(content),
        media_type="application/pdf",
        name="begroting.pdf",
        uploaded_by="system:test",
    )
    folder = settings_of(session).home / "files"
    folder.mkdir(exist_ok=True)
    (folder / str(file.id)).write_bytes(content)
    attached = {
        "id": str(new_id()),
        "fileId": str(file.id),
        "name": file.name,
        "mediaType": file.media_type,
        "sizeBytes": file.size_bytes,
        "sha256": file.sha256.hex(),
        "isPublic": False,
    }
    version = PlanVersion(
        project_id=project_id,
        number=first.number + 1,
        content=first.content,
        attachments=[attached],
        submitted_by_id=first.submitted_by_id,
    )
    session.add_all([file, version])
    await session.flush()
    return str(attached["id"])
