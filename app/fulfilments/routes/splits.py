"""Splits of orders over obligations, and what units would count for."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.problems import NotFound, refusals
from app.fulfilments import actions, queries
from app.fulfilments.problems import OrderHasEnded, SplitTooLarge, UnitsClaimed
from app.fulfilments.queries.assessing import Assessment
from app.fulfilments.schemas.splits import (
    AllocationView,
    AssessmentView,
    SplitQuoteView,
    SplitRequest,
    SplitView,
)
from app.obligations.access import BoundOrganisation
from app.orders.access import OwnOrder, ReadableOrder
from app.orders.actions.ordering import quote
from app.orders.problems import QuantityOutsideTerms, SaleNotRunning
from app.orders.schemas import PurchaseRequest, QuoteView
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall

router = router_of("", "Fulfilments")

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


@router.post(
    "/organisations/{organisation_id}/quotes",
    response_model=SplitQuoteView,
    responses=refusals(NotFound, SaleNotRunning, QuantityOutsideTerms),
)
async def quote_split(
    request: PurchaseRequest, organisation: BoundOrganisation, session: Session
) -> SplitQuoteView:
    """Ask what units cost, and what they would count for of each obligation that `split` names.

    Nothing is reserved. An order takes the same `split`.
    """
    offer, quoted = await quote(session, request.project_id, request.quantity_units)
    parts = [
        await queries.assessing.assess(
            session,
            organisation,
            request.project_id,
            (part.quantity_units, part.obligation_id),
        )
        for part in request.split
    ]
    return SplitQuoteView(
        quote=QuoteView.of(offer.project_id, quoted, offer.sale_ends_at),
        split=[AssessmentView.model_validate(part) for part in parts],
    )


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
