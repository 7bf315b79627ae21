"""What the payment provider told us: events, moves of its balance, payouts, accounts."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Identified, Versioned
from app.payments.models.purposes import KEPT


class EventOutcome(StrEnum):
    """What became of an event (`errands.inbox`)."""

    FOLLOWED = "followed"
    """We fetched what it is about and wrote down how that stands."""
    NOT_OURS = "not_ours"
    """It is about nothing that this installation knows."""
    OTHER_KIND = "other_kind"
    """It is of a type that changes nothing here."""
    OTHER_MODE = "other_mode"
    """A live event in a test installation, or the other way round."""


class ProviderEvent(Identified):
    """An event of the provider's, once. Ids only: what it is about is fetched."""

    __tablename__ = "provider_events"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (worked_at IS NULL)", name="worked_when"),
        Index("ix_provider_events_open", "id", postgresql_where=sa.text("worked_at IS NULL")),
        Index(None, "happened_at"),
    )

    external_id: Mapped[str] = mapped_column(unique=True)
    """`evt_…`: however often it is sent, it is one row."""
    type: Mapped[str]
    object_id: Mapped[str]
    """What it is about: `pi_…`, `re_…`."""
    account: Mapped[str | None]
    """A connected account (`acct_…`) in whose name it was sent."""
    is_live: Mapped[bool]
    is_swept: Mapped[bool]
    """It was found in the provider's list, and never came by itself."""
    happened_at: Mapped[datetime]
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)
    worked_at: Mapped[datetime | None]
    outcome: Mapped[EventOutcome | None]


class ProviderTransaction(Identified):
    """A move of the balance at the provider (`txn_…`): what the books are reconciled with."""

    __tablename__ = "provider_transactions"
    __table_args__ = (Index(None, "scheme_id", "happened_at"), {"info": KEPT})

    external_id: Mapped[str] = mapped_column(unique=True)
    scheme_id: Mapped[UUID | None] = mapped_column(ForeignKey("schemes.id"))
    """Whose money it is; none where the provider does not say: a person finds out."""
    type: Mapped[str]
    """The provider's word: `charge`, `refund`, `transfer`, `payout`, `adjustment`…"""
    source_id: Mapped[str | None]
    """What moved it: `ch_…`, `re_…`, `po_…`."""
    amount_cents: Mapped[int]
    """Of the balance, before the fee: positive came in."""
    fee_cents: Mapped[int]
    happened_at: Mapped[datetime]
    available_on: Mapped[date]
    """From this day on it can be paid out; the holding limit counts from here."""
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)


class ProviderPayoutStatus(StrEnum):
    """Money on its way from the provider to the operator's bank (`actions.balance.follow`)."""

    WANTED = "wanted"
    """An approver asked for it (`actions.balance.pay_out`)."""
    UNDER_WAY = "under_way"
    """It left the balance."""
    ARRIVED = "arrived"
    """The bank's statement shows it (`actions.balance.arrived`)."""
    FAILED = "failed"
    """It was refused, or came back to the balance."""


class ProviderPayout(Versioned):
    """A payout of the provider's to the operator's own bank account."""

    __tablename__ = "provider_payouts"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        {"info": KEPT},
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"), index=True)
    amount_cents: Mapped[int]
    status: Mapped[ProviderPayoutStatus] = mapped_column(default=ProviderPayoutStatus.WANTED)
    external_id: Mapped[str | None] = mapped_column(unique=True)
    """`po_…`, once the provider has it."""
    statement_text: Mapped[str]
    """What the bank's statement will show: how its entry is recognised."""
    expected_on: Mapped[date | None]
    failure: Mapped[str | None]
    wanted_by: Mapped[str]
    wanted_at: Mapped[datetime] = mapped_column(default=clock.now)
    arrived_at: Mapped[datetime | None]


class ProviderAccount(Versioned):
    """An entrepreneur's own account at the provider, to which payouts are transferred."""

    __tablename__ = "provider_accounts"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), unique=True)
    external_id: Mapped[str | None] = mapped_column(unique=True)
    """`acct_…`, once the provider has made it (`errands.accounts`)."""
    can_receive: Mapped[bool] = mapped_column(default=False)
    """The provider lets money be transferred to it."""
    can_withdraw: Mapped[bool] = mapped_column(default=False)
    """The provider pays out from it to the entrepreneur's bank."""
    requirements: Mapped[list[str]] = mapped_column(default=list)
    """What the provider still wants to know, in its words (`person.dob`)."""
    disabled_reason: Mapped[str | None]
    onboarding_url: Mapped[str | None]
    """Where the entrepreneur tells the provider about itself; works once, for minutes."""
    onboarding_expires_at: Mapped[datetime | None]
    return_url: Mapped[str]
    """Where the entrepreneur comes back to."""
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
