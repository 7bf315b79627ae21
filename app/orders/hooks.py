"""What domains above must do in the transaction in which an order loses units."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger.drafts import AnyDraft
from app.orders.models import Order, OrderPart

Unwound: TypeAlias = Callable[[AsyncSession, Order, OrderPart], Awaitable[Sequence[AnyDraft]]]
"""Revoke what was recognised of exactly these serials, and give the entries that say so.

The order and its project are locked. The entries are entered in one call with those of the refund,
and before them: units that were retired are the order's again, and only then gone.
"""

_wired: list[Unwound] = []


class NotWired(Exception):  # noqa: N818  As that of the jobs.
    """Nobody said what happens to recognised units; `main` must, before anything runs."""


def wire_unwound(unwound: Unwound) -> None:
    """Say what happens in the transaction in which an order is refunded, moved, or lost."""
    _wired[:] = [unwound]


def insist_on_wiring() -> None:
    """Insist that the hook is wired.

    Raises:
        NotWired: it is not.
    """
    if not _wired:
        message = "orders.hooks.wire_unwound was never called: see app/main.py"
        raise NotWired(message)


async def unwound(session: AsyncSession, order: Order, part: OrderPart) -> Sequence[AnyDraft]:
    """Let those above revoke what was recognised of some of an order's units."""
    insist_on_wiring()
    return await _wired[0](session, order, part)
