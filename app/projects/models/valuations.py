"""Valuations: what a project was found worth, adopted by the operator."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified
from app.projects.contents import FixedDocument, PanelDocument, ValuationDocument

_DOCUMENT: TypeAdapter[PanelDocument | FixedDocument] = TypeAdapter(ValuationDocument)


class Valuation(Identified):
    """What a project was found worth. The last number counts; it supersedes, and edits nothing."""

    __tablename__ = "valuations"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint(
            "0 < threshold_units AND threshold_units <= impact_units",
            name="threshold_within_value",
        ),
        CheckConstraint("(number = 1) = (supersedes_id IS NULL)", name="supersedes_the_last"),
        {"info": READ_AND_ADD},
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[int]
    """Counts the valuations of a project, from 1."""
    plan_version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_versions.id"))
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("scheme_policies.id"))
    sitting_id: Mapped[UUID | None] = mapped_column(ForeignKey("sittings.id"))
    """Null: the policy fixes the value."""
    threshold_units: Mapped[int]
    impact_units: Mapped[int]
    document: Mapped[dict[str, Any]]
    """A `contents.ValuationDocument`: all that is needed to do the arithmetic again."""
    reason: Mapped[str]
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("valuations.id"), unique=True)
    adopted_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    adopted_at: Mapped[datetime] = mapped_column(default=clock.now)

    def read_document(self) -> PanelDocument | FixedDocument:
        """Read how it came about."""
        return _DOCUMENT.validate_python(self.document)
