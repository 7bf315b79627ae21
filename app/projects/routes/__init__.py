"""The endpoints of this domain."""

from app.projects.routes import attachments, eligibility, plans, projects, rounds

ROUTERS = (
    rounds.router,
    projects.router,
    plans.router,
    attachments.router,
    eligibility.router,
)
