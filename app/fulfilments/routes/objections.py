"""Objections to rejections and revocations: the claimant's, judged by somebody else."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.fulfilments import actions, queries
from app.fulfilments.access import (
    ClaimedFulfilment,
    ClaimedObjection,
    DecidedFulfilment,
    JudgedObjection,
    ReadableFulfilment,
)
from app.fulfilments.models import FulfilmentObjection
from app.fulfilments.problems import (
    DoesNotCount,
    InvoiceClaimed,
    NotAllocated,
    ObligationNotOpen,
    OrderNotFirm,
    PlacementClaimed,
    UnitsClaimed,
)
from app.fulfilments.schemas.objections import FulfilmentObjectionRequest, FulfilmentObjectionView
from app.obligations.problems import (
    NothingToObjectTo,
    ObjectedBefore,
    ObjectionEnded,
    OwnFirstDecision,
    TooLateToObject,
)
from app.obligations.schemas.objections import ContestDecisionRequest
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall

router = router_of("/fulfilments/{fulfilment_id}/objections", "Fulfilments")

WORKING = (RoleTooSmall, OrganisationInactive)
OBJECTION = "/{fulfilment_objection_id}"


@router.get("", response_model=PageOf[FulfilmentObjectionView])
async def list_fulfilment_objections(
    fulfilment: ReadableFulfilment, session: Session, paging: Paging
) -> Page[FulfilmentObjection]:
    """List what the claimant objected to, and what became of it."""
    return await queries.objections.of_fulfilment(session, fulfilment, paging)


@router.post(
    "",
    status_code=201,
    response_model=FulfilmentObjectionView,
    responses=refusals(*WORKING, NothingToObjectTo, TooLateToObject, ObjectedBefore),
)
async def object_to_fulfilment_decision(
    request: FulfilmentObjectionRequest,
    caller: Person,
    fulfilment: ClaimedFulfilment,
    session: Session,
    _once: Idempotent,
) -> FulfilmentObjection:
    """Object to the rejection, or the revocation, in which a claim stands (its claimant's members).

    Once for each, within the days that the rules give; where they are silent, at any time.
    """
    return await actions.objections.lodge(
        session, caller, fulfilment, request.decision_id, request.grounds
    )


@router.post(
    OBJECTION + "/decisions",
    status_code=201,
    response_model=FulfilmentObjectionView,
    responses=refusals(
        *(*WORKING, ObjectionEnded, OwnFirstDecision, ObligationNotOpen),
        *(OrderNotFirm, NotAllocated, UnitsClaimed, DoesNotCount),
        *(PlacementClaimed, InvoiceClaimed),
    ),
)
async def decide_fulfilment_objection(
    request: ContestDecisionRequest,
    caller: Person,
    fulfilment: DecidedFulfilment,
    objection: JudgedObjection,
    session: Session,
    _once: Idempotent,
) -> FulfilmentObjection:
    """Uphold an objection or dismiss it: an approver who did not take the first decision.

    Upheld, the claim counts for what it is worth now, if what it claims is still free; otherwise
    the refusal says what stands in the way.
    """
    return await actions.objections.decide(session, caller, fulfilment, objection, request)


@router.post(
    OBJECTION + "/withdrawals",
    status_code=201,
    response_model=FulfilmentObjectionView,
    responses=refusals(*WORKING, ObjectionEnded),
)
async def withdraw_fulfilment_objection(
    caller: Person,
    fulfilment: ClaimedFulfilment,
    objection: ClaimedObjection,
    session: Session,
    _once: Idempotent,
) -> FulfilmentObjection:
    """Let go of an objection before it is decided (the claimant's members)."""
    return await actions.objections.withdraw(session, caller, fulfilment, objection)
