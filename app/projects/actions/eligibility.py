"""Judge whether plans meet the conditions: return them with remarks, accept, reject."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.organisations.callers import Caller
from app.projects import queries
from app.projects.actions import decisions, letters, plans
from app.projects.models import Project, ProjectDecision, ProjectDecisionKind, RoundState
from app.projects.problems import DateCannotMove, RoundStateForbids
from app.projects.schemas.eligibility import EligibilityRequest
from app.schemes.problems import OwnAffair

JUDGED_IN = (RoundState.OPEN, RoundState.VALUING)


async def decide(
    session: AsyncSession, caller: Caller, project: Project, wanted: EligibilityRequest
) -> ProjectDecision:
    """Return a plan with remarks, accept it, or reject it with reasons.

    Raises:
        OwnAffair: the caller acts for its entrepreneur.
        ProjectStateForbids: it does not wait for judgement.
        RoundStateForbids: the round has come beyond judging.
        DateCannotMove: the term of a return has passed, or the sale has begun by then.
    """
    insist_on_distance(caller, project)
    in_round = await queries.rounds.shared(session, project.round_id)
    project = await queries.projects.locked(session, project.id)
    leads_to = plans.move(project, wanted.kind)
    if in_round.state not in JUDGED_IN:
        message = f"The round is {in_round.state}: its plans are not judged now."
        raise RoundStateForbids(message, current_state=in_round.state)
    if wanted.until is not None and not clock.now() < wanted.until < in_round.sale_begins_at:
        message = "The term must lie ahead, and before the sale begins."
        raise DateCannotMove(message, date="until")
    project.state, project.resubmit_until = leads_to, wanted.until
    version = await queries.projects.last_version(session, project.id)
    decision = await decisions.about_project(
        session, caller, project, wanted.kind, wanted.reason, version, _data(wanted)
    )
    await letters.judged(session, project, wanted.kind, wanted.reason)
    return decision


def insist_on_distance(caller: Caller, project: Project) -> None:
    """Insist that nobody judges a project of an organisation that they act for.

    Raises:
        OwnAffair: the caller acts for its entrepreneur.
    """
    if caller.rights_in(project.entrepreneur_id):
        message = "You act for this entrepreneur: somebody else decides about its project."
        raise OwnAffair(message)


def _data(wanted: EligibilityRequest) -> dict[str, object]:
    if wanted.kind is not ProjectDecisionKind.RETURNED:
        return {}
    return {
        "remarks": [remark.model_dump() for remark in wanted.remarks],
        "until": wanted.until.isoformat() if wanted.until else None,
    }
