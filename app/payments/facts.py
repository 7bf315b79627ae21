"""What happened outside, in our words: pure values that the gateway and the statements bring.

At the end, what comes of comparing it with the books.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.core import clock
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


HOLDING_LIMIT_DAYS = 90
"""How long Stripe may hold a balance in the Netherlands."""

WARNING_DAYS = 14
"""How long before that the operator is warned."""


class Meaning(StrEnum):
    """What a difference says, and so who does something about it."""

    BEING_BOOKED = "being_booked"
    """It arrived, and the job that enters it is on its way: nobody, unless it stays."""
    NOT_COUNTED = "not_counted"
    """The provider has not counted it to the balance yet: nobody, unless it stays."""
    UNKNOWN = "unknown"
    """It moved the balance, and the books know nothing of it: the operator."""
    UNEQUAL = "unequal"
    """Both know it, with different amounts: the operator."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something of which the books and the provider say different amounts."""

    name: str
    """What moved the balance: `ch_…`, `po_…`, `txn_…` for a cost."""
    meaning: Meaning
    books_cents: int
    provider_cents: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """What moved the balance on a day, where people read their clocks."""

    day: date
    books_cents: int
    provider_cents: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The balance at the provider, by the books and by the provider's own moves."""

    as_of: datetime
    books_cents: int
    provider_cents: int
    differences: Sequence[Difference]
    days: Sequence[Day]

    @property
    def agrees(self) -> bool:
        """Whether there is no difference at all."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a scheme's money is."""

    provider_cents: int
    bank_cents: int
    in_transit_cents: int
    disputed_cents: int
    outgoing_cents: int
    """Sent and not yet settled: it is still counted at the provider or the bank."""
    held_since: date | None
    """When the oldest money came that is at the provider now."""

    @property
    def leave_by(self) -> date | None:
        """When that money must have left the provider."""
        return self.held_since and self.held_since + timedelta(days=HOLDING_LIMIT_DAYS)

    @property
    def is_due(self) -> bool:
        """Whether that day is near."""
        near = clock.today() + timedelta(days=WARNING_DAYS)
        return self.leave_by is not None and self.leave_by <= near
