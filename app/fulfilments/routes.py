"""Splits of orders, what would count, and fulfilments."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.core.database import Session
from app.core.http import etags
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.fulfilments import actions, queries
from app.fulfilments.access import ClaimedFulfilment, DecidedFulfilment, ReadableFulfilment
from app.fulfilments.models import Fulfilment, FulfilmentDecision
from app.fulfilments.problems import (
    DoesNotCount,
    FulfilmentStateForbids,
    NotAllocated,
    ObligationNotOpen,
    OrderHasEnded,
    OrderNotFirm,
    OwnFulfilment,
    SplitTooLarge,
    UnitsClaimed,
)
from app.fulfilments.queries.assessing import Assessment
from app.fulfilments.schemas import (
    AllocationView,
    AssessmentView,
    FulfilmentDecisionView,
    FulfilmentRequest,
    FulfilmentView,
    SplitRequest,
    SplitView,
    VerdictRequest,
)
from app.obligations.access import BoundOrganisation, SeenAuthority
from app.orders.access import OwnOrder, ReadableOrder
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.schemes.schemas import ReasonRequest

router = router_of("", "Fulfilments")

ROUTERS = (router,)

FULFILMENT = "/fulfilments/{fulfilment_id}"
WORKING = (RoleTooSmall, OrganisationInactive)


@router.get(
    "/organisations/{organisation_id}/assessments/{listed_project_id}",
    response_model=list[AssessmentView],
    responses=refusals(NotFound),
)
async def assess_units(
    organisation: BoundOrganisation,
    session: Session,
    listed_project_id: UUID,
    quantity_units: Annotated[
        int,
        Query(alias="quantityUnits", ge=1, le=2**31, description="How many units.", examples=[10]),
    ] = 1,
    obligation_ids: Annotated[
        list[UUID] | None,
        Query(
            alias="obligationId", max_length=20, description="One or more; none: those it has open."
        ),
    ] = None,
) -> list[Assessment]:
    """Ask whether so many units would count for each of some obligations: before paying.

    The same arithmetic decides later; what is open by then may differ.
    """
    wanted = obligation_ids or await queries.assessing.open_ids(session, organisation)
    return [
        await queries.assessing.assess(
            session, organisation, listed_project_id, (quantity_units, obligation_id)
        )
        for obligation_id in wanted
    ]


@router.get("/orders/{order_id}/split", response_model=SplitView)
async def read_split(order: ReadableOrder, session: Session) -> SplitView:
    """Read for which obligations the units of an order are meant."""
    parts = await queries.splits.of_order(session, order.id)
    views = [AllocationView.model_validate(part) for part in parts if part.quantity_units]
    return SplitView(order_id=order.id, parts=views)


@router.post(
    "/orders/{order_id}/splits",
    status_code=201,
    response_model=SplitView,
    responses=refusals(*WORKING, OrderHasEnded, SplitTooLarge, UnitsClaimed),
)
async def split_order(
    request: SplitRequest, caller: Person, order: OwnOrder, session: Session, _once: Idempotent
) -> SplitView:
    """Say for which obligations the units of an order are meant: from when it is made.

    It says so anew for the whole order. Units that are claimed stay with their obligation.
    """
    wanted = {part.obligation_id: part.quantity_units for part in request.parts}
    await actions.splitting.split(session, caller, order, wanted)
    return await read_split(order, session)


@router.post(
    "/orders/{order_id}/fulfilments",
    status_code=201,
    response_model=FulfilmentView,
    responses=refusals(*WORKING, NotAllocated),
)
async def draft_fulfilment(
    request: FulfilmentRequest, caller: Person, order: OwnOrder, session: Session, _once: Idempotent
) -> Fulfilment:
    """Prepare a claim for units of an order; nothing is taken before it is submitted."""
    return await actions.claiming.draft(
        session, caller, order, request.obligation_id, request.quantity_units
    )


@router.get("/organisations/{organisation_id}/fulfilments", response_model=PageOf[FulfilmentView])
async def list_fulfilments_of_organisation(
    organisation: BoundOrganisation, session: Session, paging: Paging
) -> Page[Fulfilment]:
    """List what an organisation claims, newest first."""
    return await queries.fulfilments.of_claimant(session, organisation, paging)


@router.get("/authorities/{authority_id}/fulfilments", response_model=PageOf[FulfilmentView])
async def list_fulfilments_of_authority(
    authority: SeenAuthority, session: Session, paging: Paging
) -> Page[Fulfilment]:
    """List what was submitted to an authority, newest first."""
    return await queries.fulfilments.of_authority(session, authority, paging)


@router.get(FULFILMENT, response_model=FulfilmentView)
async def read_fulfilment(fulfilment: ReadableFulfilment, response: Response) -> Fulfilment:
    """Read a fulfilment with the arithmetic of its value."""
    etags.mark(response, fulfilment)
    return fulfilment


@router.get(FULFILMENT + "/decisions", response_model=PageOf[FulfilmentDecisionView])
async def list_fulfilment_decisions(
    fulfilment: ReadableFulfilment, session: Session, paging: Paging
) -> Page[FulfilmentDecision]:
    """List what happened to a fulfilment, when and why."""
    return await queries.fulfilments.decisions(session, fulfilment, paging)


@router.post(
    FULFILMENT + "/submissions",
    status_code=201,
    response_model=FulfilmentView,
    responses=refusals(
        *WORKING,
        *(FulfilmentStateForbids, OrderNotFirm, ObligationNotOpen),
        *(NotAllocated, UnitsClaimed, DoesNotCount),
    ),
)
async def submit_fulfilment(
    caller: Person, fulfilment: ClaimedFulfilment, session: Session, _once: Idempotent
) -> Fulfilment:
    """Submit a claim to the authority; its units are taken from now on."""
    return await actions.claiming.submit(session, caller, fulfilment)


@router.post(
    FULFILMENT + "/decisions",
    status_code=201,
    response_model=FulfilmentView,
    responses=refusals(
        *WORKING,
        *(FulfilmentStateForbids, OwnFulfilment),
        *(OrderNotFirm, ObligationNotOpen, DoesNotCount),
    ),
)
async def decide_fulfilment(
    request: VerdictRequest,
    caller: Person,
    fulfilment: DecidedFulfilment,
    session: Session,
    _once: Idempotent,
) -> Fulfilment:
    """Approve, reject or return a claim (the authority's approvers; who submitted it never)."""
    return await actions.deciding.decide(
        session, caller, fulfilment, request.verdict, request.reason
    )


@router.post(
    FULFILMENT + "/revocations",
    status_code=201,
    response_model=FulfilmentView,
    responses=refusals(*WORKING, FulfilmentStateForbids, OwnFulfilment),
)
async def revoke_fulfilment(
    request: ReasonRequest,
    caller: Person,
    fulfilment: DecidedFulfilment,
    session: Session,
    _once: Idempotent,
) -> Fulfilment:
    """Revoke what was approved (the authority's approvers): it counts no more."""
    return await actions.deciding.revoke(session, caller, fulfilment, request.reason)
