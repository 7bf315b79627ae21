"""The tables of files: what is kept, and what is only on its way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Identified

SHA256_BYTES = 32


class File(Identified):
    """A file that somebody gave; its content lies in the store under the id.

    The row is written once. Erasure takes the content and the name, and leaves the rest as the
    proof of what there was (`keeping.erase`); a trigger refuses every other change.
    """

    __tablename__ = "files"
    __table_args__ = (
        CheckConstraint(f"octet_length(sha256) = {SHA256_BYTES}", name="sha256_is_whole"),
        CheckConstraint("size_bytes > 0", name="something_is_in_it"),
        CheckConstraint("(erased_at IS NULL) = (name IS NOT NULL)", name="erased_means_nameless"),
        {"info": {"rights": "SELECT, INSERT, UPDATE"}},
    )

    sha256: Mapped[bytes]
    size_bytes: Mapped[int]
    media_type: Mapped[str]
    """What the content was found to be; never only what the sender said."""
    name: Mapped[str | None]
    """The sender's name for it, cleaned (`names.cleaned`); it may name a person."""
    uploaded_by: Mapped[str]
    """The actor, as events write it."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    erased_at: Mapped[datetime | None]


class FileArrival(Identified):
    """A content that is being stored and that no file speaks for yet.

    Written before the store hears of it; `keeping.keep` takes it away in the transaction that
    writes the file. One that is left after a day names a content that nobody wants.
    """

    __tablename__ = "file_arrivals"
    __table_args__ = (Index(None, "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """The id of the file to be."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
