"""What domains above must do in the transaction in which an order is made, or loses units."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger.drafts import AnyDraft
from app.orders.models import Order, OrderPart
from app.organisations.callers import Caller

Unwound: TypeAlias = Callable[[AsyncSession, Order, OrderPart], Awaitable[Sequence[AnyDraft]]]
"""Revoke what was recognised of exactly these serials, and give the entries that say so.

The order and its project are locked. The entries are entered in one call with those of the refund,
and before them: units that were retired are the order's again, and only then gone.
"""

Meant: TypeAlias = Callable[[AsyncSession, Caller, Order, Mapping[UUID, int]], Awaitable[None]]
"""Write down for which obligations, and how many each, the units of a new order are meant.

Nobody else sees the order yet. It raises `NotFound` where an obligation is not the buyer's.
"""

_wired: list[Unwound] = []
_meant: list[Meant] = []


class NotWired(Exception):  # noqa: N818  As that of the jobs.
    """Nobody said what orders are for, or what happens to recognised units: `main` must."""


def wire_unwound(unwound: Unwound) -> None:
    """Say what happens in the transaction in which an order is refunded, moved, or lost."""
    _wired[:] = [unwound]


def wire_meant(meant: Meant) -> None:
    """Say what happens in the transaction in which an order is made that says what it is for."""
    _meant[:] = [meant]


def insist_on_wiring() -> None:
    """Insist that the hooks are wired.

    Raises:
        NotWired: one is not.
    """
    if not (_wired and _meant):
        message = "orders.hooks.wire_unwound or wire_meant was never called: see app/main.py"
        raise NotWired(message)


async def unwound(session: AsyncSession, order: Order, part: OrderPart) -> Sequence[AnyDraft]:
    """Let those above revoke what was recognised of some of an order's units."""
    insist_on_wiring()
    return await _wired[0](session, order, part)


async def meant(
    session: AsyncSession, caller: Caller, order: Order, units: Mapping[UUID, int]
) -> None:
    """Let those above write down for which obligations a new order's units are meant."""
    insist_on_wiring()
    await _meant[0](session, caller, order, units)
