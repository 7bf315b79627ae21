"""Withdrawals: the operator takes what it earned, and remits VAT on it."""

from fastapi import Response

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.payments.models import Outgoing
from app.payments.schemas import OutgoingView
from app.payouts import actions
from app.payouts.problems import EarningsTooSmall, OperatorAccountUnfit
from app.payouts.schemas import OperatorWithdrawalRequest
from app.schemes.access import OperatedScheme

router = router_of("/schemes/{scheme_id}/withdrawals", "Payouts")


@router.post(
    "",
    status_code=201,
    response_model=OutgoingView,
    responses=refusals(RoleTooSmall, OrganisationInactive, OperatorAccountUnfit, EarningsTooSmall),
)
async def plan_withdrawal(
    request: OperatorWithdrawalRequest,
    caller: Person,
    scheme: OperatedScheme,
    session: Session,
    _once: Idempotent,
    response: Response,
) -> Outgoing:
    """Plan that the operator takes fees or their VAT to its own account (its members).

    Somebody else approves it as any other outgoing, and it leaves with a file for the bank.
    """
    outgoing = await actions.withdrawing.plan(session, caller, scheme, request)
    response.headers["Location"] = f"/v1/schemes/{scheme.id}/outgoings/{outgoing.id}"
    return outgoing
