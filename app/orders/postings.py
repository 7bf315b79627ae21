"""What happens to the books: pure, event in, draft out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.ledger.chart import (
    ANNULLED,
    DEPOSIT,
    DISPUTED,
    FEE_INCOME,
    FOR_SALE,
    LAPSED,
    OPERATOR_LOSS,
    OWNED,
    REFUND_DUE,
    RESULT_PART,
    START_PART,
    UNALLOCATED,
    VAT_FEE,
    VAT_SALE,
)
from app.ledger.drafts import Draft, Hold, Line, credit, debit
from app.orders.models import Order, OrderPart, PartKind
from app.payments.models import Dispute, Outgoing


@dataclass(frozen=True, slots=True)
class Amounts:
    """What orders of one project add up to, in cents: sums of their own amounts."""

    total_cents: int
    vat_sale_cents: int
    fee_cents: int
    vat_fee_cents: int

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.total_cents + other.total_cents,
            self.vat_sale_cents + other.vat_sale_cents,
            self.fee_cents + other.fee_cents,
            self.vat_fee_cents + other.vat_fee_cents,
        )

    def __sub__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.total_cents - other.total_cents,
            self.vat_sale_cents - other.vat_sale_cents,
            self.fee_cents - other.fee_cents,
            self.vat_fee_cents - other.vat_fee_cents,
        )

    @property
    def principal_cents(self) -> int:
        """What is for the entrepreneur, without the VAT on the sale."""
        return self.total_cents - self.vat_sale_cents - self.fee_cents - self.vat_fee_cents


@dataclass(frozen=True, slots=True)
class Arrived:
    """Money that came for an order."""

    receipt_id: UUID
    line: Line
    """Where it lies now: a debit."""
    evidence: tuple[str, ...]
    received_at: datetime


def reserved(order: Order, expires_at: datetime) -> Hold:
    """Keep an order's units out of sale, until a moment."""
    return Hold(
        account=FOR_SALE.of(order.scheme_id, order.project_id),
        amount=order.quantity_units,
        reference=order.hold_reference,
        about_id=order.id,
        expires_at=expires_at,
    )


def received(order: Order, arrived: Arrived) -> Draft:
    """Keep money for an order that does not pay it, or not yet."""
    return Draft(
        kind="order.received",
        reference=f"order/{order.id}/received/{arrived.receipt_id}",
        narration="Received for an order, not allocated",
        occurred_at=arrived.received_at,
        lines=(
            arrived.line,
            credit(UNALLOCATED.of(order.scheme_id, order.id), arrived.line.amount, order.id),
        ),
        evidence=arrived.evidence,
    )


def in_vain(order: Order, arrived: Arrived, before_cents: int) -> Draft:
    """Owe a buyer at once what comes for an order that can't be paid, and what had come before."""
    return Draft(
        kind="order.received-in-vain",
        reference=f"order/{order.id}/received/{arrived.receipt_id}",
        narration="Received for an order that can't be paid: goes back",
        occurred_at=arrived.received_at,
        lines=(
            arrived.line,
            debit(UNALLOCATED.of(order.scheme_id, order.id), before_cents, order.id),
            credit(
                REFUND_DUE.of(order.scheme_id, order.buyer_id),
                arrived.line.amount + before_cents,
                order.id,
            ),
        ),
        evidence=arrived.evidence,
    )


def credited(order: Order, entrepreneur_id: UUID | None) -> tuple[Line, ...]:
    """Say where the money of an order goes that is paid.

    Below the threshold all of it is a deposit. Of a project that is funded (then its entrepreneur
    is given) each amount goes at once where the threshold would have moved it.
    """
    if entrepreneur_id is None:
        deposit = DEPOSIT.of(order.scheme_id, order.project_id)
        return (credit(deposit, order.total_cents, order.id),)
    amounts, result = amounts_of(order), RESULT_PART.of(order.scheme_id, order.project_id)
    return (
        credit(result, amounts.principal_cents, order.id),
        *_fees(order.scheme_id, entrepreneur_id, amounts, order.id),
    )


def paid(order: Order, arrived: Arrived, before_cents: int, goes_to: tuple[Line, ...]) -> Draft:
    """Pay an order with what arrived and what had come before; what is too much goes back."""
    rest_cents = before_cents + arrived.line.amount - order.total_cents
    return Draft(
        kind="order.paid",
        reference=f"order/{order.id}/paid",
        narration=f"{order.quantity_units:,} units paid",
        occurred_at=arrived.received_at,
        lines=(
            arrived.line,
            debit(UNALLOCATED.of(order.scheme_id, order.id), before_cents, order.id),
            credit(REFUND_DUE.of(order.scheme_id, order.buyer_id), rest_cents, order.id),
            *goes_to,
        ),
        evidence=arrived.evidence,
    )


def issued(order: Order, issued_at: datetime, *, settles_hold: bool) -> Draft:
    """Give an order its units: those that are held for it, or others that are for sale."""
    return Draft(
        kind="order.issued",
        reference=f"order/{order.id}/issued",
        narration=f"{order.quantity_units:,} units issued",
        occurred_at=issued_at,
        lines=(
            debit(OWNED.of(order.scheme_id, order.id), order.quantity_units, order.id),
            credit(FOR_SALE.of(order.scheme_id, order.project_id), order.quantity_units, order.id),
        ),
        settles=order.hold_reference if settles_hold else None,
    )


@dataclass(frozen=True, slots=True)
class Funded:
    """A project that reached its threshold."""

    scheme_id: UUID
    project_id: UUID
    entrepreneur_id: UUID
    threshold_cents: int
    """Threshold times price, without VAT and fee."""
    amounts: Amounts
    """Of all its paid orders, the one that reached it included."""


def threshold_reached(funded: Funded, reached_at: datetime) -> Draft:
    """Turn deposits into what is for the entrepreneur, the operator and the tax.

    The start part is the threshold times the price. Where the entrepreneur bears the fee and
    nothing was sold above the threshold, the fee has no other place to come from: then the start
    part is less by it.
    """
    scheme_id, about = funded.scheme_id, funded.project_id
    principal = funded.amounts.principal_cents
    start = min(funded.threshold_cents, principal)
    return Draft(
        kind="project.funded",
        reference=f"project/{funded.project_id}/funded",
        narration="Threshold reached",
        occurred_at=reached_at,
        lines=(
            debit(DEPOSIT.of(scheme_id, about), funded.amounts.total_cents, about),
            credit(START_PART.of(scheme_id, about), start, about),
            credit(RESULT_PART.of(scheme_id, about), principal - start, about),
            *_fees(scheme_id, funded.entrepreneur_id, funded.amounts, about),
        ),
    )


def _fees(
    scheme_id: UUID, entrepreneur_id: UUID, amounts: Amounts, about_id: UUID
) -> tuple[Line, ...]:
    return (
        credit(FEE_INCOME.of(scheme_id), amounts.fee_cents, about_id),
        credit(VAT_FEE.of(scheme_id), amounts.vat_fee_cents, about_id),
        credit(VAT_SALE.of(scheme_id, entrepreneur_id), amounts.vat_sale_cents, about_id),
    )


def amounts_of(order: Order | OrderPart) -> Amounts:
    """Read the amounts of one order, or of a part of it."""
    return Amounts(order.total_cents, order.vat_sale_cents, order.fee_cents, order.vat_fee_cents)


def given_back(order: Order, amount_cents: int, occurred_at: datetime) -> Draft:
    """Owe a buyer what came for an order that was never paid whole and has ended."""
    return Draft(
        kind="order.given-back",
        reference=f"order/{order.id}/given-back",
        narration="Received for an order that ended: goes back",
        occurred_at=occurred_at,
        lines=(
            debit(UNALLOCATED.of(order.scheme_id, order.id), amount_cents, order.id),
            credit(REFUND_DUE.of(order.scheme_id, order.buyer_id), amount_cents, order.id),
        ),
    )


def unwound(order: Order, part: OrderPart, money: tuple[Line, ...]) -> Draft:
    """Undo a part of an order: its money goes where the lines say.

    Its serials are annulled. As many units are for sale again, where the terms say so; else they
    count for nothing.
    """
    units = part.quantity_units
    goes_to = FOR_SALE if part.are_for_sale else ANNULLED
    what = "for sale again" if part.are_for_sale else "annulled"
    moved = part.kind is PartKind.REALLOCATED
    where = "moves to another project" if moved else "goes back"
    return Draft(
        kind="order.reallocated" if moved else "order.unwound",
        reference=f"order/{order.id}/unwound/{order.undone_units}",
        narration=f"{units:,} units {what}, their money {where}",
        occurred_at=part.decided_at,
        lines=(
            *money,
            debit(goes_to.of(order.scheme_id, order.project_id), units, order.id),
            credit(OWNED.of(order.scheme_id, order.id), units, order.id),
        ),
    )


@dataclass(frozen=True, slots=True)
class Beyond:
    """What a lost dispute takes beyond what is left of an order, in cents."""

    cents: int
    unallocated_cents: int
    """Of it: what came for the order and pays nothing yet."""
    refund_due_cents: int
    """Of it: what was to be refunded the same way, and is not any more or did not arrive."""


def lost_twice(order: Order, dispute: Dispute, beyond: Beyond, occurred_at: datetime) -> Draft:
    """Take what is there of what a dispute takes too much, and bear the rest: it was paid twice."""
    loss = beyond.cents - beyond.unallocated_cents - beyond.refund_due_cents
    unallocated = UNALLOCATED.of(order.scheme_id, order.id)
    refund_due = REFUND_DUE.of(order.scheme_id, order.buyer_id)
    return Draft(
        kind="order.lost-twice",
        reference=lost_by(order, dispute.id),
        narration="A dispute took more than was left",
        occurred_at=occurred_at,
        lines=(
            debit(unallocated, beyond.unallocated_cents, order.id),
            debit(refund_due, beyond.refund_due_cents, order.id),
            debit(OPERATOR_LOSS.of(order.scheme_id), loss, order.id),
            credit(DISPUTED.of(order.scheme_id), beyond.cents, order.id),
        ),
    )


def made_good(order: Order, refund: Outgoing, cents: int, occurred_at: datetime) -> Draft:
    """Owe nothing for a refund that failed: its buyer has the money, and the loss was none."""
    return Draft(
        kind="order.made-good",
        reference=made_good_by(order, refund.id),
        narration="A refund failed, and a lost dispute gave its money back already",
        occurred_at=occurred_at,
        lines=(
            debit(REFUND_DUE.of(order.scheme_id, order.buyer_id), cents, order.id),
            credit(OPERATOR_LOSS.of(order.scheme_id), cents, order.id),
        ),
    )


def made_good_by(order: Order, refund_id: UUID) -> str:
    """Name the event that a refund's failure makes a loss good."""
    return f"order/{order.id}/made-good/{refund_id}"


def lost_by(order: Order, dispute_id: UUID) -> str:
    """Name the event that a dispute takes more than is left."""
    return f"order/{order.id}/lost/{dispute_id}"


def owed(order: Order, cents: int) -> Line:
    """Owe a buyer what an order paid."""
    return credit(REFUND_DUE.of(order.scheme_id, order.buyer_id), cents, order.id)


def lapsed(scheme_id: UUID, project_id: UUID, units: int, lapsed_at: datetime) -> Draft:
    """Take what nobody bought out of sale, for good."""
    return Draft(
        kind="project.lapsed",
        reference=f"project/{project_id}/lapsed",
        narration=f"{units:,} units lapsed unsold",
        occurred_at=lapsed_at,
        lines=(
            debit(LAPSED.of(scheme_id, project_id), units, project_id),
            credit(FOR_SALE.of(scheme_id, project_id), units, project_id),
        ),
    )
