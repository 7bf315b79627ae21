"""Ask experts to value plans; let them decline, and seal what they find."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs, sealing
from app.core.problems import NotFound
from app.organisations.callers import Caller
from app.projects import queries
from app.projects.actions import eligibility, letters, panel, score_reminders, valuations
from app.projects.contents import Demand, Findings, RecusalKind, ScoreSheet, spread
from app.projects.models import (
    Assignment,
    Project,
    ProjectState,
    Recusal,
    Round,
    SealedScores,
    Sitting,
)
from app.projects.problems import (
    AlreadyAssigned,
    AlreadyRecused,
    ConflictOfInterest,
    NotRecused,
    ScoresDue,
    ScoresOffRubric,
    ScoresOpened,
)
from app.projects.queries.assignments import SEALED_SCORES
from app.projects.schemas.panel import AssignmentRequest
from app.schemes import queries as schemes
from app.schemes.models import PanelMember
from app.schemes.problems import ExpertLeft


@dataclass(frozen=True, slots=True)
class Shortage:
    """A project that could not be given as many experts as the policy says."""

    project_id: UUID
    missing: int


@dataclass(frozen=True, slots=True)
class Spreading:
    """Who was assigned to what, and where experts lack."""

    assignments: list[Assignment]
    shortages: list[Shortage]


async def assign(
    session: AsyncSession, caller: Caller, project: Project, wanted: AssignmentRequest
) -> Assignment:
    """Ask an expert to value the last version of a project's plan.

    Raises:
        OwnAffair: the caller acts for its entrepreneur.
        ProjectStateForbids, RoundStateForbids: it is not being valued.
        NoPanelHere: the policy fixes what every project is worth.
        ScoresOpened: the scores are open.
        NotFound: there is no such expert in the scheme.
        ExpertLeft: not any more.
        ConflictOfInterest: the expert belongs to the organisation, or to one registered the same.
        AlreadyAssigned: the expert is assigned, or recused.
        NotRecused: nobody in this sitting was recused in whose place this would be.
    """
    eligibility.insist_on_distance(caller, project)
    project = await panel.held(session, project.id, ProjectState.ELIGIBLE)
    sitting = await panel.sealed_sitting(session, project)
    member = await _expert(session, project, wanted.panel_member_id)
    await _insist_on_no_conflict(session, project, member.user_id)
    if any(each.panel_member.user_id == member.user_id for each in sitting.assignments):
        message = "The expert is assigned to this plan already, or was recused from it."
        raise AlreadyAssigned(message)
    if wanted.replaces_id is not None:
        _insist_on_a_gap(sitting, wanted.replaces_id)
    made = await _assign(session, caller, sitting, member, wanted.replaces_id)
    await _tell(session, sitting, [made])
    return await queries.panel.assignment(session, made.id)


async def _expert(session: AsyncSession, project: Project, member_id: UUID) -> PanelMember:
    experts = await schemes.panel.experts(session, project.scheme_id)
    if found := next((each for each in experts if each.id == member_id), None):
        return found
    if await schemes.panel.member(session, project.scheme_id, member_id) is None:
        message = f"There is no expert {member_id} in this scheme."
        raise NotFound(message)
    message = "The expert is not on the panel any more."
    raise ExpertLeft(message)


async def _insist_on_no_conflict(session: AsyncSession, project: Project, user_id: UUID) -> None:
    if await queries.panel.conflicts(session, [user_id], [project.entrepreneur_id]):
        message = "The expert belongs to the entrepreneur, or to an organisation registered as it."
        raise ConflictOfInterest(message)


def _insist_on_a_gap(sitting: Sitting, replaced_id: UUID) -> None:
    recused = {each.id for each in sitting.assignments if each.recusal is not None}
    filled = {each.replaces_id for each in sitting.assignments}
    if replaced_id not in recused - filled:
        message = "Name an assignment of this sitting whose expert is recused and not replaced."
        raise NotRecused(message)


async def _assign(
    session: AsyncSession,
    caller: Caller,
    sitting: Sitting,
    member: PanelMember,
    replaces_id: UUID | None = None,
) -> Assignment:
    made = Assignment(
        sitting_id=sitting.id,
        panel_member_id=member.id,
        replaces_id=replaces_id,
        assigned_by_id=caller.user_id,
    )
    session.add(made)
    await session.flush()
    events.record(
        session,
        "panel.assigned",
        sitting.project_id,
        caller.actor,
        assignmentId=str(made.id),
        panelMemberId=str(member.id),
    )
    return made


async def _tell(session: AsyncSession, sitting: Sitting, made: Iterable[Assignment]) -> None:
    sitting = await queries.panel.sitting(session, sitting.id)
    new = {each.id for each in made}
    for assignment in sitting.assignments:
        if assignment.id in new:
            await letters.to_expert(session, sitting, assignment, "assigned")
    await score_reminders.plan(session, sitting)


async def spread_evenly(session: AsyncSession, caller: Caller, of_round: Round) -> Spreading:
    """Give every eligible project of a round as many experts as its policy says, evenly.

    Experts with a conflict are passed over. What is assigned already stays, and counts.

    Raises:
        NoPanelHere: the policy fixes what every project is worth.
        RoundStateForbids: the round has ended, or has not begun.
    """
    sittings = await _unfilled(session, of_round)
    members = await schemes.panel.experts(session, of_round.scheme_id)
    owners = {sitting.project.entrepreneur_id for sitting in sittings.values()}
    conflicts = await queries.panel.conflicts(
        session, {member.user_id for member in members}, owners
    )
    demands = [
        Demand(
            project_id,
            # Never less than none: the operator may have asked more experts by hand.
            max(0, panel.rules_of(sitting.project).size - len(sitting.active)),
            frozenset(
                member.id
                for member in members
                if (member.user_id, sitting.project.entrepreneur_id) in conflicts
                or member.user_id in {each.panel_member.user_id for each in sitting.assignments}
            ),
        )
        for project_id, sitting in sittings.items()
    ]
    loads = await queries.panel.loads(session, of_round.id)
    found = spread(demands, {member.id: loads[member.id] for member in members})
    made: list[Assignment] = []
    for project_id, expert_ids in found.given.items():
        sitting = sittings[project_id]
        new = [
            await _assign(session, caller, sitting, member)
            for member in members
            if member.id in expert_ids
        ]
        await _tell(session, sitting, new)
        made += new
    return Spreading(
        [await queries.panel.assignment(session, each.id) for each in made],
        [
            Shortage(demand.project_id, missing)
            for demand in demands
            if (missing := demand.wanted - len(found.given[demand.project_id])) > 0
        ],
    )


async def _unfilled(session: AsyncSession, of_round: Round) -> dict[UUID, Sitting]:
    """Keep the eligible projects of a round as they are; leave out those that are opened."""
    panel.insist_on_valuing(of_round)
    sittings: dict[UUID, Sitting] = {}
    for project_id in await queries.panel.eligible(session, of_round):
        project = await queries.projects.locked(session, project_id)
        if project.state is not ProjectState.ELIGIBLE:
            continue
        try:
            sittings[project_id] = await panel.sealed_sitting(session, project)
        except ScoresOpened:
            continue
    return sittings


async def recuse(
    session: AsyncSession, caller: Caller, assignment: Assignment, reason: str
) -> Recusal:
    """Note that an expert does not value a plan: by the expert, or by the operator.

    After the scores were opened too, for a conflict that comes to light late: the scores of the
    expert do not count then, and a valuation that loses its quorum by it falls.

    Raises:
        OwnAffair: the caller acts for the entrepreneur, and is another than the expert.
        ProjectStateForbids, RoundStateForbids: the project is past its valuation.
        AlreadyRecused: the expert is recused.
    """
    project_id = assignment.sitting.project_id
    project = await panel.held(session, project_id, ProjectState.ELIGIBLE, ProjectState.VALUED)
    assignment = await queries.panel.assignment(session, assignment.id)
    if assignment.recusal is not None:
        message = "The expert is recused from this plan."
        raise AlreadyRecused(message)
    own = assignment.panel_member.user_id == caller.user_id
    if not own:
        eligibility.insist_on_distance(caller, project)
    made = Recusal(
        assignment_id=assignment.id,
        kind=RecusalKind.DECLARED if own else RecusalKind.REPORTED,
        reason=reason,
        recorded_by_id=caller.user_id,
    )
    session.add(made)
    await session.flush()
    events.record(
        session, "panel.recused", project_id, caller.actor, assignmentId=str(assignment.id)
    )
    sitting = await queries.panel.sitting(session, assignment.sitting_id)
    await valuations.fall(session, caller, project, sitting, reason)
    recusal = next(each for each in sitting.assignments if each.id == assignment.id)
    await letters.recused(session, sitting, recusal, panel.rules_of(project))
    await jobs.enqueue(session, panel.OPEN_SCORES, sitting_id=sitting.id)
    return made


async def submit(
    session: AsyncSession, caller: Caller, assignment: Assignment, sheet: ScoreSheet
) -> SealedScores:
    """Seal what an expert found; an earlier sheet stays, and does not count any more.

    Raises:
        ProjectStateForbids, RoundStateForbids: the project is not being valued.
        ExpertLeft: the expert is not on the panel any more.
        AlreadyRecused, ConflictOfInterest: the expert may not value this plan.
        ScoresOpened, ScoresDue: it is too late.
        ScoresOffRubric: the scores are not those of the rubric.
    """
    project = await panel.held(session, assignment.sitting.project_id, ProjectState.ELIGIBLE)
    sitting = await queries.panel.sitting(session, assignment.sitting_id)
    assignment = next(each for each in sitting.assignments if each.id == assignment.id)
    await _insist_on_right_to_score(session, project, assignment)
    _insist_on_time(sitting)
    try:
        panel.rules_of(project).weighted_score(sheet.scores)
    except ValueError as error:
        message = f"The scores do not fit the rubric: {error}."
        raise ScoresOffRubric(message) from error
    findings = Findings.of(sheet, assignment.id, sitting.plan_version_id)
    content = findings.model_dump_json(by_alias=True).encode()
    made = SealedScores(
        assignment_id=assignment.id,
        number=len(assignment.submissions) + 1,
        commitment=findings.commitment,
        sealed=sealing.seal(session, SEALED_SCORES, content),
    )
    session.add(made)
    await session.flush()
    events.record(
        session,
        "panel.scored",
        project.id,
        caller.actor,
        assignmentId=str(assignment.id),
        number=made.number,
        commitment=made.commitment,
    )
    await jobs.enqueue(session, panel.OPEN_SCORES, sitting_id=sitting.id)
    return made


async def _insist_on_right_to_score(
    session: AsyncSession, project: Project, assignment: Assignment
) -> None:
    if assignment.recusal is not None:
        message = "You are recused from this plan."
        raise AlreadyRecused(message)
    user_id = assignment.panel_member.user_id
    if not await schemes.panel.sits(session, project.scheme_id, user_id):
        message = "You are not on the panel any more."
        raise ExpertLeft(message)
    await _insist_on_no_conflict(session, project, user_id)


def _insist_on_time(sitting: Sitting) -> None:
    if not sitting.is_sealed:
        message = "The scores are open: nobody scores any more."
        raise ScoresOpened(message)
    if sitting.scores_due_at <= clock.now():
        message = "The time is over; the operator can give more."
        raise ScoresDue(message, scores_due_at=sitting.scores_due_at.isoformat())
