"""Verbs: what can be done about rounds, projects and their plans."""

from app.projects.actions import (
    assignments,
    attachments,
    cancellations,
    eligibility,
    imports,
    listings,
    market,
    objections,
    outcomes,
    panel,
    plans,
    reminders,
    rounds,
    score_reminders,
    valuations,
)

__all__ = [
    "assignments",
    "attachments",
    "cancellations",
    "eligibility",
    "imports",
    "listings",
    "market",
    "objections",
    "outcomes",
    "panel",
    "plans",
    "reminders",
    "rounds",
    "score_reminders",
    "valuations",
]
