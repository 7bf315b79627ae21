"""Batches: what leaves by bank, in the files that the operator gives to its bank."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import READ_AND_ADD, Identified
from app.payments.models.outgoings import Outgoing
from app.payments.models.purposes import KEPT
from app.payments.sepa.pain002 import Verdict


class BankBatch(Identified):
    """Approved outgoings that leave one account on one day: one file (`pain.001`), always the same.

    What the file says of the account is kept as it was.
    """

    __tablename__ = "bank_batches"
    __table_args__ = (
        CheckConstraint("total_cents > 0", name="total_positive"),
        Index(None, "scheme_id", "id"),
        {"info": READ_AND_ADD},
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("bank_accounts.id"))
    debtor_name: Mapped[str]
    debtor_iban: Mapped[str]
    debtor_bic: Mapped[str | None]
    execute_on: Mapped[date]
    """The bank day on which the bank is asked to pay."""
    transfer_count: Mapped[int]
    total_cents: Mapped[int]
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class BankTransfer(Identified):
    """An outgoing in a batch, and what the bank said of it."""

    __tablename__ = "bank_transfers"
    __table_args__ = (
        # What was sent is never sent again: another try is another outgoing.
        UniqueConstraint("outgoing_id"),
        Index(None, "batch_id", "id"),
        {"info": KEPT},
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("bank_batches.id"))
    outgoing_id: Mapped[UUID] = mapped_column(ForeignKey("outgoings.id"))
    verdict: Mapped[Verdict | None]
    """None until the bank says something (`actions.status_reports.take`)."""
    bank_status: Mapped[str | None]
    """The bank's own word, such as `ACSP` or `RJCT`."""
    reason: Mapped[str | None]
    """A code of ISO 20022, such as `AC04`."""

    outgoing: Mapped[Outgoing] = relationship(lazy="raise")


class BankStatusReport(Identified):
    """What the bank said of a batch (`pain.002`), once."""

    __tablename__ = "bank_status_reports"
    __table_args__ = (UniqueConstraint("batch_id", "message_id"), {"info": READ_AND_ADD})

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("bank_batches.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"))
    message_id: Mapped[str]
    """The bank's name for the report."""
    accepted_count: Mapped[int]
    rejected_count: Mapped[int]
    waiting_count: Mapped[int]
    imported_by: Mapped[str]
    imported_at: Mapped[datetime] = mapped_column(default=clock.now)
