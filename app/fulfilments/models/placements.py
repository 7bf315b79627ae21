"""The placements of a building-block claim, one person and period each: never who it is."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Identified

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)

PLACED_RANGE = (
    "numrange(candidate_mark * 100000 + (starts_on - '2000-01-01'::date),"
    " candidate_mark * 100000 + (ends_on - '2000-01-01'::date), '[]')"
)
"""The days of one candidate: a stretch of numbers of its own for each mark.

So that one range serves for both, and the schema needs no extension.
"""


class PlacementLine(Identified):
    """One person's work in a period, as a claim names it.

    A trigger lets a line count as long as its claim is live, and refuses to change what it says
    once that is submitted. What stays global here, over all authorities: the marks.
    """

    __tablename__ = "placement_lines"
    __table_args__ = (
        UniqueConstraint("fulfilment_id", "number"),
        ExcludeConstraint(
            (text(PLACED_RANGE), "&&"),
            using="gist",
            where=text("is_live"),
            name="ex_placement_lines_counted_once",
        ),
        CheckConstraint(
            "starts_on BETWEEN '2000-01-01' AND ends_on AND ends_on <= '2199-12-31'",
            name="period_sensible",
        ),
        CheckConstraint("number > 0 AND minutes_per_week > 0", name="numbers_positive"),
        CheckConstraint("candidate_mark >= 0", name="mark_not_negative"),
        Index(None, "candidate_mark", postgresql_where=text("is_live")),
    )

    fulfilment_id: Mapped[UUID] = mapped_column(ForeignKey("fulfilments.id"))
    number: Mapped[int]
    """Its place in the claim, from 1."""
    candidate_mark: Mapped[Decimal] = mapped_column(sa.Numeric(39, 0))
    """What is kept of the candidate's key (`candidates.mark`); no answer shows it."""
    block: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """The last day, included."""
    minutes_per_week: Mapped[int]
    age: Mapped[int | None]
    """On the first day, where an age bonus is claimed."""
    is_permanent: Mapped[bool]
    is_live: Mapped[bool] = mapped_column(default=False)
    """Whether its claim is submitted or approved: the database says so itself."""
    counted_months: Mapped[str] = mapped_column(default="0")
    """How many months of it count, as an exact fraction: `6`, `187/31`."""
    value_cents: Mapped[int] = mapped_column(default=0)
    """What it was worth when its claim was valued last."""
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB(), default=list)
