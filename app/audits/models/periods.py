"""Period reports, frozen."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified


class PeriodReport(Identified):
    """What stood in a keeper's books in a period, as known at a position. Never changed."""

    __tablename__ = "period_reports"
    __table_args__ = (
        UniqueConstraint("keeper_id", "period", "position"),
        CheckConstraint("position >= 0", name="position_counted"),
        CheckConstraint("length(sha256) = 64", name="sha256_is_whole"),
        Index(None, "keeper_id", "id"),
        {"info": READ_AND_ADD},
    )

    keeper_id: Mapped[UUID]
    """The scheme or authority whose books it is of."""
    period: Mapped[str]
    """Its name, such as `2026-Q2`."""
    position: Mapped[int]
    log_size: Mapped[int | None]
    """Of the first checkpoint of the public log over that position; none while there was none."""
    content: Mapped[bytes]
    """Canonical JSON (RFC 8785), as it was written."""
    sha256: Mapped[str]
    frozen_by: Mapped[str]
    frozen_at: Mapped[datetime] = mapped_column(default=clock.now)
