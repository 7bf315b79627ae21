"""Objections to sanctions and to refused waivers: the contractor's, judged by somebody else."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.obligations import actions, queries
from app.obligations.access import (
    BoundObligation,
    DecidedObjection,
    LodgedFor,
    OwnObjection,
    ReadableObligation,
)
from app.obligations.models import ObligationObjection
from app.obligations.problems import (
    NothingToObjectTo,
    ObjectedBefore,
    ObjectionEnded,
    ObligationStateForbids,
    OwnFirstDecision,
    TooLateToObject,
)
from app.obligations.schemas.objections import (
    ContestDecisionRequest,
    ObligationObjectionRequest,
    ObligationObjectionView,
)
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall

router = router_of("/obligations/{obligation_id}/objections", "Waivers and sanctions")

WORKING = (RoleTooSmall, OrganisationInactive)
OBJECTION = "/{obligation_objection_id}"


@router.get("", response_model=PageOf[ObligationObjectionView])
async def list_obligation_objections(
    obligation: ReadableObligation, session: Session, paging: Paging
) -> Page[ObligationObjection]:
    """List what the contractor objected to, and what became of it."""
    return await queries.objections.of_obligation(session, obligation, paging)


@router.post(
    "",
    status_code=201,
    response_model=ObligationObjectionView,
    responses=refusals(
        *(*WORKING, NotFound),
        *(NothingToObjectTo, TooLateToObject, ObjectedBefore),
    ),
)
async def object_to_proposal(
    request: ObligationObjectionRequest,
    caller: Person,
    obligation: BoundObligation,
    organisation_id: LodgedFor,
    session: Session,
    _once: Idempotent,
) -> ObligationObjection:
    """Object to a sanction, or to the refusal of a waiver (the contractor's members).

    Once for each, within the days that the rules give; where they are silent, at any time.
    """
    return await actions.objections.lodge(session, caller, obligation, organisation_id, request)


@router.post(
    OBJECTION + "/decisions",
    status_code=201,
    response_model=ObligationObjectionView,
    responses=refusals(*WORKING, ObjectionEnded, OwnFirstDecision, ObligationStateForbids),
)
async def decide_obligation_objection(
    request: ContestDecisionRequest,
    caller: Person,
    objection: DecidedObjection,
    session: Session,
    _once: Idempotent,
) -> ObligationObjection:
    """Uphold an objection or dismiss it: an approver who neither proposed nor decided first.

    Upheld, the sanction is lifted in the book and owed again; or the waiver is made, of what of
    it is still owed.
    """
    return await actions.objections.decide(session, caller, objection, request)


@router.post(
    OBJECTION + "/withdrawals",
    status_code=201,
    response_model=ObligationObjectionView,
    responses=refusals(*WORKING, ObjectionEnded),
)
async def withdraw_obligation_objection(
    caller: Person, objection: OwnObjection, session: Session, _once: Idempotent
) -> ObligationObjection:
    """Let go of an objection before it is decided (members of the contractor that lodged it)."""
    return await actions.objections.withdraw(session, caller, objection)
