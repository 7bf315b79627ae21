"""What a statement says, as values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Direction(StrEnum):
    """Which way money went; the bank's words depend on whose books one reads."""

    INCOMING = "incoming"
    """To us: the bank credits our account."""
    OUTGOING = "outgoing"
    """From us: the bank debits it."""

    def signed(self, cents: int) -> int:
        """Count an amount: what comes in adds."""
        return cents if self is Direction.INCOMING else -cents


@dataclass(frozen=True, slots=True)
class Counterparty:
    """Who is at the other end, as far as the bank says."""

    name: str | None = None
    iban: str | None = None
    """None where the bank gives none, or one that fails its own check."""


@dataclass(frozen=True, slots=True)
class Return:
    """Why money came back."""

    reason: str | None
    """A code of ISO 20022 (`AC04`: the account is closed), or the bank's own; None: untold."""
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """One payment within an entry."""

    direction: Direction
    amount_cents: int
    counterparty: Counterparty = Counterparty()
    end_to_end_id: str | None = None
    """What the payer's side named it, and nobody on the way changes."""
    batch_id: str | None = None
    """The batch of ours that it was part of (`PmtInfId`)."""
    bank_reference: str | None = None
    mandate_id: str | None = None
    structured: tuple[str, ...] = ()
    """References of the creditor that the payer gave in their own field."""
    unstructured: str | None = None
    """What the payer typed."""
    returned: Return | None = None
    """It brings back a payment: an outgoing one if it is incoming, and the other way round."""
    charges_cents: int = 0
    """What banks kept of it, where they say so."""

    @property
    def remittance(self) -> str:
        """All that the payer said of what it is for."""
        return " ".join([*self.structured, *([self.unstructured] if self.unstructured else [])])


@dataclass(frozen=True, slots=True)
class Entry:
    """A booked line of a statement."""

    key: str
    """Says which entry of its account it is, the same in every file that has it."""
    direction: Direction
    amount_cents: int
    booked_on: date
    value_on: date | None
    """From when the bank counts interest."""
    bank_reference: str | None
    code: str | None
    """The bank's kind of transaction, such as `PMNT-RCDT-ESCT`."""
    information: str | None
    is_reversal: bool
    """The bank takes back an entry of the other direction."""
    charges_cents: int
    transactions: tuple[Transaction, ...]
    """One at least; they add up to the entry."""
    has_other_details: bool = False
    """The bank's details don't add up to the entry: it counts whole, for a person to look at."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What happened on an account between two balances."""

    number: str
    """How the bank names it; unique within an account at most banks."""
    sequence: str | None
    iban: str
    created_at: datetime | None
    opening_on: date | None
    opening_cents: int
    """Less than zero: overdrawn."""
    closing_on: date | None
    closing_cents: int
    entries: tuple[Entry, ...]
    pending_count: int
    """So many entries are left out, because they are not booked yet."""
