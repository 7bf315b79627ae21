"""Organisations, and the decisions that changed their status."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified, Versioned


class OrganisationStatus(StrEnum):
    """Whether an organisation has rights. Its rows stay, whatever happens to it."""

    ACTIVE = "active"
    """It takes part (`actions.organisations.register`, `reinstate`)."""
    SUSPENDED = "suspended"
    """Staff stopped it for a reason (`suspend`): it reads its own, and does nothing."""
    BANKRUPT = "bankrupt"
    """A court declared it bankrupt (`declare_bankrupt`): the same."""
    MERGED = "merged"
    """It went up in another organisation (`merge`): the same."""


class Organisation(Versioned):
    """A legal entity: company, entrepreneur, authority, operator; often more than one of them."""

    __tablename__ = "organisations"
    __table_args__ = (
        # Anybody may say they are the city of Rotterdam; only one can have been verified as it.
        Index(
            "uq_organisations_verified_register_number",
            "country",
            "register_number",
            unique=True,
            postgresql_where=sa.text("verified_at IS NOT NULL"),
        ),
        CheckConstraint(
            "(status = 'merged') = (merged_into_id IS NOT NULL)", name="merged_says_into_which"
        ),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
    )

    legal_name: Mapped[str]
    country: Mapped[str] = mapped_column(sa.String(2))
    """ISO 3166-1 alpha-2: where it is registered."""
    register_number: Mapped[str]
    """Its number in that country's trade register (KvK number in the Netherlands)."""
    vat_id: Mapped[str | None]
    iban: Mapped[str | None]
    iban_changed_at: Mapped[datetime | None]
    """Payouts wait for a cooling-off period after this."""
    street: Mapped[str | None]
    postal_code: Mapped[str | None]
    city: Mapped[str | None]
    status: Mapped[OrganisationStatus] = mapped_column(default=OrganisationStatus.ACTIVE)
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class DecisionKind(StrEnum):
    """What staff decided about an organisation."""

    VERIFIED = "verified"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    BANKRUPT = "bankrupt"
    MERGED = "merged"


class Decision(Identified):
    """A change of an organisation's status: by whom, when and why."""

    __tablename__ = "organisation_decisions"
    __table_args__ = ({"info": READ_AND_ADD},)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[DecisionKind]
    reason: Mapped[str]
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
    into_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
