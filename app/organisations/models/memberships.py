"""Who acts for which organisation: memberships, deputies and invitations."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import Identified, Versioned
from app.core.languages import Language
from app.organisations.models.users import User


class Right(StrEnum):
    """What a caller may do for an organisation."""

    READ = "read"
    INSPECT = "inspect"
    """See what its admins see: the trail, invitations, keys."""
    WRITE = "write"
    APPROVE = "approve"
    """Say yes to what another member asked for."""
    ADMINISTER = "administer"
    """Change the organisation itself, its members, its keys."""


class Role(StrEnum):
    """What a member is to an organisation."""

    VIEWER = "viewer"
    MEMBER = "member"
    APPROVER = "approver"
    ADMIN = "admin"

    @property
    def rights(self) -> frozenset[Right]:
        """What the role may do."""
        return _RIGHTS[self]


_RIGHTS = {
    Role.VIEWER: frozenset({Right.READ}),
    Role.MEMBER: frozenset({Right.READ, Right.WRITE}),
    Role.APPROVER: frozenset({Right.READ, Right.WRITE, Right.APPROVE}),
    Role.ADMIN: frozenset(Right),
}


class Membership(Versioned):
    """A user acts for an organisation. Ending it removes the row; the trail remembers."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("organisation_id", "user_id"),
        CheckConstraint("spending_limit_cents >= 0", name="spending_limit_sensible"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role]
    spending_limit_cents: Mapped[int | None]
    """What they may order at once without an approver, all included; null: without a limit."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    user: Mapped[User] = relationship(lazy="raise")


class Deputy(Identified):
    """A member who also has another member's role, for a period.

    Administering is not lent: a deputy could make it permanent, and turn its owner out.
    """

    __tablename__ = "deputies"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        CheckConstraint("membership_id <> deputy_membership_id", name="somebody_else"),
    )

    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("memberships.id", ondelete="CASCADE"), index=True
    )
    """Whose role it is."""
    deputy_membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("memberships.id", ondelete="CASCADE"), index=True
    )
    """Who stands in."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Invitation(Identified):
    """Somebody with this e-mail address may become a member, once, until it expires."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index(
            "uq_invitations_open",
            "organisation_id",
            "email",
            unique=True,
            postgresql_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    email: Mapped[str]
    role: Mapped[Role]
    language: Mapped[Language]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    invited_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
