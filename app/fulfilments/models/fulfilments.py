"""Fulfilments, and what happened to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified, Versioned
from app.obligations.models.contracts import KEPT

LIVE_RANGE = "int8range(first_serial, last_serial - revoked_units, '[]')"
"""The serials that a live fulfilment counts; what was revoked is gone from the end."""
LIVE = "first_serial IS NOT NULL AND state IN ('submitted', 'approved')"
"""A range without bounds would be all serials there are."""


class FulfilmentKind(StrEnum):
    """What was done."""

    RIKX = "rikx"
    """Units of a project were bought."""
    BUILDING_BLOCK = "building-block"
    """People of target groups worked."""
    SOCIAL_PURCHASE = "social-purchase"
    """Something was bought from a social supplier."""
    ACTIVITY_HOURS = "activity-hours"
    """The contractor's people gave hours: workshops, visits, training."""
    IN_KIND = "in-kind"
    """The contractor helped in kind, such as hours of mentoring; counted as activities are."""
    PSO = "pso"
    """The contractor is certified on the PSO ladder."""


class FulfilmentState(StrEnum):
    """The life of a fulfilment."""

    DRAFTED = "drafted"
    """The claimant prepares it (`actions.claiming.draft`, `draft_other`)."""
    SUBMITTED = "submitted"
    """The authority is to decide (`actions.claiming.submit`)."""
    APPROVED = "approved"
    """It counts (`actions.deciding.decide`, or an objection was right: `actions.objections`)."""
    REJECTED = "rejected"
    """It does not count (`actions.deciding.decide`)."""
    RETURNED = "returned"
    """The claimant may submit it anew.

    (`actions.deciding.decide`, `actions.claiming.withdraw`, `actions.unwinding`)
    """
    REVOKED = "revoked"
    """It counted, and does not any more (`actions.deciding.revoke`, `actions.unwinding`)."""


class Fulfilment(Versioned):
    """A claim that something counts for an obligation."""

    __tablename__ = "fulfilments"
    __table_args__ = (
        ExcludeConstraint(
            (text(LIVE_RANGE), "&&"),
            using="gist",
            where=text(LIVE),
            name="ex_fulfilments_counted_once",
        ),
        CheckConstraint(
            "CASE WHEN kind = 'rikx' THEN order_id IS NOT NULL AND quantity_units > 0"
            " ELSE order_id IS NULL AND quantity_units = 0 AND first_serial IS NULL END",
            name="units_of_an_order",
        ),
        CheckConstraint(
            "(first_serial IS NULL AND (kind <> 'rikx' OR state IN ('drafted', 'returned')))"
            " OR (last_serial - first_serial + 1 = quantity_units"
            " AND first_serial >> 32 = last_serial >> 32)",
            name="serials_of_its_units",
        ),
        CheckConstraint("decided_by_id <> submitted_by_id", name="four_eyes"),
        CheckConstraint("state = 'drafted' OR submitted_by_id IS NOT NULL", name="submitted_by"),
        CheckConstraint(
            "state NOT IN ('approved', 'rejected', 'revoked') OR decided_by_id IS NOT NULL",
            name="decided_by_whom",
        ),
        CheckConstraint(
            "CASE WHEN state = 'revoked' THEN revoked_units = quantity_units"
            " WHEN state = 'approved' THEN revoked_units BETWEEN 0 AND"
            " GREATEST(quantity_units - 1, 0)"
            " ELSE revoked_units = 0 END",
            name="revoked_as_its_state_says",
        ),
        CheckConstraint(
            "surplus_cents BETWEEN 0 AND value_cents AND revoked_cents BETWEEN 0 AND value_cents"
            " AND revoked_surplus_cents BETWEEN 0 AND surplus_cents",
            name="amounts_sensible",
        ),
        CheckConstraint(
            "lowered_cents >= 0 AND revoked_cents + lowered_cents <= value_cents",
            name="lowered_within",
        ),
        Index(
            "ix_fulfilments_invoice_once",
            "invoice",
            unique=True,
            postgresql_where=text("state IN ('submitted', 'approved')"),
        ),
        Index(None, "order_id"),
        Index(None, "obligation_id", "id"),
        Index(None, "authority_id", "id"),
        Index(None, "claimant_id", "id"),
        {"info": KEPT},
    )

    kind: Mapped[FulfilmentKind]
    state: Mapped[FulfilmentState] = mapped_column(default=FulfilmentState.DRAFTED)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"))
    obligation_id: Mapped[UUID] = mapped_column(ForeignKey("obligations.id"))
    claimant_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    claim: Mapped[dict[str, Any]]
    """What was done, as its kind says it (`schemas.claims`): never who."""
    invoice: Mapped[str | None]
    """Of a social purchase: its supplier and number, which count once, whoever claims them."""
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"))
    """Of RIKX, and of nothing else."""
    quantity_units: Mapped[int] = mapped_column(default=0)
    """Of RIKX; the other kinds have none."""
    first_serial: Mapped[int | None]
    last_serial: Mapped[int | None]
    """The units that it takes, from when it is submitted."""
    rules_id: Mapped[UUID] = mapped_column(ForeignKey("authority_rules.id"))
    """By which it is valued: those of the contract's reference date."""
    value_cents: Mapped[int] = mapped_column(default=0)
    """Of social-return value, VAT excluded: as submitted, then as approved; surplus included."""
    surplus_cents: Mapped[int] = mapped_column(default=0)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB(), default=list)
    lowered_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of the value: what was bought and did not come about, by the final report."""
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("reports.id"))
    """The accepted final report that was looked at when it was valued, or afterwards."""
    revoked_units: Mapped[int] = mapped_column(default=0)
    revoked_cents: Mapped[int] = mapped_column(default=0)
    revoked_surplus_cents: Mapped[int] = mapped_column(default=0)
    times_reinstated: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often an objection let it count (again): numbers the references of its entries."""
    drafted_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    drafted_at: Mapped[datetime] = mapped_column(default=clock.now)
    submitted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]

    @property
    def counted_units(self) -> int:
        """How many of its units still count."""
        return self.quantity_units - self.revoked_units

    @property
    def counted_cents(self) -> int:
        """What it still counts for, as long as it is approved."""
        return self.value_cents - self.revoked_cents - self.lowered_cents


class Verdict(StrEnum):
    """What an authority decides about a fulfilment."""

    APPROVED = "approved"
    """It counts."""
    REJECTED = "rejected"
    """It does not."""
    RETURNED = "returned"
    """The claimant may submit it anew."""


class FulfilmentDecisionKind(StrEnum):
    """What happened to a fulfilment."""

    DRAFTED = "drafted"
    REWRITTEN = "rewritten"
    """Before it was submitted (again)."""
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    """By the claimant, before it was decided."""
    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"
    REVOKED = "revoked"
    """All of it, or its last units."""
    ADJUSTED = "adjusted"
    """Less came of its project than was promised (`actions.adjusting`)."""
    OBJECTION_LODGED = "objection-lodged"
    OBJECTION_UPHELD = "objection-upheld"
    OBJECTION_DISMISSED = "objection-dismissed"
    OBJECTION_WITHDRAWN = "objection-withdrawn"


class FulfilmentDecision(Identified):
    """What happened to a fulfilment, by whom, when and why."""

    __tablename__ = "fulfilment_decisions"
    __table_args__ = (Index(None, "fulfilment_id", "id"), {"info": READ_AND_ADD})

    fulfilment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfilments.id"))
    kind: Mapped[FulfilmentDecisionKind]
    quantity_units: Mapped[int]
    value_cents: Mapped[int]
    reason: Mapped[str]
    decided_by: Mapped[str]
    """As events name who did it."""
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
