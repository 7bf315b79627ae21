"""What callers prove themselves with: sessions, API keys and one-time tokens, all as hashes."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Identified
from app.core.languages import Language


class UserSession(Identified):
    """A user signed in; the token's hash finds the row, nothing finds the token."""

    __tablename__ = "user_sessions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    in_cookie: Mapped[bool]
    """The token lives in a browser's cookie, so that changes need a CSRF token as well."""
    second_factor: Mapped[bool]
    """A code was given at sign-in."""
    user_agent: Mapped[str | None]
    network: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_used_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ApiKey(Identified):
    """A machine acts for an organisation, within scopes."""

    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint("spending_limit_cents >= 0", name="spending_limit_sensible"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str]
    scopes: Mapped[list[str]]
    spending_limit_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    """What it may order at once without an approver, all included."""
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    hint: Mapped[str]
    """The last four characters, by which people recognise a key."""
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class TokenPurpose(StrEnum):
    """What a one-time token in an e-mail is for."""

    REGISTER = "register"
    """Prove an address and become a user (`actions.registrations.request`)."""
    RESET_PASSWORD = "reset-password"  # noqa: S105  A purpose, not a password.
    """Choose a new password (`actions.passwords.request_reset`)."""
    CHANGE_EMAIL = "change-email"
    """Prove a new address (`actions.users.request_email_change`)."""


class OneTimeToken(Identified):
    """A token that was mailed to somebody; using it removes the row."""

    __tablename__ = "one_time_tokens"

    purpose: Mapped[TokenPurpose]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    email: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    language: Mapped[Language | None]
    """What was asked for with it, for the account to be made."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
