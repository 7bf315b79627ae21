"""Verbs: what can be done about rounds, projects and their plans."""

from app.projects.actions import (
    attachments,
    eligibility,
    objections,
    plans,
    reminders,
    rounds,
)

__all__ = ["attachments", "eligibility", "objections", "plans", "reminders", "rounds"]
