"""The endpoints of this domain."""

from app.projects.routes import (
    assignments,
    attachments,
    eligibility,
    evidence,
    exchange,
    listings,
    market,
    panel,
    plans,
    projects,
    reports,
    rounds,
    valuations,
)

ROUTERS = (
    rounds.router,
    projects.router,
    plans.router,
    attachments.router,
    eligibility.router,
    panel.router,
    assignments.router,
    valuations.router,
    listings.router,
    market.router,
    reports.router,
    evidence.router,
    exchange.router,
)
