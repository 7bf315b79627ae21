"""Quotes: what a number of units costs, for everybody."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.problems import NotFound, refusals
from app.orders import actions
from app.orders.problems import QuantityOutsideTerms, SaleNotRunning
from app.orders.schemas import QuoteRequest, QuoteView

router = router_of("/market/projects", "Orders")


@router.get(
    "/{listed_project_id}/quote",
    response_model=QuoteView,
    responses=refusals(NotFound, SaleNotRunning, QuantityOutsideTerms),
)
async def quote_units(
    listed_project_id: UUID, request: Annotated[QuoteRequest, Query()], session: Session
) -> QuoteView:
    """Ask what a number of units costs: price, VAT, the operator's fee, and all together.

    The price is that of the round. It does not change, but units may run out. What they would
    count for is a company's own affair: POST /v1/organisations/{id}/quotes says that too.
    """
    offer, quoted = await actions.ordering.quote(session, listed_project_id, request.quantity_units)
    return QuoteView.of(offer.project_id, quoted, offer.sale_ends_at)
