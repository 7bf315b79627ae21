"""The bank: a scheme's own accounts, and what the statements say happened on them."""

from datetime import UTC, date, datetime, time
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import READ_AND_ADD, Identified, Versioned
from app.core.files import File
from app.payments.models.purposes import KEPT
from app.payments.sepa.camt053 import Direction


class BankAccount(Versioned):
    """An account on which the operator keeps the money of one scheme, and nothing else."""

    __tablename__ = "bank_accounts"
    __table_args__ = (
        # An account that was closed may be opened again, also for another scheme.
        Index(
            "uq_bank_accounts_open_iban",
            "iban",
            unique=True,
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        Index(None, "scheme_id", "id"),
        {"info": KEPT},
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    iban: Mapped[str]
    bic: Mapped[str | None]
    holder_name: Mapped[str]
    opened_by: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    """From then on no statement of it is taken, and nothing leaves from it."""
    closing_reason: Mapped[str | None]


class BankStatement(Identified):
    """A statement as it was imported: what the bank says of an account between two balances."""

    __tablename__ = "bank_statements"
    __table_args__ = (
        UniqueConstraint("account_id", "digest"),
        Index(None, "account_id", "closing_on"),
        {"info": READ_AND_ADD},
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("bank_accounts.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"))
    digest: Mapped[bytes]
    """SHA-256 of what it says: the same statement in another file is the same one."""
    number: Mapped[str]
    """The bank's own name for it."""
    sequence: Mapped[str | None]
    opening_on: Mapped[date | None]
    opening_cents: Mapped[int]
    closing_on: Mapped[date | None]
    closing_cents: Mapped[int]
    expected_cents: Mapped[int | None]
    """Where the statement before it ended: another opening balance means that one is missing."""
    entry_count: Mapped[int]
    new_count: Mapped[int]
    """So many of its entries no other statement had brought before."""
    pending_count: Mapped[int]
    """So many were left out, because the bank had not booked them yet."""
    imported_by: Mapped[str]
    imported_at: Mapped[datetime] = mapped_column(default=clock.now)

    file: Mapped[File] = relationship(lazy="raise")


class Outcome(StrEnum):
    """What became of a transaction (`actions.matching`)."""

    OPEN = "open"
    """A job is on its way to it; or it brings back what is not read yet, and waits for that."""
    RECEIVED = "received"
    """It came for payments that its reference, or its amount and account, name."""
    SUSPENSE = "suspense"
    """Nobody knows for what it came: the receipt waits for a person."""
    SETTLED = "settled"
    """It is what we sent."""
    RETURNED = "returned"
    """What we sent came back."""
    PROVIDER_PAYOUT = "provider_payout"
    """The payment provider paid out to the bank."""
    UNEXPLAINED = "unexplained"
    """It left, and nothing says why: a person explains it, and till then it is in no books."""
    COST = "cost"
    """The bank took it for its work (`actions.explaining.as_cost`)."""


class BankTransaction(Versioned):
    """One payment within an entry of a statement, once, whatever statements bring it."""

    __tablename__ = "bank_transactions"
    __table_args__ = (
        UniqueConstraint("account_id", "entry_key", "position"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("(outcome = 'open') = (worked_at IS NULL)", name="worked_when"),
        CheckConstraint("(explained_by IS NULL) = (explanation IS NULL)", name="explained_why"),
        Index(None, "statement_id"),
        Index(None, "scheme_id", "id"),
        Index(None, "outgoing_id"),
        {"info": KEPT},
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("bank_accounts.id"))
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("bank_statements.id"))
    """The first one that brought it."""
    entry_key: Mapped[str]
    position: Mapped[int]
    """Its place within its entry, from 1."""
    direction: Mapped[Direction]
    amount_cents: Mapped[int]
    booked_on: Mapped[date]
    bank_reference: Mapped[str | None]
    code: Mapped[str | None]
    """The bank's kind of transaction, such as `PMNT-RCDT-ESCT`."""
    counterparty_name: Mapped[str | None]
    counterparty_iban: Mapped[str | None]
    end_to_end_id: Mapped[str | None]
    batch_reference: Mapped[str | None]
    remittance: Mapped[str | None]
    """What the payer gave or typed, or else what the bank says of the entry."""
    is_back: Mapped[bool]
    """The bank says that it brings something back, or takes it back."""
    return_reason: Mapped[str | None]
    """A code of ISO 20022, such as `AC04`."""
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.OPEN)
    worked_at: Mapped[datetime | None]
    outgoing_id: Mapped[UUID | None] = mapped_column(ForeignKey("outgoings.id"))
    """What it settled or brought back, if that is one."""
    explained_by: Mapped[str | None]
    explanation: Mapped[str | None]
    """Why a person says that it is so."""

    @property
    def happened_at(self) -> datetime:
        """When the bank booked it: no bank says more than the day, here as in the journal."""
        return datetime.combine(self.booked_on, time(), UTC)
