"""Rounds: when plans are taken, valued and sold."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import READ_AND_ADD, Identified, Versioned
from app.schemes.models import Policy, Scheme


class RoundState(StrEnum):
    """The life of a round; the clock moves it on, or the operator by hand with a reason."""

    DRAFT = "draft"
    """The operator prepares it (`actions.rounds.plan`)."""
    OPEN = "open"
    """Plans are submitted; the policy is frozen (`actions.rounds.open_round`)."""
    VALUING = "valuing"
    """Plans are judged and valued (`actions.rounds.close_to_plans`)."""
    ON_SALE = "on_sale"
    """Units are sold (`actions.rounds.begin_sale`)."""
    ENDED = "ended"
    """Nothing is sold any more (`actions.rounds.end_sale`)."""
    SETTLED = "settled"
    """All its projects have ended (`actions.rounds.settle`)."""
    CANCELLED = "cancelled"
    """It came to nothing before its sale, and so did its projects (`actions.rounds.decide`)."""


class Round(Versioned):
    """One time of taking, valuing and selling projects in a scheme."""

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("scheme_id", "number"),
        CheckConstraint(
            "plans_open_at < plans_close_at AND plans_close_at < sale_begins_at"
            " AND sale_begins_at < sale_ends_at AND scores_due_at > plans_close_at"
            " AND scores_due_at <= sale_begins_at",
            name="dates_follow_each_other",
        ),
        CheckConstraint(
            "(state IN ('draft', 'cancelled')) OR (policy_id IS NOT NULL)", name="policy_frozen"
        ),
        Index(None, "state", "plans_open_at"),
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    number: Mapped[int]
    """Counts the scheme's rounds, from 1."""
    name_nl: Mapped[str]
    name_en: Mapped[str]
    state: Mapped[RoundState] = mapped_column(default=RoundState.DRAFT)
    policy_id: Mapped[UUID | None] = mapped_column(ForeignKey("scheme_policies.id"))
    """Frozen when it opens."""
    plans_open_at: Mapped[datetime]
    plans_close_at: Mapped[datetime]
    scores_due_at: Mapped[datetime]
    """Until then the experts' scores stay sealed, unless all are in."""
    sale_begins_at: Mapped[datetime]
    sale_ends_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    scheme: Mapped[Scheme] = relationship(lazy="raise")
    policy: Mapped[Policy | None] = relationship(lazy="raise")

    @property
    def name(self) -> dict[str, str]:
        """Its name in both languages."""
        return {"nl": self.name_nl, "en": self.name_en}


class RoundDecisionKind(StrEnum):
    """What was decided about a round."""

    OPENED = "opened"
    CLOSED_TO_PLANS = "closed-to-plans"
    SALE_BEGUN = "sale-begun"
    SALE_ENDED = "sale-ended"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    DATES_MOVED = "dates-moved"


class RoundDecision(Identified):
    """By whom, when and why; the clock's own say so."""

    __tablename__ = "round_decisions"
    __table_args__ = (Index(None, "round_id", "id"), {"info": READ_AND_ADD})

    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id"))
    kind: Mapped[RoundDecisionKind]
    reason: Mapped[str]
    decided_by: Mapped[str]
    """An actor: `user:<id>`, or `system:clock`."""
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Of moved dates: each that moved, from when to when."""
