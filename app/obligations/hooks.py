"""What domains above know of an obligation where somebody decides about it."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

Waiting: TypeAlias = Callable[[AsyncSession, UUID, date], Awaitable[bool]]
"""Tell whether claims for an obligation that came in by a day wait for the authority."""

_wired: list[Waiting] = []


class WaitingNotWired(Exception):  # noqa: N818  As that of the jobs.
    """Nobody said who knows of claims that wait; `main` must, before anything runs."""


def wire_waiting(waiting: Waiting) -> None:
    """Say who knows whether claims for an obligation wait."""
    _wired[:] = [waiting]


def insist_on_wiring() -> None:
    """Insist that the hook is wired.

    Raises:
        WaitingNotWired: it is not.
    """
    if not _wired:
        message = "obligations.hooks.wire_waiting was never called: see app/main.py"
        raise WaitingNotWired(message)


async def waiting(session: AsyncSession, obligation_id: UUID, last_day: date) -> bool:
    """Let those above say whether claims that came in by a day wait for the authority."""
    insist_on_wiring()
    return await _wired[0](session, obligation_id, last_day)
