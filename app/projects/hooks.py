"""What domains above must do in the transaction in which a result is found short."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from app.organisations.callers import Caller
from app.projects.models import Project

Short: TypeAlias = Callable[[AsyncSession, Caller, Project, str], Awaitable[None]]
"""Freeze what was not paid out, and say why; the project is locked, and completed."""

_wired: list[Short] = []


class ShortNotWired(Exception):  # noqa: N818  As that of the jobs.
    """Nobody said what happens to a short result's money; `main` must, before anything runs."""


def wire_short(short: Short) -> None:
    """Say what happens in the transaction in which a final report is accepted as short."""
    _wired[:] = [short]


def insist_on_wiring() -> None:
    """Insist that the hook is wired.

    Raises:
        ShortNotWired: it is not.
    """
    if not _wired:
        message = "projects.hooks.wire_short was never called: see app/main.py"
        raise ShortNotWired(message)


async def found_short(session: AsyncSession, caller: Caller, project: Project, reason: str) -> None:
    """Let those above freeze what was not paid out of a project."""
    insist_on_wiring()
    await _wired[0](session, caller, project, reason)
