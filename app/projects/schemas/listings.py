"""Listings on the wire."""

from uuid import UUID

from app.core.wire import Moment, Request, View
from app.organisations.schemas.fields import Reason
from app.projects.contents.plan import Title


class ListingRequest(Request):
    """Bring a valued project to the market."""

    reason: Reason


class ListingView(View):
    """A project as it came to the market."""

    id: UUID
    project_id: UUID
    scheme_id: UUID
    round_id: UUID
    plan_version_id: UUID
    policy_id: UUID
    title: Title
    threshold_units: int
    impact_units: int
    unit_price_cents: int
    buyer_price_cents: int
    listed_by: str
    listed_at: Moment
