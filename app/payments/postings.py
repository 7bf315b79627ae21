"""What money that comes and goes does to the books: pure, event in, draft out.

Who owns a purpose enters the receipts and the lost disputes of it; this domain gives the one side
(`arriving`, `losing`) and enters the rest: outgoings, the provider's fees, its payouts, disputes.
"""

from datetime import datetime
from uuid import UUID

from app.ledger.chart import (
    BANK,
    DISPUTED,
    FEE_INCOME,
    IN_TRANSIT,
    OUTGOING,
    PAYABLE,
    PROVIDER_BALANCE,
    PROVIDER_FEES,
    REFUND_DUE,
    SUSPENSE,
    UNALLOCATED,
    VAT_FEE,
    Account,
    Kind,
)
from app.ledger.drafts import Draft, Line, credit, debit
from app.payments.models import (
    BankTransaction,
    Dispute,
    Outgoing,
    OutgoingKind,
    Payment,
    ProviderPayout,
    ProviderTransaction,
    Rail,
    Receipt,
    ReceiptPlace,
)

WHERE = {Rail.PROVIDER: PROVIDER_BALANCE, Rail.BANK: BANK}
"""Where money lies that came by a rail."""

FROM: dict[OutgoingKind, Kind] = {
    OutgoingKind.REFUND: REFUND_DUE,
    OutgoingKind.PAYOUT: PAYABLE,
    OutgoingKind.FEE: FEE_INCOME,
    OutgoingKind.VAT: VAT_FEE,
    OutgoingKind.SEND_BACK: SUSPENSE,
}
"""Whose money leaves."""


COSTS = frozenset({"stripe_fee", "stripe_fx_fee", "tax_fee", "network_cost"})
"""Types of moves of the provider's balance that are nothing but a cost."""


def arriving(receipt: Receipt, about_id: UUID) -> Line:
    """Debit what came in: where it lies, or suspense if it was put there meanwhile."""
    kind = SUSPENSE if receipt.place is ReceiptPlace.SUSPENSE else WHERE[receipt.rail]
    return debit(kind.of(receipt.scheme_id), receipt.amount_cents, about_id)


def losing(dispute: Dispute, scheme_id: UUID, about_id: UUID) -> Line:
    """Credit what the provider held back and never gives back."""
    return credit(DISPUTED.of(scheme_id), dispute.amount_cents, about_id)


def suspended(receipt: Receipt) -> Draft:
    """Enter money of which nobody knows whose it is."""
    return Draft(
        kind="receipt.suspended",
        reference=f"receipt/{receipt.id}/suspended",
        narration="Received, owner unknown",
        occurred_at=receipt.received_at,
        lines=(
            debit(WHERE[receipt.rail].of(receipt.scheme_id), receipt.amount_cents, receipt.id),
            credit(SUSPENSE.of(receipt.scheme_id), receipt.amount_cents, receipt.id),
        ),
        evidence=receipt.evidence,
    )


def unallocated(receipt: Receipt, payment: Payment) -> Draft:
    """Enter money that came for something, and is not yet anybody's."""
    about = payment.owner_id
    return Draft(
        kind="receipt.unallocated",
        reference=f"receipt/{receipt.id}/unallocated",
        narration=f"Received for {payment.purpose}",
        occurred_at=receipt.received_at,
        lines=(
            arriving(receipt, about),
            credit(UNALLOCATED.of(receipt.scheme_id, about), receipt.amount_cents, about),
        ),
        evidence=receipt.evidence,
    )


def sent(outgoing: Outgoing, occurred_at: datetime) -> Draft:
    """Let money leave its owner's account: it is under way."""
    return _outgoing(
        outgoing,
        "sent",
        occurred_at,
        debit(_source(outgoing), outgoing.amount_cents, outgoing.owner_id),
        credit(OUTGOING.of(outgoing.scheme_id), outgoing.amount_cents, outgoing.owner_id),
    )


def settled(outgoing: Outgoing, occurred_at: datetime) -> Draft:
    """Let money that was under way leave the balance or the account."""
    return _outgoing(
        outgoing,
        "settled",
        occurred_at,
        debit(OUTGOING.of(outgoing.scheme_id), outgoing.amount_cents, outgoing.owner_id),
        credit(_place(outgoing), outgoing.amount_cents, outgoing.owner_id),
    )


def failed(outgoing: Outgoing, occurred_at: datetime) -> Draft:
    """Owe again what was sent and refused."""
    return _outgoing(
        outgoing,
        "failed",
        occurred_at,
        debit(OUTGOING.of(outgoing.scheme_id), outgoing.amount_cents, outgoing.owner_id),
        credit(_source(outgoing), outgoing.amount_cents, outgoing.owner_id),
    )


def returned(outgoing: Outgoing, occurred_at: datetime) -> Draft:
    """Owe again what was settled and came back."""
    return _back(outgoing, "returned", occurred_at)


def clawed_back(outgoing: Outgoing, occurred_at: datetime) -> Draft:
    """Owe again what was settled and taken back."""
    return _back(outgoing, "clawed-back", occurred_at)


def _back(outgoing: Outgoing, what: str, occurred_at: datetime) -> Draft:
    return _outgoing(
        outgoing,
        what,
        occurred_at,
        debit(_place(outgoing), outgoing.amount_cents, outgoing.owner_id),
        credit(_source(outgoing), outgoing.amount_cents, outgoing.owner_id),
    )


def _outgoing(outgoing: Outgoing, what: str, occurred_at: datetime, *lines: Line) -> Draft:
    source = "stripe" if outgoing.rail is Rail.PROVIDER else "camt"
    return Draft(
        kind=f"{outgoing.kind}.{what}",
        reference=f"outgoing/{outgoing.id}/{what}",
        narration=f"{outgoing.kind.title()} for {outgoing.purpose} {what.replace('-', ' ')}",
        occurred_at=occurred_at,
        lines=lines,
        evidence=(f"{source}:{outgoing.external_id}",) if outgoing.external_id else (),
    )


def _source(outgoing: Outgoing) -> Account:
    return FROM[outgoing.kind].of(outgoing.scheme_id, outgoing.account_owner_id)


def _place(outgoing: Outgoing) -> Account:
    return WHERE[outgoing.rail].of(outgoing.scheme_id)


def fee(move: ProviderTransaction, scheme_id: UUID) -> Draft:
    """Bear what the provider took for a move of its balance: the operator's cost."""
    return _cost(move, scheme_id, "fee", move.fee_cents)


def charged(move: ProviderTransaction, scheme_id: UUID) -> Draft:
    """Bear a cost that the provider took by itself, or take back what it gave back."""
    return _cost(move, scheme_id, "charged", -move.amount_cents)


def _cost(move: ProviderTransaction, scheme_id: UUID, what: str, cents: int) -> Draft:
    cost = debit(PROVIDER_FEES.of(scheme_id), abs(cents), move.id)
    balance = credit(PROVIDER_BALANCE.of(scheme_id), abs(cents), move.id)
    return Draft(
        kind=f"provider.{what}",
        reference=f"provider-transaction/{move.id}/{what}",
        narration="Cost of the payment provider" + (" given back" if cents < 0 else ""),
        occurred_at=move.happened_at,
        lines=_mirrored(cost, balance) if cents < 0 else (cost, balance),
        evidence=(f"stripe:{move.external_id}",),
    )


def disputed(dispute: Dispute, move: ProviderTransaction, payment: Payment) -> Draft:
    """Let the provider hold money back, or give it back (a positive move)."""
    about, cents = payment.owner_id, abs(move.amount_cents)
    is_back = move.amount_cents > 0
    held = debit(DISPUTED.of(payment.scheme_id), cents, about)
    balance = credit(PROVIDER_BALANCE.of(payment.scheme_id), cents, about)
    return Draft(
        kind="dispute.released" if is_back else "dispute.held",
        reference=f"dispute/{dispute.id}/{move.id}",
        narration=f"Dispute about {payment.purpose}: " + ("given back" if is_back else "held back"),
        occurred_at=move.happened_at,
        lines=_mirrored(held, balance) if is_back else (held, balance),
        evidence=(f"stripe:{dispute.external_id}",),
    )


def lost(dispute: Dispute, payment: Payment, occurred_at: datetime) -> Draft:
    """Take the money of a lost dispute from what was not allocated yet."""
    about = payment.owner_id
    return Draft(
        kind="dispute.lost",
        reference=f"dispute/{dispute.id}/lost",
        narration=f"Dispute about {payment.purpose} lost",
        occurred_at=occurred_at,
        lines=(
            debit(UNALLOCATED.of(payment.scheme_id, about), dispute.amount_cents, about),
            losing(dispute, payment.scheme_id, about),
        ),
        evidence=(f"stripe:{dispute.external_id}",),
    )


def paid_out(payout: ProviderPayout, move: ProviderTransaction) -> Draft:
    """Let money go from the provider to the bank, or come back (a positive move)."""
    cents, is_back = abs(move.amount_cents), move.amount_cents > 0
    transit = debit(IN_TRANSIT.of(payout.scheme_id), cents, payout.id)
    balance = credit(PROVIDER_BALANCE.of(payout.scheme_id), cents, payout.id)
    return Draft(
        kind="provider.payout-failed" if is_back else "provider.paid-out",
        reference=f"provider-payout/{payout.id}/{move.id}",
        narration="From the provider to the bank" + (": came back" if is_back else ""),
        occurred_at=move.happened_at,
        lines=_mirrored(transit, balance) if is_back else (transit, balance),
        evidence=(f"stripe:{move.source_id}",),
    )


def arrived(payout: ProviderPayout, occurred_at: datetime, evidence: str) -> Draft:
    """Find the provider's payout on the bank's statement."""
    return Draft(
        kind="provider.payout-arrived",
        reference=f"provider-payout/{payout.id}/arrived",
        narration="From the provider: arrived at the bank",
        occurred_at=occurred_at,
        lines=(
            debit(BANK.of(payout.scheme_id), payout.amount_cents, payout.id),
            credit(IN_TRANSIT.of(payout.scheme_id), payout.amount_cents, payout.id),
        ),
        evidence=(evidence,),
    )


def bank_cost(transaction: BankTransaction) -> Draft:
    """Bear what the bank took for its work: the operator's cost."""
    return Draft(
        kind="bank.charged",
        reference=f"bank-transaction/{transaction.id}/charged",
        narration="Cost of the bank",
        occurred_at=transaction.happened_at,
        lines=(
            debit(
                PROVIDER_FEES.of(transaction.scheme_id), transaction.amount_cents, transaction.id
            ),
            credit(BANK.of(transaction.scheme_id), transaction.amount_cents, transaction.id),
        ),
        evidence=(f"camt:{transaction.id}",),
    )


def _mirrored(left: Line, right: Line) -> tuple[Line, Line]:
    return (
        debit(right.account, right.amount, right.about_id),
        credit(left.account, left.amount, left.about_id),
    )
