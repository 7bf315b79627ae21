"""Begin projects, write their plans, submit them, take them back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.problems import NotFound
from app.organisations.callers import Caller
from app.organisations.models import Organisation
from app.projects import queries
from app.projects.actions import decisions, letters
from app.projects.contents import Plan, PlanChange
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
from app.projects.problems import (
    NotAdmitted,
    PlanIncomplete,
    PlansClosed,
    ProjectStateForbids,
)
from app.projects.queries import desk
from app.projects.schemas.plans import ProjectRequest
from app.schemes.queries import participants

KIND = ProjectDecisionKind
STATE = ProjectState
TRANSITIONS: Mapping[ProjectDecisionKind, tuple[frozenset[ProjectState], ProjectState]] = {
    KIND.SUBMITTED: (frozenset({STATE.DRAFT, STATE.RETURNED}), STATE.SUBMITTED),
    KIND.RETURNED: (frozenset({STATE.SUBMITTED, STATE.ELIGIBLE}), STATE.RETURNED),
    KIND.ACCEPTED: (frozenset({STATE.SUBMITTED}), STATE.ELIGIBLE),
    KIND.REJECTED: (frozenset({STATE.SUBMITTED, STATE.ELIGIBLE}), STATE.REJECTED),
    KIND.WITHDRAWN: (
        frozenset({STATE.DRAFT, STATE.SUBMITTED, STATE.RETURNED, STATE.ELIGIBLE, STATE.VALUED}),
        STATE.WITHDRAWN,
    ),
}
"""Each decision with the states that it can be taken in and the state that it leads to."""

WRITABLE = frozenset({STATE.DRAFT, STATE.RETURNED})
"""In which the entrepreneur's people write."""


async def begin(
    session: AsyncSession, caller: Caller, organisation: Organisation, wanted: ProjectRequest
) -> Project:
    """Begin a project of an entrepreneur in a round that takes plans.

    Raises:
        NotFound: there is no such round that everybody may know.
        PlansClosed: it takes no plans.
        NotAdmitted: the organisation is not admitted to the scheme.
    """
    in_round = await taking(session, organisation, wanted.round_id)
    return await add(session, caller, in_round, organisation, wanted.plan.changes())


async def taking(session: AsyncSession, organisation: Organisation, round_id: UUID) -> Round:
    """Keep a round that takes plans of an entrepreneur in its state, until this is done.

    Raises:
        NotFound: there is no such round that everybody may know.
        PlansClosed: it takes no plans.
        NotAdmitted: the organisation is not admitted to the scheme.
    """
    if await queries.rounds.public_one(session, round_id) is None:
        message = f"There is no round {round_id}."
        raise NotFound(message)
    in_round = await queries.rounds.shared(session, round_id)
    _insist_on_open(in_round)
    await _insist_on_admission(session, in_round, organisation)
    return in_round


async def add(
    session: AsyncSession,
    caller: Caller,
    in_round: Round,
    organisation: Organisation,
    content: dict[str, Any],
) -> Project:
    """Write the rows of a new project, whose round and entrepreneur were looked at."""
    project = Project(
        scheme_id=in_round.scheme_id,
        round_id=in_round.id,
        entrepreneur_id=organisation.id,
        state=STATE.DRAFT,
        created_by_id=caller.user_id,
    )
    session.add(project)
    await session.flush()
    session.add(
        PlanDraft(project_id=project.id, content=_filled(content), changed_by_id=caller.user_id)
    )
    events.record(session, "project.begun", project.id, caller.actor, roundId=str(in_round.id))
    await session.flush()
    return await queries.projects.locked(session, project.id)


def _insist_on_open(in_round: Round) -> None:
    if in_round.state is not RoundState.OPEN or in_round.plans_close_at <= clock.now():
        message = "The round takes no plans now."
        raise PlansClosed(message, round_state=in_round.state)


async def _insist_on_admission(
    session: AsyncSession, in_round: Round, organisation: Organisation
) -> None:
    if not await participants.is_admitted(session, in_round.scheme_id, organisation.id):
        message = f"{organisation.legal_name} is not admitted to the scheme now."
        raise NotAdmitted(message)


async def change(
    session: AsyncSession, caller: Caller, project: Project, draft: PlanDraft, wanted: PlanChange
) -> None:
    """Put new members into a draft that the caller's guard has locked; null empties one.

    Raises:
        ProjectStateForbids: it is neither a draft nor returned.
    """
    insist_on_writable(project)
    draft.content = _filled({**draft.content, **wanted.changes()})
    draft.changed_by_id = caller.user_id
    await session.flush()


def insist_on_writable(project: Project) -> None:
    """Insist that the entrepreneur's people may write.

    Raises:
        ProjectStateForbids: it is neither a draft nor returned.
    """
    if project.state not in WRITABLE:
        message = f"The project is {project.state}: its plan is not written now."
        raise ProjectStateForbids(message, current_state=project.state)


def _filled(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value is not None}


async def submit(
    session: AsyncSession, caller: Caller, project: Project, draft: PlanDraft
) -> PlanVersion:
    """Freeze a version of a plan, with what is attached to it.

    Round, project and draft are locked by the caller's guard.

    Raises:
        ProjectStateForbids: it is neither a draft nor returned.
        PlansClosed: the time is over.
        NotAdmitted: the entrepreneur is not admitted now.
        PlanIncomplete: something is missing or wrong; `lacks` names all of it.
    """
    move(project, KIND.SUBMITTED)
    _insist_on_time(project)
    await _insist_on_admission(session, project.round, project.entrepreneur)
    if missing := desk.lacks(project, draft):
        message = f"{len(missing)} things are missing or wrong; see lacks."
        raise PlanIncomplete(message, lacks=[asdict(lack) for lack in missing])
    before = await queries.projects.last_version(session, project.id)
    plan = Plan.model_validate(draft.content)
    version = PlanVersion(
        project_id=project.id,
        number=before.number + 1 if before else 1,
        content=plan.model_dump(mode="json", by_alias=True),
        attachments=await _frozen(session, project),
        submitted_by_id=caller.user_id,
    )
    session.add(version)
    project.state, project.resubmit_until = STATE.SUBMITTED, None
    await session.flush()
    reason = f"Version {version.number} was submitted."
    await decisions.about_project(session, caller, project, KIND.SUBMITTED, reason, version)
    await letters.submitted(session, project, plan)
    return version


def move(project: Project, kind: ProjectDecisionKind) -> ProjectState:
    """Say where a decision leads.

    Raises:
        ProjectStateForbids: the project's state does not allow it.
    """
    needed, leads_to = TRANSITIONS[kind]
    if project.state not in needed:
        message = (
            f"The project is {project.state}; this needs it to be {' or '.join(sorted(needed))}."
        )
        raise ProjectStateForbids(message, current_state=project.state)
    return leads_to


def _insist_on_time(project: Project) -> None:
    taken_in = {RoundState.OPEN}
    if project.state is STATE.RETURNED and project.resubmit_until is not None:
        taken_in.add(RoundState.VALUING)
    until = desk.submit_until(project)
    if project.round.state not in taken_in or until <= clock.now():
        message = f"Plans could be submitted until {until.isoformat()}."
        raise PlansClosed(message, round_state=project.round.state)


async def _frozen(session: AsyncSession, project: Project) -> list[dict[str, Any]]:
    return [
        {
            "id": str(attachment.id),
            "fileId": str(attachment.file_id),
            "name": attachment.file.name,
            "mediaType": attachment.file.media_type,
            "sizeBytes": attachment.file.size_bytes,
            "sha256": attachment.file.sha256.hex(),
            "isPublic": attachment.is_public,
        }
        for attachment in await queries.plans.attachments(session, project.id)
    ]


async def withdraw(
    session: AsyncSession, caller: Caller, project: Project, reason: str
) -> ProjectDecision:
    """Take a project back before it is listed.

    Raises:
        ProjectStateForbids: it is listed, or has ended.
    """
    project = await queries.projects.locked(session, project.id)
    project.state = move(project, KIND.WITHDRAWN)
    version = await queries.projects.last_version(session, project.id)
    return await decisions.about_project(session, caller, project, KIND.WITHDRAWN, reason, version)
