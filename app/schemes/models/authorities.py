"""Authorities, what they recognise, and the auditors of authorities and operators."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import Identified
from app.organisations.models import Organisation, User

LIVING = sa.text("ended_at IS NULL")


class Authority(Identified):
    """An organisation imposes obligations and recognises their fulfilment, until that ends."""

    __tablename__ = "authorities"
    __table_args__ = (
        Index("uq_authorities_living", "organisation_id", unique=True, postgresql_where=LIVING),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    municipalities: Mapped[list[str]]
    """Codes of municipalities; none for a ministry or a province."""
    reason: Mapped[str]
    registered_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    registered_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    @property
    def legal_name(self) -> str:
        """The name of the organisation, which must be loaded."""
        return self.organisation.legal_name


class SchemeRecognition(Identified):
    """An authority counts what is bought in a scheme, until that ends."""

    __tablename__ = "scheme_recognitions"
    __table_args__ = (
        Index(
            "uq_scheme_recognitions_living",
            "scheme_id",
            "authority_id",
            unique=True,
            postgresql_where=LIVING,
        ),
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"), index=True)
    reason: Mapped[str]
    recognised_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    recognised_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    authority: Mapped[Authority] = relationship(lazy="raise")


class AuditorAppointment(Identified):
    """A user reads everything of an authority or an operator, from the first day to the last."""

    __tablename__ = "auditor_appointments"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="starts_before_it_ends"),
        Index(None, "user_id", "organisation_id"),
        Index(None, "organisation_id", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str]
    appointed_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    appointed_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise", foreign_keys=user_id)
