"""Say for which obligations the units of an order are meant."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.events import Actor
from app.fulfilments import queries
from app.fulfilments.actions import beyond, decisions, keeping
from app.fulfilments.actions.beyond import Beyond
from app.fulfilments.actions.recognising import Shrunk
from app.fulfilments.models import Allocation, Fulfilment
from app.fulfilments.problems import OrderHasEnded, SplitTooLarge, UnitsClaimed
from app.ledger import journal
from app.ledger.drafts import Draft
from app.obligations import queries as of_obligations
from app.obligations.actions import states
from app.obligations.models import Obligation
from app.orders.models import Order, OrderState
from app.organisations.callers import Caller

ENDED = (
    *(OrderState.EXPIRED, OrderState.CANCELLED),
    *(OrderState.REFUNDED, OrderState.REALLOCATED),
)


async def purpose(
    session: AsyncSession, caller: Caller, order: Order, wanted: Mapping[UUID, int]
) -> None:
    """Write down for which obligations the units of a new order are meant, as it says itself.

    Called by orders (`orders.hooks`) in the transaction that makes it. Nobody else sees the order,
    and nothing counts yet: no lock is taken, so that no buyer waits for another one.

    Raises:
        NotFound: an obligation is not the buyer's.
        SplitTooLarge: it has fewer units.
    """
    _insist_on_units(order, sum(wanted.values()))
    for obligation_id, units in wanted.items():
        await queries.assessing.own_obligation(session, order.buyer_id, obligation_id)
        meant = Allocation(order_id=order.id, obligation_id=obligation_id, quantity_units=units)
        session.add(meant)
    await session.flush()
    _tell(session, caller.actor, order.id, wanted)


async def split(
    session: AsyncSession, caller: Caller, order: Order, wanted: Mapping[UUID, int]
) -> Sequence[Allocation]:
    """Say anew how many units of an order are meant for which obligations, and for no other.

    What an obligation's units counted for provisionally lapses where their number changes; they
    are counted anew.

    Raises:
        OrderHasEnded: it was never paid, or nothing is left of it.
        SplitTooLarge: it has fewer units.
        NotFound: an obligation is not the buyer's.
        UnitsClaimed: more units are claimed for an obligation than would be left to it.
    """
    _, order = await keeping.order(session, order.id)
    _insist_on_units(order, sum(wanted.values()))
    live = await queries.fulfilments.live_of_order(session, order.id)
    known = {each.obligation_id: each for each in await queries.splits.of_order(session, order.id)}
    _insist_on_claims(live, wanted)
    drafts: list[Draft] = []
    kept = {}
    for obligation_id in sorted({*wanted, *known}):
        if obligation_id in wanted:
            await queries.assessing.own_obligation(session, order.buyer_id, obligation_id)
        obligation = await of_obligations.obligations.kept(session, obligation_id)
        kept[obligation_id] = obligation
        before, units = known.get(obligation_id), wanted.get(obligation_id, 0)
        surplus = await beyond.of(session, obligation)
        drafts += _changed(session, order, (obligation, surplus), (before, units))
    await session.flush()
    await journal.post(session, *drafts)
    for obligation in kept.values():
        await states.settle_state(session, caller.actor, obligation)
    _tell(session, caller.actor, order.id, wanted)
    return await queries.splits.of_order(session, order.id)


def _tell(session: AsyncSession, actor: Actor, order_id: UUID, meant: Mapping[UUID, int]) -> None:
    told = [f"{obligation_id}: {units}" for obligation_id, units in meant.items()]
    events.record(session, "order.split", order_id, actor, units=told)


def carry_over(session: AsyncSession, order_id: UUID, meant: Mapping[UUID, int]) -> None:
    """Let units that moved to another project stay meant for what they were meant for.

    The order there is new, and has as many units: nobody else sees it. They are counted anew, by
    what the rules say of the other project, once that is funded.
    """
    moved = {obligation_id: units for obligation_id, units in meant.items() if units}
    for obligation_id, units in moved.items():
        session.add(
            Allocation(order_id=order_id, obligation_id=obligation_id, quantity_units=units)
        )
    if moved:
        _tell(session, decisions.ORDERS, order_id, moved)


def _insist_on_units(order: Order, units: int) -> None:
    if order.state in ENDED:
        message = f"The order is {order.state}: its units fulfil nothing."
        raise OrderHasEnded(message)
    if units > order.remaining_units:
        message = f"{units} units are split, and the order has {order.remaining_units}."
        raise SplitTooLarge(message, remaining_units=order.remaining_units)


def _insist_on_claims(live: Sequence[Fulfilment], wanted: Mapping[UUID, int]) -> None:
    for obligation_id in {each.obligation_id for each in live}:
        claimed = claimed_units(live, obligation_id)
        if claimed > wanted.get(obligation_id, 0):
            message = f"{claimed} units are claimed for the obligation {obligation_id}: they stay."
            raise UnitsClaimed(message, claimed_units=claimed)


def claimed_units(live: Sequence[Fulfilment], obligation_id: UUID) -> int:
    """Say how many units live fulfilments take for an obligation."""
    return sum(each.counted_units for each in live if each.obligation_id == obligation_id)


def _changed(
    session: AsyncSession,
    order: Order,
    kept: tuple[Obligation, Beyond],
    change: tuple[Allocation | None, int],
) -> list[Draft]:
    obligation, surplus = kept
    allocation, units = change
    if allocation is None:
        made = Allocation(order_id=order.id, obligation_id=obligation.id, quantity_units=units)
        session.add(made)
        return []
    if allocation.quantity_units == units:
        return []
    shrunk = Shrunk(allocation, obligation.authority_id, surplus)
    lapse = shrunk.lapse(allocation.provisional_units)
    allocation.quantity_units = units
    allocation.is_due = True
    return lapse
