"""What domains above do and know of projects: of short results, settled rounds, small counts."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.wiring import Hook
from app.organisations.callers import Caller
from app.projects.models import Project

found_short: Hook[[AsyncSession, Caller, Project, str], None] = Hook("projects.found-short")
"""Freeze what was not paid out, and say why; the project is locked, and completed."""

undecided: Hook[[AsyncSession, UUID], int] = Hook("projects.undecided")
"""Count the projects of a round whose money is frozen until somebody decides about it."""

smallest_count: Hook[[AsyncSession, UUID], int | None] = Hook("projects.smallest-count")
"""Say from how many people on everybody may see what came of a scheme's projects; None: never."""
