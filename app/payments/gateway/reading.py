"""What the provider's objects say, in our words. Pure; the objects as plain dictionaries."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.payments.facts import (
    AccountStanding,
    Charge,
    Checkout,
    DisputeStanding,
    Notice,
    OutgoingStanding,
    PaymentStanding,
    PayoutStanding,
    Transaction,
)
from app.payments.models import DisputeStatus, PaymentStatus

Thing = Mapping[str, Any]
"""An object of the provider's."""

OURS = "baat_id"
"""The key in an object's metadata under which our own id of it stands."""

SUCCEEDED = "succeeded"

_OF_INTENT = {
    "succeeded": PaymentStatus.SUCCEEDED,
    "processing": PaymentStatus.PROCESSING,
    "canceled": PaymentStatus.CANCELLED,
}

_OF_DISPUTE = {
    "warning_needs_response": DisputeStatus.ASKED,
    "warning_under_review": DisputeStatus.ASKED,
    "needs_response": DisputeStatus.OPEN,
    "under_review": DisputeStatus.OPEN,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}

REFUND_FAILED = {"failed", "canceled"}
PAYOUT_FAILED = {"failed", "canceled"}


def moment(seconds: int) -> datetime:
    """Read one of the provider's moments."""
    return datetime.fromtimestamp(seconds, UTC)


def day(seconds: int) -> date:
    """Read one of the provider's days."""
    return moment(seconds).date()


def id_of(value: object) -> str | None:
    """Name what a field refers to, whether it was expanded or not."""
    if isinstance(value, Mapping):
        return str(value["id"])
    return str(value) if value else None


def checkout(session: Thing) -> Checkout:
    """Read a checkout session that was made."""
    return Checkout(session["id"], session["url"], id_of(session["payment_intent"]))


def payment(session: Thing) -> PaymentStanding:
    """Read how a checkout session stands, with its intent, charge and transaction expanded."""
    intent = session["payment_intent"] or {}
    status = _status(session["status"], intent)
    failure = (intent.get("last_payment_error") or {}).get("code")
    return PaymentStanding(
        status=status,
        intent_id=intent.get("id"),
        checkout_url=session["url"] if status is PaymentStatus.STARTED else None,
        failure=failure if status is PaymentStatus.FAILED else None,
        charge=_charge(intent.get("latest_charge")),
    )


def _status(session_status: str, intent: Thing) -> PaymentStatus:
    known = _OF_INTENT.get(intent.get("status", ""))
    if known is not None:
        return known
    if session_status == "expired":
        return PaymentStatus.EXPIRED
    # The payer went through the checkout, and the debit bounced: there is no way on from here.
    if session_status == "complete" and intent.get("status") == "requires_payment_method":
        return PaymentStatus.FAILED
    return PaymentStatus.STARTED


def _charge(charge: Thing | None) -> Charge | None:
    if charge is None or charge["status"] != SUCCEEDED:
        return None
    counted = _maybe(charge.get("balance_transaction"))
    return Charge(
        external_id=charge["id"],
        amount_cents=charge["amount_captured"],
        received_at=counted.happened_at if counted else moment(charge["created"]),
        payer_name=(charge.get("billing_details") or {}).get("name"),
        # The provider tells four digits of an IBAN at most.
        payer_iban=None,
        transaction=counted,
    )


def transaction(move: Thing) -> Transaction:
    """Read a move of the balance."""
    return Transaction(
        external_id=move["id"],
        type=move["type"],
        source_id=id_of(move["source"]),
        amount_cents=move["amount"],
        fee_cents=move["fee"],
        happened_at=moment(move["created"]),
        available_on=day(move["available_on"]),
    )


def _maybe(move: object) -> Transaction | None:
    return transaction(move) if isinstance(move, Mapping) else None


def _all(*moves: object) -> tuple[Transaction, ...]:
    return tuple(read for read in map(_maybe, moves) if read is not None)


def refund(thing: Thing) -> OutgoingStanding:
    """Read how a refund stands."""
    failed = thing["status"] in REFUND_FAILED
    moves = _all(thing.get("balance_transaction"), thing.get("failure_balance_transaction"))
    return OutgoingStanding(
        external_id=thing["id"],
        settled=thing["status"] == SUCCEEDED,
        failure=(thing.get("failure_reason") or thing["status"]) if failed else None,
        happened_at=moves[-1].happened_at if moves else moment(thing["created"]),
        transactions=moves,
    )


def transfer(thing: Thing) -> OutgoingStanding:
    """Read how a transfer stands: one that exists has left the balance."""
    reversals = thing["reversals"]["data"]
    moves = _all(
        thing.get("balance_transaction"),
        *(reversal.get("balance_transaction") for reversal in reversals),
    )
    return OutgoingStanding(
        external_id=thing["id"],
        settled=True,
        clawed_back=thing["reversed"],
        happened_at=moves[-1].happened_at if moves else moment(thing["created"]),
        # A reversal moves the balance in its own name; here it is the transfer's.
        transactions=tuple(replace(move, source_id=thing["id"]) for move in moves),
    )


def dispute(thing: Thing) -> DisputeStanding:
    """Read how a dispute stands."""
    due = (thing.get("evidence_details") or {}).get("due_by")
    return DisputeStanding(
        external_id=thing["id"],
        status=_OF_DISPUTE.get(thing["status"], DisputeStatus.CLOSED),
        amount_cents=thing["amount"],
        reason=thing["reason"],
        opened_at=moment(thing["created"]),
        respond_by=moment(due) if due else None,
        transactions=_all(*thing["balance_transactions"]),
    )


def payout(thing: Thing) -> PayoutStanding:
    """Read how a payout stands."""
    failed = thing["status"] in PAYOUT_FAILED
    return PayoutStanding(
        external_id=thing["id"],
        expected_on=day(thing["arrival_date"]),
        failure=(thing.get("failure_code") or thing["status"]) if failed else None,
        transactions=_all(
            thing.get("balance_transaction"), thing.get("failure_balance_transaction")
        ),
    )


def account(thing: Thing) -> AccountStanding:
    """Read how a connected account stands."""
    wanted = thing.get("requirements") or {}
    return AccountStanding(
        external_id=thing["id"],
        can_receive=(thing.get("capabilities") or {}).get("transfers") == "active",
        can_withdraw=bool(thing["payouts_enabled"]),
        requirements=tuple(sorted(wanted.get("currently_due") or ())),
        disabled_reason=wanted.get("disabled_reason"),
    )


def notice(event: Thing) -> Notice:
    """Read an event: what it is about, and nothing of how that stood."""
    return Notice(
        external_id=event["id"],
        type=event["type"],
        object_id=str(event["data"]["object"].get("id", "")),
        account=event.get("account"),
        is_live=event["livemode"],
        happened_at=moment(event["created"]),
    )
