"""Events: one append-only row for every change of state, written in its own transaction.

Jobs, mails, the log of events and webhooks hang on them. An event holds ids and
figures, never personal details.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified


class ActorKind(StrEnum):
    """Who can do something."""

    USER = "user"
    API_KEY = "api-key"
    SYSTEM = "system"
    """A job, a command of the operator's, or the clock."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it; written as `user:<id>`, `api-key:<id>` or `system:<what>`."""

    kind: ActorKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @property
    def user_id(self) -> UUID | None:
        """The person, if it is one."""
        return UUID(self.name) if self.kind is ActorKind.USER else None

    @classmethod
    def user(cls, user_id: UUID) -> Self:
        """A person."""
        return cls(ActorKind.USER, str(user_id))

    @classmethod
    def api_key(cls, key_id: UUID) -> Self:
        """A machine of an organisation's."""
        return cls(ActorKind.API_KEY, str(key_id))

    @classmethod
    def system(cls, what: str) -> Self:
        """The installation itself."""
        return cls(ActorKind.SYSTEM, what)


class Event(Identified):
    """What changed, by whom and when."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "subject_id", "id"), {"info": READ_AND_ADD})

    type: Mapped[str]
    """`<noun>.<what happened>`, such as `organisation.suspended`."""
    subject_id: Mapped[UUID]
    actor: Mapped[str]
    occurred_at: Mapped[datetime] = mapped_column(default=clock.now)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(
    session: AsyncSession,
    kind: str,
    subject_id: UUID,
    actor: Actor,
    /,
    **data: str | int | bool | list[str] | None,
) -> None:
    """Write an event of `kind` about a subject, with ids and figures as `data`."""
    session.add(Event(type=kind, subject_id=subject_id, actor=str(actor), data=data))
