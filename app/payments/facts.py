"""What happened outside, in our words: pure values that the gateway and the statements bring."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.payments.models import DisputeStatus, PaymentStatus, Rail


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money that came in."""

    scheme_id: UUID
    rail: Rail
    external_id: str
    """Names the fact outside, once: `ch_…`, or account and entry of a statement."""
    amount_cents: int
    received_at: datetime
    payer_name: str | None = None
    payer_iban: str | None = None
    remittance: str | None = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """A move of the balance at the provider."""

    external_id: str
    type: str
    source_id: str | None
    amount_cents: int
    """Before the fee; positive came in."""
    fee_cents: int
    happened_at: datetime
    available_on: date


@dataclass(frozen=True, slots=True)
class Checkout:
    """A payment page that the provider opened."""

    external_id: str
    url: str | None
    intent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """Money that a payment brought."""

    external_id: str
    amount_cents: int
    received_at: datetime
    payer_name: str | None
    payer_iban: str | None
    transaction: Transaction | None
    """None until the provider has counted it to the balance."""


@dataclass(frozen=True, slots=True)
class PaymentStanding:
    """How a payment stands at the provider."""

    status: PaymentStatus
    intent_id: str | None = None
    checkout_url: str | None = None
    failure: str | None = None
    charge: Charge | None = None


@dataclass(frozen=True, slots=True)
class OutgoingStanding:
    """How a refund or a transfer stands at the provider."""

    external_id: str
    settled: bool = False
    failure: str | None = None
    """The provider's code, where it did not or no longer succeed."""
    clawed_back: bool = False
    happened_at: datetime | None = None
    transactions: tuple[Transaction, ...] = ()


@dataclass(frozen=True, slots=True)
class DisputeStanding:
    """How a dispute stands at the provider."""

    external_id: str
    status: DisputeStatus
    amount_cents: int
    reason: str
    opened_at: datetime
    respond_by: datetime | None
    transactions: tuple[Transaction, ...] = ()
    """Money held back, and given back: each with its sign."""


@dataclass(frozen=True, slots=True)
class PayoutStanding:
    """How a payout to the operator's bank stands at the provider."""

    external_id: str
    expected_on: date | None
    failure: str | None = None
    transactions: tuple[Transaction, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """How an entrepreneur's account stands at the provider."""

    external_id: str
    can_receive: bool
    can_withdraw: bool
    requirements: tuple[str, ...]
    disabled_reason: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """An event of the provider's: what changed, and not how it is now."""

    external_id: str
    type: str
    object_id: str
    account: str | None
    is_live: bool
    happened_at: datetime
