"""Rules of authorities: drafts that are edited, and published versions that only grow."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import READ_AND_ADD
from app.core.drafting import Draft, Version
from app.obligations.rules import AuthorityRules


class RuleDraft(Draft):
    """Rules that the authority's people write together."""

    __tablename__ = "authority_rule_drafts"

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"), index=True)
    rules: Mapped[dict[str, Any]]
    """An `AuthorityRules`, as it goes over the wire."""


class RuleVersion(Version):
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
    rules: Mapped[dict[str, Any]]
    published_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    def read_rules(self) -> AuthorityRules:
        """Read what it says, as the model that the arithmetic takes."""
        return AuthorityRules.model_validate(self.rules)
