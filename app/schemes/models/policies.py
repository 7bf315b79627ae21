"""Policies: drafts that are edited, and published versions that only grow."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import READ_AND_ADD
from app.core.drafting import Draft, Version
from app.schemes.terms import PolicyTerms


class PolicyDraft(Draft):
    """Terms that the operator's people write together."""

    __tablename__ = "scheme_policy_drafts"

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"), index=True)
    terms: Mapped[dict[str, Any]]
    """A `PolicyTerms`, as it goes over the wire."""


class Policy(Version):
    """The terms of a scheme from a day on, until a later number applies. Never changed."""

    __tablename__ = "scheme_policies"
    __table_args__ = (
        UniqueConstraint("scheme_id", "number"),
        Index(None, "scheme_id", "valid_from"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("published_by_id <> ALL (editor_ids)", name="four_eyes"),
        {"info": READ_AND_ADD},
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    terms: Mapped[dict[str, Any]]
    published_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    def read_terms(self) -> PolicyTerms:
        """Read what it says, as the model that knows the arithmetic."""
        return PolicyTerms.model_validate(self.terms)
