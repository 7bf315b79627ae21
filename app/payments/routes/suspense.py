"""Money in suspense: whose it is, or back to whoever sent it."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.problems import NotFound, refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.payments import actions
from app.payments.access import DecidedReceipt
from app.payments.models import Outgoing, Receipt
from app.payments.problems import CannotBeSentBack, ReceiptStateForbids
from app.payments.schemas import OutgoingView, ReceiptView
from app.payments.schemas.bank import ExplanationRequest, ReceiptAssignmentRequest

router = router_of("/schemes/{scheme_id}/receipts/{receipt_id}", "Receipts")

WORKING = (RoleTooSmall, OrganisationInactive, ReceiptStateForbids)


@router.post(
    "/assignments",
    status_code=201,
    response_model=ReceiptView,
    responses=refusals(*WORKING, NotFound),
)
async def assign_receipt(
    request: ReceiptAssignmentRequest,
    caller: Person,
    receipt: DecidedReceipt,
    session: Session,
    _once: Idempotent,
) -> Receipt:
    """Say which payment money in suspense is for (the operator's approvers)."""
    return await actions.suspense.assign(
        session, caller, receipt, request.payment_id, request.reason
    )


@router.post(
    "/send-backs",
    status_code=201,
    response_model=OutgoingView,
    responses=refusals(*WORKING, CannotBeSentBack),
)
async def send_receipt_back(
    request: ExplanationRequest,
    caller: Person,
    receipt: DecidedReceipt,
    session: Session,
    _once: Idempotent,
) -> Outgoing:
    """Plan to send money in suspense back where it came from; another approver agrees to that."""
    return await actions.suspense.send_back(session, caller, receipt, request.reason)
