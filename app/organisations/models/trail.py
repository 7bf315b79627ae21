"""The trail: every sign-in, refusal and change of rights."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified


class TrailEntry(Identified):
    """Who did or tried what, from where. No names or addresses, so that it can stay for ever."""

    __tablename__ = "trail_entries"
    __table_args__ = (
        Index(None, "organisation_id", "id"),
        Index(None, "user_id", "id"),
        Index(None, "actor", "id"),
        {"info": READ_AND_ADD},
    )

    kind: Mapped[str]
    """`<noun>.<what happened>`, such as `session.refused` or `membership.role-changed`."""
    actor: Mapped[str | None]
    """Null when nobody was signed in."""
    user_id: Mapped[UUID | None]
    """The person whose account or rights it is about; no foreign key, history needs none."""
    organisation_id: Mapped[UUID | None]
    network: Mapped[str | None]
    """Where it came from, without the last part: a /24 of IPv4, a /48 of IPv6."""
    request_id: Mapped[str | None]
    occurred_at: Mapped[datetime] = mapped_column(default=clock.now)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
