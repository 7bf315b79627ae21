"""Rounds: planned by the operator, moved on by the clock or by hand."""

from fastapi import Response

from app.core.database import Session
from app.core.http import etags
from app.core.http.etags import IfMatch
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.projects import actions, queries
from app.projects.access import ApprovedRound, EditedRound, InspectedRound, PublicRound
from app.projects.models import Round, RoundDecision
from app.projects.problems import (
    DateCannotMove,
    ProjectsUnderway,
    RoundStateForbids,
)
from app.projects.schemas.rounds import (
    DateMoveRequest,
    PublicRoundView,
    RoundChange,
    RoundDecisionRequest,
    RoundDecisionView,
    RoundRequest,
    RoundView,
)
from app.schemes.access import InspectedScheme, OperatedScheme, PublicScheme
from app.schemes.problems import NoPolicyApplies, SchemeStateForbids

router = router_of("", "Rounds")

WORKING = (RoleTooSmall, OrganisationInactive)
ROUND = "/rounds/{round_id}"


@router.get(
    "/schemes/{scheme_id}/rounds", response_model=PageOf[PublicRoundView], responses={304: {}}
)
async def list_rounds(
    scheme: PublicScheme, session: Session, paging: Paging, response: Response
) -> Page[Round]:
    """List the rounds of a scheme that have opened; no sign-in needed."""
    etags.mark_public(response)
    return await queries.rounds.public(session, scheme, paging)


@router.post(
    "/schemes/{scheme_id}/rounds",
    status_code=201,
    response_model=RoundView,
    responses=refusals(*WORKING, SchemeStateForbids, DateCannotMove),
)
async def plan_round(
    request: RoundRequest,
    caller: Person,
    scheme: OperatedScheme,
    session: Session,
    response: Response,
) -> Round:
    """Prepare the next round (the operator's members)."""
    made = await actions.rounds.plan(session, caller, scheme, request)
    response.headers["Location"] = f"/v1/rounds/{made.id}/settings"
    etags.mark(response, made)
    return made


@router.get("/schemes/{scheme_id}/round-settings", response_model=PageOf[RoundView])
async def list_round_settings(
    scheme: InspectedScheme, session: Session, paging: Paging
) -> Page[Round]:
    """List all rounds of a scheme, drafts included."""
    return await queries.rounds.every_one(session, scheme, paging)


@router.get(ROUND, response_model=PublicRoundView, responses={304: {}})
async def read_round(of_round: PublicRound, response: Response) -> Round:
    """Read a round that has opened; no sign-in needed."""
    etags.mark_public(response)
    return of_round


@router.get(ROUND + "/settings", response_model=RoundView)
async def read_round_settings(of_round: InspectedRound, response: Response) -> Round:
    """Read a round as its operator does, draft or not."""
    etags.mark(response, of_round)
    return of_round


@router.patch(
    ROUND + "/settings",
    response_model=RoundView,
    responses=refusals(*WORKING, RoundStateForbids, DateCannotMove),
)
async def change_round_settings(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: RoundChange,
    caller: Person,
    of_round: EditedRound,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> Round:
    """Change a draft of a round (the operator's members)."""
    etags.check(of_round, expected)
    await actions.rounds.change(session, caller, of_round, request)
    etags.mark(response, of_round)
    return of_round


@router.get(ROUND + "/decisions", response_model=PageOf[RoundDecisionView])
async def list_round_decisions(
    of_round: InspectedRound, session: Session, paging: Paging
) -> Page[RoundDecision]:
    """See what was decided about a round, newest first."""
    return await queries.rounds.decisions(session, of_round, paging)


@router.post(
    ROUND + "/decisions",
    status_code=201,
    response_model=RoundDecisionView,
    responses=refusals(
        *WORKING,
        *(RoundStateForbids, NoPolicyApplies, SchemeStateForbids),
        *(DateCannotMove, ProjectsUnderway),
    ),
)
async def decide_about_round(
    request: RoundDecisionRequest, caller: Person, of_round: ApprovedRound, session: Session
) -> RoundDecision:
    """Move a round on by hand, or cancel it before its sale (the operator's approvers).

    A step that is taken before its date moves the date to now. Opening freezes the policy that
    applies on that day. Cancelling ends the projects that have not ended, unless units are sold or
    reserved; who offers one or was asked to value it gets a mail.
    """
    return await actions.rounds.decide(session, caller, of_round, request)


@router.post(
    ROUND + "/date-moves",
    status_code=201,
    response_model=RoundDecisionView,
    responses=refusals(*WORKING, RoundStateForbids, DateCannotMove),
)
async def move_round_dates(
    request: DateMoveRequest, caller: Person, of_round: ApprovedRound, session: Session
) -> RoundDecision:
    """Move dates that have not come, with a reason that everybody inside reads (approvers)."""
    return await actions.rounds.move_dates(session, caller, of_round, request)
