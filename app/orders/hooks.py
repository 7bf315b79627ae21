"""What domains above must do in the transaction in which an order loses its units."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from app.orders.models import Order, SerialBlock

Unwound: TypeAlias = Callable[[AsyncSession, Order, SerialBlock, str], Awaitable[None]]
"""Revoke what was recognised of these units, and say why; the order and its project are locked."""

_wired: list[Unwound] = []


class NotWired(Exception):  # noqa: N818  As that of the jobs.
    """Nobody said what happens to recognised units; `main` must, before anything runs."""


def wire_unwound(unwound: Unwound) -> None:
    """Say what happens in the transaction in which an order is refunded, or lost in a dispute."""
    _wired[:] = [unwound]


def insist_on_wiring() -> None:
    """Insist that the hook is wired.

    Raises:
        NotWired: it is not.
    """
    if not _wired:
        message = "orders.hooks.wire_unwound was never called: see app/main.py"
        raise NotWired(message)


async def unwound(session: AsyncSession, order: Order, block: SerialBlock, reason: str) -> None:
    """Let those above revoke what was recognised of an order's units."""
    insist_on_wiring()
    await _wired[0](session, order, block, reason)


async def nobody_recognises(
    _session: AsyncSession, _order: Order, _block: SerialBlock, _reason: str
) -> None:
    """Do nothing: as long as no domain recognises units, there is nothing to revoke."""
