"""The table of erasures."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, grants
from app.core.database import Identified

KEPT = {"rights": "SELECT, INSERT, UPDATE"}
"""`info` of a table whose rows stay."""


for _function in ("mask", "unlink"):
    grants.let_call(f"privacy_{_function}")


class Erasure(Identified):
    """That a person was erased: at once as a user, soon afterwards in what people wrote."""

    __tablename__ = "erasures"
    __table_args__ = (
        CheckConstraint(
            "(finished_at IS NULL) = (sealed_words IS NOT NULL)", name="words_until_finished"
        ),
        CheckConstraint("masked_count >= 0", name="masked_is_counted"),
        {"info": KEPT},
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), unique=True)
    asked_by: Mapped[str]
    """The person themself, or staff on their request."""
    reason: Mapped[str | None]
    """Of staff: which request it was."""
    sealed_words: Mapped[bytes | None]
    """What to look for (`actions.masking.Words`); gone once it is finished."""
    masked_count: Mapped[int] = mapped_column(default=0)
    """In so many places something that named the person was masked."""
    erased_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
    """Nothing is left to be masked (`actions.masking.finish`)."""
