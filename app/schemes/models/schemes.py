"""Schemes: one row is one marketplace."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import Versioned
from app.organisations.models import Organisation
from app.schemes.models.authorities import Authority, SchemeRecognition


class SchemeState(StrEnum):
    """The life of a scheme."""

    DRAFT = "draft"
    """Its operator prepares it (`actions.schemes.create`); nobody else sees it."""
    OPEN = "open"
    """Everybody sees it and may ask to take part (`actions.schemes.decide`)."""
    CLOSED = "closed"
    """Nothing new begins; what was bought stays (`actions.schemes.decide`)."""


class Scheme(Versioned):
    """A marketplace: one operator, one unit, one region."""

    __tablename__ = "schemes"
    __table_args__ = (CheckConstraint("cardinality(region) > 0", name="has_a_region"),)

    code: Mapped[str] = mapped_column(unique=True)
    """What addresses of pages call it; never changed."""
    name_nl: Mapped[str]
    name_en: Mapped[str]
    unit_name: Mapped[str]
    """What one unit is called, such as `RIKX`."""
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    """Never changed: the books hold money in its name."""
    region: Mapped[list[str]]
    """Codes of municipalities (Statistics Netherlands: `GM` and four digits)."""
    languages: Mapped[list[str]]
    state: Mapped[SchemeState] = mapped_column(default=SchemeState.DRAFT)
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    operator: Mapped[Organisation] = relationship(lazy="raise")
    recognitions: Mapped[list[SchemeRecognition]] = relationship(
        lazy="raise",
        viewonly=True,
        order_by=SchemeRecognition.id,
        primaryjoin=lambda: sa.and_(
            Scheme.id == SchemeRecognition.scheme_id, SchemeRecognition.ended_at.is_(None)
        ),
    )
    """Only those that have not ended."""

    @property
    def name(self) -> dict[str, str]:
        """Its name in both languages."""
        return {"nl": self.name_nl, "en": self.name_en}

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.state is not SchemeState.DRAFT

    @property
    def authorities(self) -> list[Authority]:
        """Who recognises purchases here now; the recognitions must be loaded."""
        return [recognition.authority for recognition in self.recognitions]
