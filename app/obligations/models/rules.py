"""Rules of authorities: drafts that are edited, and published versions that only grow."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified
from app.core.drafting import Draft
from app.obligations.rules import AuthorityRules


class RuleDraft(Draft):
    """Rules that the authority's people write together."""

    __tablename__ = "authority_rule_drafts"

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"), index=True)
    valid_from: Mapped[date]
    rules: Mapped[dict[str, Any]]
    """An `AuthorityRules`, as it goes over the wire."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)


class RuleVersion(Identified):
    """The rules of an authority from a day on, until a later number applies. Never changed."""

    __tablename__ = "authority_rules"
    __table_args__ = (
        UniqueConstraint("authority_id", "number"),
        Index(None, "authority_id", "valid_from"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("published_by_id <> ALL (editor_ids)", name="four_eyes"),
        {"info": READ_AND_ADD},
    )

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"))
    number: Mapped[int]
    """Counts the authority's versions, from 1 and without a gap."""
    valid_from: Mapped[date]
    rules: Mapped[dict[str, Any]]
    editor_ids: Mapped[list[UUID]] = mapped_column(sa.ARRAY(sa.Uuid()))
    reason: Mapped[str]
    published_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime] = mapped_column(default=clock.now)

    def read_rules(self) -> AuthorityRules:
        """Read what it says, as the model that the arithmetic takes."""
        return AuthorityRules.model_validate(self.rules)
