"""What domains above must do where a result is found short, and know where a round is settled."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.wiring import Hook
from app.organisations.callers import Caller
from app.projects.models import Project

found_short: Hook[[AsyncSession, Caller, Project, str], None] = Hook("projects.found-short")
"""Freeze what was not paid out, and say why; the project is locked, and completed."""

undecided: Hook[[AsyncSession, UUID], int] = Hook("projects.undecided")
"""Count the projects of a round whose money is frozen until somebody decides about it."""
