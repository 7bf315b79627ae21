"""Judge whether plans meet the conditions: return them with remarks, accept, reject."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.organisations.callers import Caller
from app.projects import queries
from app.projects.actions import decisions, letters, plans
from app.projects.models import (
    Project,
    ProjectDecision,
    ProjectDecisionKind,
    ProjectState,
    Round,
    RoundState,
)
from app.projects.problems import DateCannotMove, RoundStateForbids, ScoresSealed
from app.projects.schemas.eligibility import EligibilityRequest
from app.schemes.problems import OwnAffair

JUDGED_IN = (RoundState.OPEN, RoundState.VALUING, RoundState.ON_SALE)
"""Also while others are on sale: an objection may have been upheld."""


async def decide(
    session: AsyncSession, caller: Caller, project: Project, wanted: EligibilityRequest
) -> ProjectDecision:
    """Return a plan with remarks, accept it, or reject it with reasons.

    An eligible one is returned or rejected too: its panel may find it worth less than it needs.

    Raises:
        OwnAffair: the caller acts for its entrepreneur.
        ProjectStateForbids: it does not wait for judgement.
        RoundStateForbids: the round has come beyond judging.
        ScoresSealed: experts are valuing it.
        DateCannotMove: a return has no term in which the plan can come again.
    """
    insist_on_distance(caller, project)
    in_round = await queries.rounds.shared(session, project.round_id)
    project = await queries.projects.locked(session, project.id)
    leads_to = plans.move(project, wanted.kind)
    if in_round.state not in JUDGED_IN:
        message = f"The round is {in_round.state}: its plans are not judged now."
        raise RoundStateForbids(message, current_state=in_round.state)
    if project.state is ProjectState.ELIGIBLE:
        await _insist_on_no_panel_at_work(session, project)
    if wanted.kind is ProjectDecisionKind.RETURNED:
        _insist_on_term(in_round, wanted.until)
    project.state, project.resubmit_until = leads_to, wanted.until
    version = await queries.projects.last_version(session, project.id)
    decision = await decisions.about_project(
        session, caller, project, wanted.kind, wanted.reason, version, _data(wanted)
    )
    await letters.judged(session, project, wanted.kind, wanted.reason)
    return decision


async def _insist_on_no_panel_at_work(session: AsyncSession, project: Project) -> None:
    """Let nobody take a plan away from its panel before all may know what it found."""
    sitting = await queries.panel.last(session, project.id)
    if sitting is not None and sitting.is_sealed and sitting.active:
        message = "Experts are valuing the plan: wait until their scores are open."
        raise ScoresSealed(message)


def _insist_on_term(in_round: Round, until: datetime | None) -> None:
    if not clock.now() < (until or in_round.plans_close_at) < in_round.sale_begins_at:
        message = "Say until when it can come again: a moment ahead, and before the sale begins."
        raise DateCannotMove(message, date="until")


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
