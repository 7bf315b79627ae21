"""People: users, their recovery codes, and who of them is staff."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import Identified, Versioned
from app.core.languages import Language


class User(Versioned):
    """A person whose e-mail address proved to be theirs.

    The row of one who was erased stays, emptied: its id is what decisions name.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower_case"),
        CheckConstraint(
            "(erased_at IS NULL) = (password_hash IS NOT NULL)", name="erased_means_no_password"
        ),
    )

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[Language] = mapped_column(default=Language.DUTCH)
    wants_task_mail: Mapped[bool] = mapped_column(default=True)
    """Reminders of what waits for this person. Mail about security can't be declined."""
    wants_news_mail: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str | None]
    """argon2id, with its salt and costs; none once the person was erased."""
    password_changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    totp_sealed: Mapped[bytes | None]
    """The secret of the second factor, sealed; from enrolment on."""
    totp_confirmed_at: Mapped[datetime | None]
    """The second factor is asked for from here on."""
    totp_last_step: Mapped[int | None]
    """The time step of the last code: a code is good once."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    erased_at: Mapped[datetime | None]


class RecoveryCode(Identified):
    """A code that stands in for the second factor, once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index("uq_recovery_codes_user_id_hash", "user_id", "hash", unique=True),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    hash: Mapped[bytes]
    used_at: Mapped[datetime | None]


class StaffAppointment(Identified):
    """A user works for the platform, until the appointment ends."""

    __tablename__ = "staff_appointments"
    __table_args__ = (
        Index(
            "uq_staff_appointments_user_id",
            "user_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    appointed_by: Mapped[str]
    """The actor: staff, or `baat bootstrap` for the first."""
    appointed_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")
