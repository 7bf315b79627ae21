"""The panel at work: begin a sitting, give it more time, and open its scores at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs
from app.core.events import Actor
from app.organisations.callers import Caller
from app.projects import queries
from app.projects.actions import eligibility, letters, score_reminders
from app.projects.contents import RecusalKind
from app.projects.models import (
    Assignment,
    OpenedScores,
    Project,
    ProjectState,
    Recusal,
    Round,
    RoundState,
    ScoreExtension,
    Sitting,
)
from app.projects.problems import (
    NoPanelHere,
    ProjectStateForbids,
    RoundStateForbids,
    ScoresOpened,
    ScoresSealed,
    TooEarlyToExtend,
)
from app.projects.schemas.panel import ExtensionRequest
from app.schemes.terms import PanelValuation

OPEN_SCORES = jobs.JobKind("panel.open-scores")
OPEN_DUE = jobs.JobKind("panel.open-due")
CLOCK = Actor.system("clock")
VALUING = frozenset({RoundState.OPEN, RoundState.VALUING, RoundState.ON_SALE})
"""Also while others are on sale: an objection may have been upheld."""


class CommitmentBroken(Exception):  # noqa: N818  Read aloud it says what happened.
    """What was sealed is not what the expert committed to: somebody changed the database."""


async def held(session: AsyncSession, project_id: UUID, *states: ProjectState) -> Project:
    """Keep a project as it is until this is done, and insist on its state.

    Raises:
        ProjectStateForbids: it is in another state.
        RoundStateForbids: its round has ended.
    """
    project = await queries.projects.locked(session, project_id)
    if project.state not in states:
        wanted = " or ".join(states)
        message = f"The project is {project.state}; this needs it to be {wanted}."
        raise ProjectStateForbids(message, current_state=project.state)
    insist_on_valuing(project.round)
    return project


def insist_on_valuing(of_round: Round) -> None:
    """Insist on a round in which plans are valued.

    Raises:
        RoundStateForbids: it has ended, or has not begun.
    """
    if of_round.state not in VALUING:
        message = f"The round is {of_round.state}: nothing is valued in it."
        raise RoundStateForbids(message, current_state=of_round.state)


def rules_of(project: Project) -> PanelValuation:
    """Read the rules of the panel; the round's policy must be loaded.

    Raises:
        NoPanelHere: the policy fixes what every project is worth.
    """
    rules = queries.panel.rules(project)
    if rules is None:
        message = "The policy fixes what every project is worth: adopt that value."
        raise NoPanelHere(message)
    return rules


async def sealed_sitting(session: AsyncSession, project: Project) -> Sitting:
    """Find the sitting in which experts are assigned now, or begin the next one.

    A new one is begun for a new version of the plan, when an objection was upheld, and when
    recusals left fewer opened scores than the quorum.

    Raises:
        NoPanelHere: the policy fixes what every project is worth.
        ScoresOpened: the scores are open, and wait for the operator's decision.
    """
    rules = rules_of(project)
    before = await queries.panel.last(session, project.id)
    version = await queries.projects.last_version(session, project.id)
    if version is None:
        raise RuntimeError("an eligible project was never submitted")
    if before is not None and before.plan_version_id == version.id:
        if before.is_sealed:
            return before
        if len(before.scored) >= rules.quorum and not await _is_used(session, before):
            message = "The scores are open: adopt a valuation, or decide otherwise."
            raise ScoresOpened(message)
    made = Sitting(
        project_id=project.id,
        number=before.number + 1 if before else 1,
        plan_version_id=version.id,
    )
    session.add(made)
    await session.flush()
    return await queries.panel.sitting(session, made.id)


async def _is_used(session: AsyncSession, sitting: Sitting) -> bool:
    """Tell whether a valuation rests on it; the project is eligible again, so it was contested."""
    valuation = await queries.valuations.last(session, sitting.project_id)
    return valuation is not None and valuation.sitting_id == sitting.id


async def extend(
    session: AsyncSession, caller: Caller, project: Project, wanted: ExtensionRequest
) -> ScoreExtension:
    """Give the experts of one project more time, while their scores are sealed.

    Raises:
        OwnAffair: the caller acts for its entrepreneur.
        ProjectStateForbids, RoundStateForbids: it is not being valued.
        NoPanelHere: the policy fixes what every project is worth.
        ScoresSealed: no expert was assigned yet.
        ScoresOpened: the scores are open.
        TooEarlyToExtend: the time there is ends later, or this would have passed.
    """
    eligibility.insist_on_distance(caller, project)
    project = await held(session, project.id, ProjectState.ELIGIBLE)
    rules_of(project)
    sitting = await queries.panel.last(session, project.id)
    if sitting is None:
        message = "No expert was assigned yet: nobody needs more time."
        raise ScoresSealed(message)
    if not sitting.is_sealed:
        message = "The scores are open: no date moves any more."
        raise ScoresOpened(message)
    if wanted.due_at <= max(sitting.scores_due_at, clock.now()):
        message = f"The experts have until {sitting.scores_due_at.isoformat()}: give them more."
        raise TooEarlyToExtend(message, scores_due_at=sitting.scores_due_at.isoformat())
    made = ScoreExtension(
        sitting_id=sitting.id,
        due_at=wanted.due_at,
        reason=wanted.reason,
        decided_by_id=caller.user_id,
    )
    session.add(made)
    await session.flush()
    events.record(session, "panel.extended", project.id, caller.actor, sittingId=str(sitting.id))
    await score_reminders.plan(session, await queries.panel.sitting(session, sitting.id))
    return made


async def open_due(session: AsyncSession) -> None:
    """Want every sitting opened whose deadline has passed, each in a job of its own."""
    for sitting_id, due_at in await queries.panel.overdue(session, clock.now()):
        key = f"{OPEN_SCORES.name}/{sitting_id}/{due_at.isoformat()}"
        await jobs.enqueue(session, OPEN_SCORES, unique_key=key, sitting_id=sitting_id)


async def open_scores(session: AsyncSession, sitting_id: UUID) -> None:
    """Open all scores of a sitting, if they are in or the deadline has passed, and a quorum is met.

    Experts who came into a conflict since are recused first. Below the quorum everything stays
    sealed, so that whoever comes later does not know what others said.

    Raises:
        CommitmentBroken: a sheet is not what its expert committed to; nothing is opened.
    """
    sitting = await queries.panel.sitting(session, sitting_id)
    project = await queries.projects.locked(session, sitting.project_id)
    sitting = await queries.panel.sitting(session, sitting_id)
    if not sitting.is_sealed or project.state is not ProjectState.ELIGIBLE:
        return
    await _detect_conflicts(session, sitting)
    sitting = await queries.panel.sitting(session, sitting_id)
    if not may_open(sitting, clock.now()):
        return
    for assignment in sitting.scored:
        _open_one(session, assignment)
    sitting.opened_at = clock.now()
    await session.flush()
    events.record(
        session,
        "panel.opened",
        project.id,
        CLOCK,
        sittingId=str(sitting.id),
        scores=len(sitting.scored),
    )


def may_open(sitting: Sitting, now: datetime) -> bool:
    """Tell whether a quorum scored, and everybody did or the time is over."""
    complete = len(sitting.scored) == len(sitting.active)
    enough = len(sitting.scored) >= rules_of(sitting.project).quorum
    return enough and (complete or sitting.scores_due_at <= now)


def _open_one(session: AsyncSession, assignment: Assignment) -> None:
    sealed = assignment.last
    if sealed is None:
        raise RuntimeError("only who scored is opened")
    findings = queries.assignments.unseal(session, sealed)
    if not findings.fits(sealed.commitment) or findings.assignment_id != assignment.id:
        raise CommitmentBroken(f"The sheet {sealed.id} is not what its expert committed to.")
    session.add(
        OpenedScores(
            sealed_scores_id=sealed.id, findings=findings.model_dump(mode="json", by_alias=True)
        )
    )


async def _detect_conflicts(session: AsyncSession, sitting: Sitting) -> None:
    users = {each.panel_member.user_id: each for each in sitting.active}
    owner_id = sitting.project.entrepreneur_id
    found = await queries.panel.conflicts(session, users.keys(), [owner_id])
    recused = {users[user_id].id for user_id, _owner in found}
    for assignment_id in recused:
        session.add(
            Recusal(
                assignment_id=assignment_id,
                kind=RecusalKind.DETECTED,
                reason="The expert came to belong to the organisation whose project it is.",
            )
        )
        events.record(
            session, "panel.recused", sitting.project_id, CLOCK, assignmentId=str(assignment_id)
        )
    await session.flush()
    if recused:
        await _tell(session, sitting.id, recused)


async def _tell(session: AsyncSession, sitting_id: UUID, recused: set[UUID]) -> None:
    sitting = await queries.panel.sitting(session, sitting_id)
    for assignment in sitting.assignments:
        if assignment.id in recused:
            await letters.recused(session, sitting, assignment, rules_of(sitting.project))
