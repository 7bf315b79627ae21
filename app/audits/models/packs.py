"""Audit packs that somebody asked for, and what was signed for them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Base, Identified
from app.obligations.models.contracts import KEPT


class AuditPackState(StrEnum):
    """The life of an audit pack."""

    WAITING = "waiting"
    """A job takes it up (`actions.packs.ask`, `make_again`)."""
    WORKING = "working"
    """It is being made (`actions.making.make`)."""
    READY = "ready"
    """It can be downloaded (`actions.making.make`)."""
    FAILED = "failed"
    """It became another than it was, or could not be made (`actions.making.make`)."""
    EXPIRED = "expired"
    """Its file is gone; it can be made again (`actions.packs.expire_due`)."""


class AuditPack(Identified):
    """What a pack is made of, fixed when it is asked for, and what became of it."""

    __tablename__ = "audit_packs"
    __table_args__ = (
        CheckConstraint("(state = 'ready') = (file_id IS NOT NULL)", name="file_when_ready"),
        CheckConstraint("has_books OR has_obligations", name="of_something"),
        CheckConstraint("position >= 1 AND log_size >= 1", name="cut_counted"),
        CheckConstraint("sha256 IS NULL OR length(sha256) = 32", name="sha256_is_whole"),
        Index(None, "authority_id", "id"),
        Index(None, "scheme_id", "id"),
        Index(None, "state", "expires_at"),
        {"info": KEPT},
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"))
    year: Mapped[int]
    position: Mapped[int]
    log_size: Mapped[int]
    known_at: Mapped[datetime]
    has_books: Mapped[bool]
    """Of the scheme, as far as whoever asked may read them."""
    has_obligations: Mapped[bool]
    """Of the authority: likewise."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB(), deferred=True, deferred_raiseload=True)
    """What changes in place, as it was (`packs.asking.Facts`)."""
    state: Mapped[AuditPackState] = mapped_column(default=AuditPackState.WAITING)
    done_files: Mapped[int] = mapped_column(default=0)
    total_files: Mapped[int] = mapped_column(default=0)
    """0 until somebody counted them."""
    failure: Mapped[str | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))
    sha256: Mapped[bytes | None]
    """Of the first making: all others are the same."""
    size_bytes: Mapped[int | None]
    asked_by: Mapped[str]
    """As events name who did it."""
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class AuditSignature(Base):
    """What the log's key signed for a manifest, once: keys change, and a pack does not."""

    __tablename__ = "audit_signatures"
    __table_args__ = (
        CheckConstraint("length(sha256) = 32", name="sha256_is_whole"),
        {"info": READ_AND_ADD},
    )

    sha256: Mapped[bytes] = mapped_column(primary_key=True)
    """Of the manifest."""
    note: Mapped[str]
    signed_at: Mapped[datetime] = mapped_column(default=clock.now)
