"""What domains above must do where a result is found short, and know where a round is settled."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.organisations.callers import Caller
from app.projects.models import Project

Short: TypeAlias = Callable[[AsyncSession, Caller, Project, str], Awaitable[None]]
"""Freeze what was not paid out, and say why; the project is locked, and completed."""
Undecided: TypeAlias = Callable[[AsyncSession, UUID], Awaitable[int]]
"""Count the projects of a round whose money is frozen until somebody decides about it."""

_wired_short: list[Short] = []
_wired_undecided: list[Undecided] = []


class ShortNotWired(Exception):  # noqa: N818  As that of the jobs.
    """Nobody said what happens to a short result's money; `main` must, before anything runs."""


class UndecidedNotWired(Exception):  # noqa: N818  The same.
    """Nobody said who knows of frozen money; `main` must, before anything runs."""


def wire_short(short: Short) -> None:
    """Say what happens in the transaction in which a final report is accepted as short."""
    _wired_short[:] = [short]


def wire_undecided(undecided: Undecided) -> None:
    """Say who knows what of a round's money nobody has decided about."""
    _wired_undecided[:] = [undecided]


def insist_on_wiring() -> None:
    """Insist that the hooks are wired.

    Raises:
        ShortNotWired, UndecidedNotWired: one is not.
    """
    if not _wired_short:
        message = "projects.hooks.wire_short was never called: see app/main.py"
        raise ShortNotWired(message)
    if not _wired_undecided:
        message = "projects.hooks.wire_undecided was never called: see app/main.py"
        raise UndecidedNotWired(message)


async def found_short(session: AsyncSession, caller: Caller, project: Project, reason: str) -> None:
    """Let those above freeze what was not paid out of a project."""
    insist_on_wiring()
    await _wired_short[0](session, caller, project, reason)


async def undecided(session: AsyncSession, round_id: UUID) -> int:
    """Let those above count the projects of a round whose money is frozen."""
    insist_on_wiring()
    return await _wired_undecided[0](session, round_id)
