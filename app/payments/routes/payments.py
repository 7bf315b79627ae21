"""Payments, as their payers and the operator see them."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.payments import queries
from app.payments.access import Payer, PayingScheme, PaymentOfPayer, PaymentOfScheme
from app.payments.models import Payment
from app.payments.schemas import PaymentView

router = router_of("", "Payments")

OF_PAYER = "/organisations/{organisation_id}/payments"
OF_SCHEME = "/schemes/{scheme_id}/payments"


@router.get(OF_PAYER, response_model=PageOf[PaymentView])
async def list_own_payments(payer: Payer, session: Session, paging: Paging) -> Page[Payment]:
    """List the payments that your organisation is to make, or made; newest first."""
    return await queries.payments.listed(session, payer, paging)


@router.get(OF_PAYER + "/{payment_id}", response_model=PaymentView)
async def read_own_payment(payment: PaymentOfPayer) -> Payment:
    """Read how a payment stands: where to pay it, and whether it is paid."""
    return payment


@router.get(OF_SCHEME, response_model=PageOf[PaymentView])
async def list_payments(scheme: PayingScheme, session: Session, paging: Paging) -> Page[Payment]:
    """List the payments of a scheme, expected and made; newest first."""
    return await queries.payments.listed(session, scheme, paging)


@router.get(OF_SCHEME + "/{payment_id}", response_model=PaymentView)
async def read_payment(payment: PaymentOfScheme) -> Payment:
    """Read how a payment of a scheme stands."""
    return payment
