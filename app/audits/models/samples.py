"""Samples that auditors drew, with their rows."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified


class Population(StrEnum):
    """Of what a sample is drawn; each counts for what the books say of it."""

    OBLIGATIONS = "obligations"
    """Of an authority: what was imposed."""
    FULFILMENTS = "fulfilments"
    """Of an authority: what counts in the end."""
    ORDERS = "orders"
    """Of a scheme: what was paid for them."""
    PAYOUTS = "payouts"
    """Of a scheme: what was approved."""
    ENTRIES = "entries"
    """Of an authority's social return, or of a scheme's money: what was debited."""


class SamplingMethod(StrEnum):
    """How a sample is drawn (`sampling`)."""

    RANDOM = "random"
    """Every item is as likely as the others."""
    MONETARY_UNITS = "monetary-units"
    """Every cent is."""


class AuditSample(Identified):
    """A sample, and all that it takes to draw it again; never changed."""

    __tablename__ = "audit_samples"
    __table_args__ = (
        CheckConstraint(
            "CASE method WHEN 'random' THEN size IS NOT NULL AND interval_cents IS NULL"
            " ELSE interval_cents > 0 END",
            name="size_or_interval",
        ),
        CheckConstraint("length(population_sha256) = 32", name="population_is_hashed"),
        Index(None, "organisation_id", "id"),
        {"info": READ_AND_ADD},
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    """The one that is audited."""
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("auditor_appointments.id"))
    drawn_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    keeper_id: Mapped[UUID]
    """The authority or the scheme whose books say what there is."""
    population: Mapped[Population]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """What happened from the one to before the other."""
    position: Mapped[int]
    """As known at this position of the books."""
    method: Mapped[SamplingMethod]
    seed: Mapped[str]
    size: Mapped[int | None]
    """As asked for; none: the interval was."""
    interval_cents: Mapped[int | None]
    population_count: Mapped[int]
    population_cents: Mapped[int]
    population_sha256: Mapped[bytes]
    drawn_at: Mapped[datetime] = mapped_column(default=clock.now)


class AuditSampleItem(Identified):
    """One row of a sample."""

    __tablename__ = "audit_sample_items"
    __table_args__ = (UniqueConstraint("sample_id", "place"), {"info": READ_AND_ADD})

    sample_id: Mapped[UUID] = mapped_column(ForeignKey("audit_samples.id"))
    place: Mapped[int]
    """In the population, from 1."""
    thing_id: Mapped[UUID]
    """Of the obligation, fulfilment, order, payout or entry."""
    amount_cents: Mapped[int]
    is_certain: Mapped[bool]
