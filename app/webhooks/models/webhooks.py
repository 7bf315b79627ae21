"""The tables of webhooks: where they go, what waits, and how each attempt ended."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import Identified, Versioned
from app.organisations.models import Organisation, User


class EndpointState(StrEnum):
    """Whether webhooks go to an endpoint."""

    ENABLED = "enabled"
    """They do (`actions.endpoints.make`, `change`)."""
    DISABLED = "disabled"
    """An admin said so (`change`)."""
    GONE = "gone"
    """It answered 410 (`actions.outcomes`)."""
    FAILING = "failing"
    """It answered nothing right for days (`actions.outcomes`)."""


class WebhookEndpoint(Versioned):
    """Where an organisation wants to hear of events, and of which."""

    __tablename__ = "webhook_endpoints"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(Organisation.id), index=True)
    url: Mapped[str]
    description: Mapped[str]
    types: Mapped[list[str]]
    """Types, or all of a noun (`order.*`); none: all."""
    state: Mapped[EndpointState] = mapped_column(default=EndpointState.ENABLED)
    failing_since: Mapped[datetime | None]
    """The first failure after the last success."""
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)

    pairs: Mapped[list["WebhookPair"]] = relationship(
        lazy="raise", viewonly=True, order_by="WebhookPair.id"
    )

    @property
    def keys(self) -> list["WebhookPair"]:
        """What its signatures are checked with; the pairs must be loaded."""
        return self.pairs


class WebhookPair(Identified):
    """A secret and a key that an endpoint's webhooks are signed with."""

    __tablename__ = "webhook_pairs"
    __table_args__ = (CheckConstraint("length(public_key) = 32", name="public_key_is_ed25519"),)

    endpoint_id: Mapped[UUID] = mapped_column(
        ForeignKey(WebhookEndpoint.id, ondelete="CASCADE"), index=True
    )
    sealed: Mapped[bytes]
    """Secret and private key."""
    public_key: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    ends_at: Mapped[datetime | None]
    """Until then it signs beside its successor (`actions.endpoints.rotate`)."""


class DeliveryState(StrEnum):
    """How far a webhook is."""

    WAITING = "waiting"
    """For its next attempt (`actions.fanning`, `actions.replaying`)."""
    DELIVERED = "delivered"
    """The receiver answered 2xx (`actions.outcomes`)."""
    FAILED = "failed"
    """The last attempt failed (`actions.outcomes`); it can be replayed."""


_WAITING = sa.text("state = 'waiting'")


class WebhookDelivery(Identified):
    """A webhook: what one endpoint is told of one event.

    Two clocks, as those of jobs: `due_at` is of the installation's clock, `held_until` of the
    database machine's.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "message_id"),
        CheckConstraint("failures >= 0", name="failures_counted"),
        CheckConstraint("(state = 'waiting') = (finished_at IS NULL)", name="the_end_has_a_moment"),
        Index(None, "endpoint_id", "id"),
        Index(
            "ix_webhook_deliveries_waiting",
            "endpoint_id",
            "due_at",
            "id",
            postgresql_where=_WAITING,
        ),
        Index(
            "ix_webhook_deliveries_held",
            "endpoint_id",
            "held_until",
            postgresql_where=sa.text("held_until IS NOT NULL"),
        ),
        Index(None, "created_at"),
    )

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey(WebhookEndpoint.id, ondelete="CASCADE"))
    message_id: Mapped[UUID]
    """The event's id; of a test, an id of its own. The same in all attempts."""
    type: Mapped[str]
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.WAITING)
    due_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(sa.Integer, default=0)
    """In a row; a replay begins anew."""
    held_until: Mapped[datetime | None]
    """A worker sends it; if that falls silent, another one may from then on."""
    lease: Mapped[UUID | None]
    last_status: Mapped[int | None] = mapped_column(sa.SmallInteger)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]


class WebhookAttempt(Identified):
    """One request, and how it was answered."""

    __tablename__ = "webhook_attempts"

    delivery_id: Mapped[UUID] = mapped_column(
        ForeignKey(WebhookDelivery.id, ondelete="CASCADE"), index=True
    )
    sent_at: Mapped[datetime]
    duration_ms: Mapped[int]
    status: Mapped[int | None] = mapped_column(sa.SmallInteger)
    error: Mapped[str | None]
    excerpt: Mapped[str | None]
    """How the answer begins, as text; nobody runs it."""
