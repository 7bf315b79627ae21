"""End reservations that were not paid in time."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.core.database import Database
from app.ledger import balances, journal
from app.ledger.chart import UNALLOCATED
from app.ledger.drafts import AnyDraft, Void
from app.orders import postings, queries
from app.orders.actions import decisions, invoices, letters, refunding
from app.orders.actions.letters import OrderLetter
from app.orders.models import Order, OrderDecisionKind, OrderState
from app.orders.postings import Arrived

AT_ONCE = 500
"""So many at a time, so that none of them waits long for its commit."""


async def expire_due(database: Database) -> None:
    """End every reservation whose time is up, each in its own transaction: a chore.

    Nobody who buys needs it: a hold that has expired does not stand in the way.
    """
    async with database.reading() as session:
        due = await queries.orders.overdue(session, clock.now(), AT_ONCE)
    await jobs.each_in_turn(database, due, expire)


async def expire(session: AsyncSession, order_id: UUID) -> None:
    """End one reservation, if its time is up by now."""
    order = await queries.orders.locked(session, order_id)
    if is_overdue(order):
        await let_go(session, order)


def is_overdue(order: Order) -> bool:
    """Tell whether an order's time to pay is over, and nothing is under way."""
    until = order.reserved_until
    return order.state is OrderState.RESERVED and until is not None and until <= clock.now()


async def let_go(session: AsyncSession, order: Order, arrived: Arrived | None = None) -> None:
    """Give an order's units free; the order is locked, and reserved.

    What arrived for it just now, and can't pay it, goes back with what came before.
    """
    order.state = OrderState.EXPIRED
    decisions.note(session, decisions.CLOCK, order, OrderDecisionKind.EXPIRED)
    await session.flush()
    await letters.about_order(session, order, OrderLetter.EXPIRED)
    await end_reservation(session, order, NOT_PAID, arrived)


NOT_PAID = "It was not paid in time."


async def end_reservation(
    session: AsyncSession, order: Order, reason: str, arrived: Arrived | None = None
) -> None:
    """Give an order's units free, back what was paid of it, and its invoices; it is locked."""
    came = (await balances.now(session, UNALLOCATED.of(order.scheme_id, order.id))).posted
    drafts: list[AnyDraft] = [Void(order.hold_reference)]
    if arrived is not None:
        drafts.append(postings.in_vain(order, arrived, came))
        came += arrived.line.amount
    elif came:
        drafts.append(postings.given_back(order, came, clock.now()))
    await journal.post(session, *drafts)
    await refunding.send_back(session, order, came)
    await invoices.credit(session, order, reason)
