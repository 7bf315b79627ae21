"""Questions about rounds, projects and their plans."""

from app.projects.queries import (
    assignments,
    desk,
    exports,
    listings,
    market,
    panel,
    plans,
    projects,
    reports,
    rounds,
    units,
    valuations,
)

__all__ = [
    "assignments",
    "desk",
    "exports",
    "listings",
    "market",
    "panel",
    "plans",
    "projects",
    "reports",
    "rounds",
    "units",
    "valuations",
]
