"""Listings: what is for sale, frozen; and the market as everybody reads it, kept up to date."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Base, Identified
from app.projects.models.projects import ProjectState

SEARCHED = (
    "setweight(to_tsvector('dutch'::regconfig, coalesce(title ->> 'nl', '')), 'A')"
    " || setweight(to_tsvector('english'::regconfig, coalesce(title ->> 'en', '')), 'A')"
    " || to_tsvector('dutch'::regconfig, coalesce(summary ->> 'nl', '') || ' '"
    " || coalesce(content #>> '{objectives,nl}', ''))"
    " || to_tsvector('english'::regconfig, coalesce(summary ->> 'en', '') || ' '"
    " || coalesce(content #>> '{objectives,en}', ''))"
)
"""In which words a search finds a listing: title, summary and objectives, by their language."""


class Listing(Identified):
    """A project on the market, as it was when it came there; never changed.

    Only what everybody may read stands here: the confidential part stays in the plan's version.
    """

    __tablename__ = "listings"
    __table_args__ = (
        CheckConstraint(
            "0 < threshold_units AND threshold_units <= impact_units", name="threshold_within_value"
        ),
        CheckConstraint("0 < unit_price_cents", name="price_positive"),
        Index(None, "search", postgresql_using="gin"),
        Index(None, "target_groups", postgresql_using="gin"),
        {"info": READ_AND_ADD},
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), unique=True)
    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"), index=True)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id"), index=True)
    entrepreneur_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    plan_version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_versions.id"))
    valuation_id: Mapped[UUID] = mapped_column(ForeignKey("valuations.id"))
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("scheme_policies.id"))
    title: Mapped[dict[str, Any]]
    """In the languages of the scheme, as the summary is."""
    summary: Mapped[dict[str, Any]]
    municipality: Mapped[str] = mapped_column(index=True)
    """Where it is done (Statistics Netherlands: `GM` and four digits)."""
    target_groups: Mapped[list[str]]
    content: Mapped[dict[str, Any]]
    """The public part of the plan (`contents.PublicPlan`), as it goes over the wire."""
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """The public ones of the plan's version, as it keeps them."""
    valuation: Mapped[dict[str, Any]]
    """How the impact value was found (`contents.public_document`)."""
    threshold_units: Mapped[int]
    impact_units: Mapped[int]
    unit_price_cents: Mapped[int]
    """Of the policy that the round froze, without VAT and fee."""
    buyer_price_cents: Mapped[int]
    """What the buyer of one unit pays: price, VAT, and the fee where the buyer bears it."""
    listed_by: Mapped[str]
    """An actor: `user:<id>`, or `system:clock`."""
    listed_at: Mapped[datetime] = mapped_column(default=clock.now)
    search: Mapped[str] = mapped_column(TSVECTOR, Computed(SEARCHED, persisted=True))


class Sale(StrEnum):
    """Where the sale of a listing stands; its round says so."""

    UPCOMING = "upcoming"
    RUNNING = "running"
    ENDED = "ended"


class MarketEntry(Base):
    """What of a listing changes, in a copy that lists are sorted and filtered by.

    The books and the round decide; this is for reading and never for selling. `actions.market`
    brings it up to date, a second later at the most while a worker runs.
    """

    __tablename__ = "market_entries"
    __table_args__ = (
        Index(None, "is_over", "listed_at", "project_id"),
        Index(None, "is_over", "sale_ends_at", "project_id"),
        Index(None, "is_over", "progress_percent", "project_id"),
        Index(None, "is_over", "buyer_price_cents", "project_id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    listed_at: Mapped[datetime]
    buyer_price_cents: Mapped[int]
    state: Mapped[ProjectState]
    sale: Mapped[Sale]
    is_over: Mapped[bool] = mapped_column(Computed("sale = 'ended'", persisted=True))
    entrepreneur_name: Mapped[str]
    sale_begins_at: Mapped[datetime]
    sale_ends_at: Mapped[datetime]
    sold_units: Mapped[int]
    reserved_units: Mapped[int]
    remaining_units: Mapped[int]
    announced: Mapped[bool] = mapped_column(default=False)
    """Whether `refresh` has counted the market's version up for it."""
    progress_percent: Mapped[int]
    """The share of the threshold that is sold, rounded down; more than 100 above it."""


class MarketVersion(Base):
    """One row, counted up by every transaction that changes what the public market shows.

    A row and no sequence: a sequence moves before the commit, and a reader would take an old page
    for the new one.
    """

    __tablename__ = "market_versions"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    number: Mapped[int]
