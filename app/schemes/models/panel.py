"""The panel of experts, and invitations to it and to entrepreneurs."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import Identified
from app.core.languages import Language
from app.organisations.models import User


class InvitedAs(StrEnum):
    """What somebody is invited to be in a scheme."""

    ENTREPRENEUR = "entrepreneur"
    EXPERT = "expert"


class InvitationOutcome(StrEnum):
    """How an invitation ended."""

    ACCEPTED = "accepted"
    """`actions.panel.accept`, `actions.admissions.request`."""
    DECLINED = "declined"
    """`actions.invitations.decline`."""
    REVOKED = "revoked"
    """`actions.invitations.revoke`."""
    EXPIRED = "expired"
    """Nobody answered in time; noticed when the next one was made."""


class SchemeInvitation(Identified):
    """Somebody with this e-mail address may take part, once, until it expires."""

    __tablename__ = "scheme_invitations"
    __table_args__ = (
        Index(
            "uq_scheme_invitations_open",
            "scheme_id",
            "invited_as",
            "email",
            unique=True,
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        CheckConstraint(
            "tenure_ends_on IS NULL OR invited_as = 'expert'", name="only_experts_have_a_tenure"
        ),
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"), index=True)
    invited_as: Mapped[InvitedAs]
    email: Mapped[str]
    language: Mapped[Language]
    tenure_ends_on: Mapped[date | None]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    invited_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    outcome: Mapped[InvitationOutcome | None]
    closed_at: Mapped[datetime | None]


class PanelMember(Identified):
    """An expert of a scheme, until the last day of the tenure or an earlier end."""

    __tablename__ = "panel_members"
    __table_args__ = (
        Index(
            "uq_panel_members_living",
            "scheme_id",
            "user_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("scheme_invitations.id"))
    joined_at: Mapped[datetime] = mapped_column(default=clock.now)
    tenure_ends_on: Mapped[date | None]
    """The last day; null: without an end set beforehand."""
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    user: Mapped[User] = relationship(lazy="raise", foreign_keys=user_id)

    @classmethod
    def sitting(cls) -> tuple[sa.ColumnElement[bool], ...]:
        """Say when a row is an expert of today: not ended, and within the tenure."""
        return (
            cls.ended_at.is_(None),
            sa.or_(cls.tenure_ends_on.is_(None), cls.tenure_ends_on >= clock.today()),
        )
