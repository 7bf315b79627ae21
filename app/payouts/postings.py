"""What payouts do to the books: pure, event in, draft out. What is sent, `payments` enters."""

from datetime import UTC, datetime

from app.ledger.chart import (
    OPERATOR_LOSS,
    PAYABLE,
    RECEIVABLE,
    RESULT_PART,
    START_PART,
    VAT_SALE,
    Account,
    Kind,
)
from app.ledger.drafts import Draft, Hold, credit, debit
from app.payments.models import Payment, Receipt
from app.payments.postings import arriving
from app.payouts.models import Freeze, Payout, WriteOff
from app.schemes.terms import Part

FOREVER = datetime(9000, 1, 1, tzinfo=UTC)
"""A hold ends some day; that of a freeze ends when somebody decides."""

KEPT_IN: dict[Part, Kind] = {Part.START: START_PART, Part.RESULT: RESULT_PART}
"""Where the money of a part is."""

_NAMED = {Part.START: "start part", Part.RESULT: "result part"}


def approved(payout: Payout, approved_at: datetime) -> Draft:
    """Owe an entrepreneur a tranche of a part, and the VAT that belongs to it."""
    part, vat, payable = _accounts(payout)
    return Draft(
        kind="payout.approved",
        reference=f"payout/{payout.id}/approved",
        narration=f"Payout of the {_NAMED[payout.part]} approved",
        occurred_at=approved_at,
        lines=(
            debit(part, payout.principal_cents, payout.id),
            # Whose VAT it is of the entrepreneur's projects, the line must say.
            debit(vat, payout.vat_cents, payout.project_id),
            credit(payable, payout.amount_cents, payout.id),
        ),
    )


def netted(payout: Payout, cents: int, netted_at: datetime) -> Draft:
    """Pay what an entrepreneur owes out of what is owed to it: so much of a payout is not sent."""
    _, _, payable = _accounts(payout)
    return Draft(
        kind="payout.netted",
        reference=f"payout/{payout.id}/netted",
        narration=f"Payout of the {_NAMED[payout.part]} netted with what the entrepreneur owes",
        occurred_at=netted_at,
        lines=(
            debit(payable, cents, payout.id),
            credit(claim_on(payout), cents, payout.id),
        ),
    )


def claim_on(payout: Payout) -> Account:
    """Name the account of what a payout's entrepreneur owes."""
    return RECEIVABLE.of(payout.scheme_id, payout.entrepreneur_id)


def claim_paid_by(payment: Payment) -> Account:
    """Name the account of what is paid back with a payment."""
    return RECEIVABLE.of(payment.scheme_id, payment.owner_id)


def repaid(receipt: Receipt, payment: Payment) -> Draft:
    """Let an entrepreneur owe less by what it paid back."""
    about = payment.owner_id
    return Draft(
        kind="claim.repaid",
        reference=f"receipt/{receipt.id}/repaid",
        narration="The entrepreneur paid back what it owed",
        occurred_at=receipt.received_at,
        lines=(
            arriving(receipt, about),
            credit(claim_paid_by(payment), receipt.amount_cents, about),
        ),
        evidence=receipt.evidence,
    )


def written_off(write_off: WriteOff, decided_at: datetime) -> Draft:
    """Let the operator bear what an entrepreneur owes and will not pay."""
    scheme_id, about = write_off.scheme_id, write_off.entrepreneur_id
    return Draft(
        kind="claim.written-off",
        reference=f"write-off/{write_off.id}/approved",
        narration="Written off: the operator bears what the entrepreneur does not pay back",
        occurred_at=decided_at,
        lines=(
            debit(OPERATOR_LOSS.of(scheme_id), write_off.amount_cents, about),
            credit(RECEIVABLE.of(scheme_id, about), write_off.amount_cents, about),
        ),
    )


def withheld(payout: Payout, withheld_at: datetime) -> Draft:
    """Earmark again what was owed and is not paid; what was netted is owed by them as before."""
    part, vat, payable = _accounts(payout)
    return Draft(
        kind="payout.withheld",
        reference=f"payout/{payout.id}/withheld",
        narration=f"Payout of the {_NAMED[payout.part]} withheld",
        occurred_at=withheld_at,
        lines=(
            debit(payable, payout.sent_cents, payout.id),
            debit(claim_on(payout), payout.netted_cents, payout.id),
            credit(part, payout.principal_cents, payout.id),
            credit(vat, payout.vat_cents, payout.project_id),
        ),
    )


def frozen(freeze: Freeze, part: Part, cents: int, number: int) -> Hold:
    """Keep what is in a part of a project where it is, until somebody decides."""
    return Hold(
        account=KEPT_IN[part].of(freeze.scheme_id, freeze.project_id),
        amount=cents,
        reference=f"freeze/{freeze.id}/{part}/{number}",
        about_id=freeze.project_id,
        expires_at=FOREVER,
    )


def _accounts(payout: Payout) -> tuple[Account, Account, Account]:
    scheme_id, entrepreneur_id = payout.scheme_id, payout.entrepreneur_id
    return (
        KEPT_IN[payout.part].of(scheme_id, payout.project_id),
        VAT_SALE.of(scheme_id, entrepreneur_id),
        PAYABLE.of(scheme_id, entrepreneur_id),
    )
