"""Invoices and credit notes: numbered by the database, never changed; and their files."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import READ_AND_ADD, Base, Identified
from app.core.files import File
from app.orders.invoicing.document import InvoiceKind


class Supply(StrEnum):
    """What of an order a document is about. Each has its own supplier, and so its own document."""

    UNITS = "units"
    """The units, which the entrepreneur sells."""
    FEE = "fee"
    """The operator's service fee, which the buyer or the entrepreneur bears."""


class InvoiceRole(StrEnum):
    """What an organisation is to an invoice."""

    ISSUER = "issuer"
    """It supplies: the invoice is in its name."""
    BUYER = "buyer"
    """It owes it."""


class InvoiceSeries(Base):
    """The last number of an issuer in a year.

    Only the trigger that numbers an invoice counts it up, in the transaction that writes the
    invoice: the row is locked from then to its commit, and a rollback takes the number back.
    """

    __tablename__ = "invoice_series"
    __table_args__ = ({"info": {"rights": "SELECT"}},)

    issuer_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    year: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    last_number: Mapped[int]


class Invoice(Identified):
    """An invoice, or a credit note that gives one back or a part of it. Never changed.

    The database gives the number (without a gap, per issuer and year), refuses a second invoice for
    what is invoiced already, and credit notes that come to more than their invoice.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("issuer_id", "year", "number"),
        CheckConstraint("(kind = 'credit-note') = (corrects_id IS NOT NULL)", name="corrects_when"),
        CheckConstraint("year = EXTRACT(YEAR FROM issued_on)", name="numbered_in_its_year"),
        CheckConstraint(
            "net_cents >= 0 AND vat_cents >= 0 AND total_cents = net_cents + vat_cents",
            name="amounts_add_up",
        ),
        Index(None, "order_id", "id"),
        Index(None, "issuer_id", "id"),
        Index(None, "buyer_id", "id"),
        Index(None, "corrects_id"),
        {"info": READ_AND_ADD},
    )

    kind: Mapped[InvoiceKind]
    supply: Mapped[Supply]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    issuer_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    """The supplier: in whose name it is, and in whose series of numbers."""
    drawn_up_by_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    """The issuer itself, or the operator in its name, as the policy says."""
    buyer_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    """Who owes it: the buyer, or for the fee that it bears the entrepreneur."""
    year: Mapped[int] = mapped_column(sa.Integer)
    number: Mapped[int] = mapped_column(server_default=sa.FetchedValue())
    series: Mapped[str]
    """What its number begins with on paper."""
    units: Mapped[int]
    """So many units it invoices or gives back; 0 for the fee."""
    net_cents: Mapped[int]
    vat_cents: Mapped[int]
    total_cents: Mapped[int]
    content: Mapped[dict[str, Any]]
    """All that it says but its number, as it was then (`invoicing.InvoiceDocument`)."""
    issued_on: Mapped[date]
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_on: Mapped[date | None]
    """None where nothing is to be paid."""
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoices.id"))
    reason: Mapped[str | None]
    """Why it is given back."""

    @property
    def name(self) -> str:
        """Its number as it stands on paper."""
        return f"{self.series}-{self.year}-{self.number:05}"


class InvoiceForm(StrEnum):
    """In which form a document is kept."""

    XML = "xml"
    """UBL 2.1, for machines."""
    PDF = "pdf"
    """For people."""


class InvoiceFile(Identified):
    """The bytes of a document, as they were first written; kept with their hash."""

    __tablename__ = "invoice_files"
    __table_args__ = (UniqueConstraint("invoice_id", "form"), {"info": READ_AND_ADD})

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"))
    form: Mapped[InvoiceForm]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"))

    file: Mapped[File] = relationship(lazy="raise")
