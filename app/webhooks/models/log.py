"""The log: events in their order, and who is told of each."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import READ_AND_ADD, Base
from app.core.events import Event

PASSING = {"rights": "SELECT, INSERT, DELETE"}
"""`info` of a table whose rows come and go."""

PLATFORM = UUID(int=0)
"""Is told, as if it were an organisation, of what concerns none; only staff reads it."""


class EventArrival(Base):
    """An event that waits for its position; a trigger on `events` writes the row."""

    __tablename__ = "event_arrivals"
    __table_args__ = ({"info": PASSING},)

    arrival: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    event_id: Mapped[UUID]


class EventPosition(Base):
    """The place of an event in the log."""

    __tablename__ = "event_positions"
    __table_args__ = (
        CheckConstraint("position >= 1", name="position_counted"),
        {"info": READ_AND_ADD},
    )

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[UUID] = mapped_column(ForeignKey(Event.id), unique=True)
    placed_at: Mapped[datetime] = mapped_column(index=True)


class EventAudience(Base):
    """That an organisation, or the platform, is told of an event."""

    __tablename__ = "event_audiences"
    __table_args__ = (
        Index(None, "organisation_id", "type", "position"),
        {"info": READ_AND_ADD},
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str]
    """That of the event, so that a reader of few types needs not look at all events."""
    inner: Mapped[bool]
    """Only the organisation's admins are told."""
