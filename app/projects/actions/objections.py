"""Object to a rejection or a valuation; judge the objection."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import violates
from app.organisations.callers import Caller
from app.projects import queries
from app.projects.actions import decisions, eligibility, letters
from app.projects.models import (
    Objection,
    ObjectionState,
    Project,
    ProjectDecision,
    ProjectDecisionKind,
    ProjectState,
    RoundState,
)
from app.projects.problems import (
    AlreadyObjected,
    NothingToContest,
    ObjectionClosed,
    ObjectionTooLate,
    OwnDecision,
    ProjectStateForbids,
)
from app.projects.schemas.eligibility import ObjectionDecisionRequest, ObjectionRequest

KIND = ProjectDecisionKind
CONTESTABLE: Mapping[ProjectDecisionKind, tuple[ProjectState, ProjectState]] = {
    KIND.REJECTED: (ProjectState.REJECTED, ProjectState.SUBMITTED),
    KIND.VALUED: (ProjectState.VALUED, ProjectState.ELIGIBLE),
}
"""What can be contested, in which state of the project, and where it goes back if upheld."""

OUTCOMES = {
    ObjectionState.UPHELD: KIND.OBJECTION_UPHELD,
    ObjectionState.DISMISSED: KIND.OBJECTION_DISMISSED,
}


async def lodge(
    session: AsyncSession, caller: Caller, project: Project, wanted: ObjectionRequest
) -> Objection:
    """Contest the decision in which a project stands, once, within the policy's days.

    Raises:
        NothingToContest: it does not stand in this decision, or it is of no such kind.
        ObjectionTooLate: the policy's time has passed.
        AlreadyObjected: this decision was contested before.
    """
    project = await queries.projects.locked(session, project.id)
    contested = await _contested(session, project, wanted.decision_id)
    policy = project.round.policy
    days = policy.read_terms().objection_days if policy else 0
    # Calendar days: the last one ends at midnight, whenever on its day the decision was taken.
    decided_on = clock.day_of(contested.decided_at)
    if decided_on + timedelta(days=days) < clock.today():
        message = f"An objection could be lodged within {days} days."
        raise ObjectionTooLate(message)
    made = Objection(
        project_id=project.id,
        decision_id=contested.id,
        state=ObjectionState.LODGED,
        grounds=wanted.grounds,
        lodged_by_id=caller.user_id,
    )
    session.add(made)
    try:
        await session.flush()
    except IntegrityError as error:
        if violates(error, "uq_objections_decision_id"):
            message = "An objection to this decision was lodged before; there is one only."
            raise AlreadyObjected(message) from error
        raise
    data = {"objectionId": str(made.id)}
    await decisions.about_project(
        session, caller, project, KIND.OBJECTION_LODGED, wanted.grounds, data=data
    )
    await letters.objection_lodged(session, project)
    return made


async def _contested(session: AsyncSession, project: Project, decision_id: UUID) -> ProjectDecision:
    last = await queries.projects.last_decision(session, project.id, *CONTESTABLE)
    if last is None or last.id != decision_id or project.state is not CONTESTABLE[last.kind][0]:
        message = "The project does not stand in a rejection or valuation of this id."
        raise NothingToContest(message, current_state=project.state)
    return last


async def decide(
    session: AsyncSession,
    caller: Caller,
    project: Project,
    objection: Objection,
    wanted: ObjectionDecisionRequest,
) -> Objection:
    """Uphold or dismiss an objection that the caller's guard has locked, its project before it.

    In a round that was cancelled no decision is taken again: the entrepreneur is told it was right.

    Raises:
        OwnAffair: the caller acts for the entrepreneur.
        OwnDecision: the caller took the decision that is contested, or was asked as an expert.
        ObjectionClosed: it was decided before.
        ProjectStateForbids: the project does not stand in that decision any more.
    """
    eligibility.insist_on_distance(caller, project)
    experts = await queries.panel.ever_assigned(session, project)
    if objection.decision.decided_by == str(caller.actor) or caller.user_id in experts:
        message = "You had a part in what is contested: somebody else judges the objection."
        raise OwnDecision(message)
    if objection.state is not ObjectionState.LODGED:
        message = f"The objection is {objection.state}."
        raise ObjectionClosed(message, current_state=objection.state)
    if wanted.kind is ObjectionState.UPHELD:
        project.state = _state_if_upheld(project, objection)
    objection.state, objection.reason = wanted.kind, wanted.reason
    objection.decided_by_id, objection.decided_at = caller.user_id, clock.now()
    data = {"objectionId": str(objection.id)}
    await decisions.about_project(
        session, caller, project, OUTCOMES[wanted.kind], wanted.reason, data=data
    )
    await letters.objection_decided(session, project, wanted.kind, wanted.reason)
    return objection


def _state_if_upheld(project: Project, objection: Objection) -> ProjectState:
    stands_in, goes_back_to = CONTESTABLE[objection.decision.kind]
    if project.round.state is RoundState.CANCELLED and project.state in {
        stands_in,
        ProjectState.CANCELLED,
    }:
        return ProjectState.CANCELLED
    if project.state is not stands_in:
        message = f"The project is {project.state}: that decision can't be taken again."
        raise ProjectStateForbids(message, current_state=project.state)
    return goes_back_to
