"""What goes over the wire about rounds, projects and their plans."""

from app.projects.schemas.listings import ListingRequest, ListingView
from app.projects.schemas.market import (
    MarketOrder,
    MarketProjectView,
    MarketRequest,
    WholeMarketProjectView,
)

__all__ = [
    "ListingRequest",
    "ListingView",
    "MarketOrder",
    "MarketProjectView",
    "MarketRequest",
    "WholeMarketProjectView",
]
