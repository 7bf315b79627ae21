"""Receipts, as the operator sees them."""

from typing import Annotated

from fastapi import Query

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.payments import queries
from app.payments.access import PayingScheme
from app.payments.models import Receipt, ReceiptPlace
from app.payments.schemas import ReceiptView

router = router_of("/schemes/{scheme_id}/receipts", "Receipts")


@router.get("", response_model=PageOf[ReceiptView])
async def list_receipts(
    scheme: PayingScheme,
    session: Session,
    paging: Paging,
    place: Annotated[
        ReceiptPlace | None, Query(description="Only what lies there, such as in suspense.")
    ] = None,
) -> Page[Receipt]:
    """List the money that a scheme received; newest first."""
    return await queries.receipts.listed(session, scheme, place, paging)
