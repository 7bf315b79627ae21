"""The table of mail."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Identified
from app.core.languages import Language


class Category(StrEnum):
    """Why somebody gets a mail. The caller asks for the recipient's wish; this package sends."""

    SECURITY = "security"
    """About the safety of the recipient's own sign-in; always sent."""
    TASKS = "tasks"
    """Something waits for the recipient, or happened to what is theirs; they may opt out."""
    NEWS = "news"
    """What may interest them and asks for nothing; they may opt out."""


class Mail(Identified):
    """A letter on its way, or the mark that it was sent."""

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("(sent_at IS NULL) = (sealed IS NOT NULL)", name="sent_means_erased"),
    )

    letter: Mapped[str]
    """Its template, such as `organisations/invitation`."""
    category: Mapped[Category]
    language: Mapped[Language]
    recipient_mark: Mapped[bytes | None] = mapped_column(index=True)
    """A keyed hash of the recipient's address: who knows the address finds their mail by it."""
    sealed: Mapped[bytes | None]
    """Recipient, subject and text, which only this installation can open; erased once sent."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    sent_at: Mapped[datetime | None]
    """When the gateway took it (`sending.deliver`)."""
