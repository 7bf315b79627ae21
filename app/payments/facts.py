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


class Responsible(StrEnum):
    """Who does something about a difference."""

    OPERATOR = "operator"
    """A person of the operator finds out, and explains it."""
    PROVIDER = "provider"
    """The payment provider will say more by itself; a person asks, if it does not."""
    INSTALLATION = "installation"
    """A job is on its way; a person looks at the jobs, if it stays."""


class Meaning(StrEnum):
    """What a difference says."""

    BEING_BOOKED = "being_booked"
    """It arrived, and the job that enters it is on its way."""
    NOT_COUNTED = "not_counted"
    """The provider has not counted it to the balance yet."""
    UNKNOWN = "unknown"
    """It moved the balance at the provider, and the books know nothing of it."""
    UNEQUAL = "unequal"
    """Both know it, with different amounts."""
    IN_SUSPENSE = "in_suspense"
    """It came by bank and is in the books, and nobody knows for what it came."""
    UNEXPLAINED = "unexplained"
    """It left the bank, nobody knows why, and it is in no books."""
    NOT_ON_STATEMENT = "not_on_statement"
    """The books have it, and no statement."""
    STATEMENT_MISSING = "statement_missing"
    """A statement begins with another balance than the one before ended with, or skips a number."""
    OPENING_BALANCE = "opening_balance"
    """The first statement begins with money that never came into the books."""
    CLOSING_BALANCE = "closing_balance"
    """The last statements end with other money than the books have, and nothing above says why."""

    @property
    def responsible(self) -> Responsible:
        """Who does something about it."""
        elsewhere = {
            Meaning.BEING_BOOKED: Responsible.INSTALLATION,
            Meaning.NOT_COUNTED: Responsible.PROVIDER,
        }
        return elsewhere.get(self, Responsible.OPERATOR)


@dataclass(frozen=True, slots=True)
class Difference:
    """Something of which the books and somebody outside say different amounts."""

    name: str
    """What moved the money: `ch_…`, `po_…`, `txn_…` for a cost; an id of a bank transaction."""
    meaning: Meaning
    books_cents: int
    outside_cents: int
    since: datetime | None

    @property
    def responsible(self) -> Responsible:
        """Who does something about it."""
        return self.meaning.responsible


@dataclass(frozen=True, slots=True)
class Day:
    """What moved on a day, where people read their clocks, and what there was in the end."""

    day: date
    books_cents: int
    outside_cents: int
    books_closing_cents: int
    outside_closing_cents: int | None
    """None before the first statement."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What there is, by the books, and by the provider's own moves or the bank's statements."""

    books_cents: int
    outside_cents: int
    differences: Sequence[Difference]
    days: Sequence[Day]

    @property
    def agrees(self) -> bool:
        """Whether there is no difference at all."""
        return not self.differences


class TravellerKind(StrEnum):
    """What is under way."""

    PROVIDER_PAYOUT = "provider_payout"
    """From the provider to the bank."""
    OUTGOING = "outgoing"
    """Sent to somebody, and not settled."""


@dataclass(frozen=True, slots=True)
class Traveller:
    """Money under way."""

    kind: TravellerKind
    id: UUID
    amount_cents: int
    since: datetime
    is_late: bool
    """A warning: it takes longer than it should."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """All money under way: one by one, and what the books say of it."""

    in_transit_cents: int
    outgoing_cents: int
    travellers: Sequence[Traveller]
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The books of a scheme, compared with everybody outside."""

    as_of: datetime
    provider: Reconciliation
    bank: Reconciliation
    under_way: UnderWay

    @property
    def differences(self) -> list[Difference]:
        """All there are."""
        parts = (self.provider, self.bank, self.under_way)
        return [difference for part in parts for difference in part.differences]

    @property
    def agrees(self) -> bool:
        """Whether there is no difference at all."""
        return not self.differences

    @property
    def late(self) -> list[Traveller]:
        """What has been under way for too long."""
        return [one for one in self.under_way.travellers if one.is_late]


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
