"""Questions about marketplaces and who takes part in them."""

from app.schemes.queries import (
    authorities,
    keepers,
    panel,
    participants,
    policies,
    schemes,
)
from app.schemes.queries.keepers import ReadableKeepers, readable_keepers

__all__ = [
    "ReadableKeepers",
    "authorities",
    "keepers",
    "panel",
    "participants",
    "policies",
    "readable_keepers",
    "schemes",
]
