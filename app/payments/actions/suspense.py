"""Find the owner of money in suspense: a payment that it is for, or whoever sent it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.problems import NotFound
from app.organisations.callers import Caller
from app.payments import hooks, queries
from app.payments.actions import holding, outgoings, receipts
from app.payments.actions.outgoings import Planned, ToBankAccount
from app.payments.models import (
    Outgoing,
    OutgoingKind,
    OutgoingStatus,
    Payment,
    Purpose,
    Rail,
    Receipt,
    ReceiptDecision,
    ReceiptDecisionKind,
    ReceiptPlace,
)
from app.payments.problems import CannotBeSentBack, ReceiptStateForbids

NOUN = "receipt"
"""Of the purposes of what is sent back."""
NAMELESS = "Rekeninghouder"
"""The holder of an account whose bank did not name them; banks go by the number."""


async def assign(
    session: AsyncSession, caller: Caller, receipt: Receipt, payment_id: UUID, reason: str
) -> Receipt:
    """Say what money in suspense is for, and why that is so; its owner moves it on.

    Raises:
        NotFound: there is no such payment in the scheme.
        ReceiptStateForbids: it is not in suspense, or is being sent back.
    """
    payment = await session.get(Payment, payment_id)
    if payment is None or payment.scheme_id != receipt.scheme_id:
        message = f"The scheme expects no payment {payment_id}."
        raise NotFound(message)
    await receipts.assign(session, caller.actor, receipt, payment)
    session.add(
        ReceiptDecision(
            receipt_id=receipt.id,
            kind=ReceiptDecisionKind.ASSIGNED,
            payment_id=payment.id,
            reason=reason,
            decided_by=str(caller.actor),
        )
    )
    await session.flush()
    return await queries.receipts.locked(session, receipt.id)


async def send_back(
    session: AsyncSession, caller: Caller, receipt: Receipt, reason: str
) -> Outgoing:
    """Plan to send money in suspense back to the account that it came from; another person agrees.

    Raises:
        ReceiptStateForbids: it is not in suspense, or is being sent back.
        CannotBeSentBack: nobody knows the account.
    """
    receipt = await queries.receipts.locked(session, receipt.id)
    if receipt.place is not ReceiptPlace.SUSPENSE or receipt.payment_id is not None:
        message = f"The receipt is {receipt.place}: only one in suspense can be sent back."
        raise ReceiptStateForbids(message, current_place=receipt.place)
    if await queries.receipts.being_sent_back(session, receipt.id) is not None:
        message = "It is on its way back already."
        raise ReceiptStateForbids(message, current_place=receipt.place)
    if receipt.rail is not Rail.BANK or receipt.payer_iban is None:
        message = "The bank did not say from which account it came: ask the bank to return it."
        raise CannotBeSentBack(message)
    outgoing = await outgoings.plan(
        session,
        caller.actor,
        Planned(
            scheme_id=receipt.scheme_id,
            kind=OutgoingKind.SEND_BACK,
            purpose=str(Purpose(NOUN, receipt.id)),
            account_owner_id=None,
            amount_cents=receipt.amount_cents,
            to=ToBankAccount(receipt.payer_iban, receipt.payer_name or NAMELESS),
            description=f"Retour: {receipt.remittance or 'onbekend'}",
        ),
    )
    session.add(
        ReceiptDecision(
            receipt_id=receipt.id,
            kind=ReceiptDecisionKind.SENDING_BACK,
            outgoing_id=outgoing.id,
            reason=reason,
            decided_by=str(caller.actor),
        )
    )
    await session.flush()
    return outgoing


async def _outgoing_moved(session: AsyncSession, outgoing: Outgoing) -> None:
    """Let a receipt say where its money is: on its way back, or in suspense again."""
    receipt = await queries.receipts.locked(session, outgoing.owner_id)
    if outgoing.status in {OutgoingStatus.SENT, OutgoingStatus.SETTLED}:
        receipt.place = ReceiptPlace.SENT_BACK
    elif outgoing.status is OutgoingStatus.FAILED:
        receipt.place = ReceiptPlace.SUSPENSE


OWNER = hooks.Owner(
    received=holding.OWNER.received,
    payment_moved=holding.OWNER.payment_moved,
    outgoing_moved=_outgoing_moved,
    dispute_moved=holding.OWNER.dispute_moved,
)
"""Wired to `NOUN`: nothing is paid for a receipt, and it is sent back at the most."""
