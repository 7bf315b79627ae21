"""Repayments: an entrepreneur pays back by bank what it owes."""

from fastapi import Response

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.payments.models import Payment
from app.payments.schemas import PaymentView
from app.payouts import actions
from app.payouts.problems import LessOwed
from app.payouts.schemas import RepaymentRequest
from app.schemes.access import OperatedScheme
from app.schemes.problems import NoPolicyApplies

router = router_of("/schemes/{scheme_id}/repayments", "Payouts")


@router.post(
    "",
    status_code=201,
    response_model=PaymentView,
    responses=refusals(RoleTooSmall, OrganisationInactive, LessOwed, NoPolicyApplies),
)
async def expect_repayment(
    request: RepaymentRequest,
    caller: Person,
    scheme: OperatedScheme,
    session: Session,
    _once: Idempotent,
    response: Response,
) -> Payment:
    """Expect that an entrepreneur pays back what it owes (the operator's members).

    It transfers the amount with the `creditorReference`, and so the statement finds it. What came
    without one lies in suspense: assign it to this payment.
    """
    payment = await actions.repaying.expect(session, caller, scheme, request)
    response.headers["Location"] = f"/v1/organisations/{payment.payer_id}/payments/{payment.id}"
    return payment
