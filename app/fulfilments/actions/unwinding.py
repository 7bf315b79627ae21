"""Revoke what was recognised of units that an order loses: refunded, lost, or moved."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.core.money import split
from app.fulfilments import postings, queries
from app.fulfilments.actions import beyond, decisions, keeping
from app.fulfilments.actions.beyond import Beyond
from app.fulfilments.actions.recognising import SETTLE, Shrunk
from app.fulfilments.actions.splitting import carry_over, claimed_units
from app.fulfilments.models import (
    Fulfilment,
    FulfilmentDecisionKind,
    FulfilmentState,
)
from app.fulfilments.postings import Revoked
from app.ledger.drafts import AnyDraft
from app.obligations.models import Obligation
from app.orders.models import Order, OrderPart

GONE = "The order lost the units: {}"


async def unwind(session: AsyncSession, order: Order, part: OrderPart) -> Sequence[AnyDraft]:
    """Revoke what was recognised of exactly the serials of a part, and give the entries.

    Called by orders (`orders.hooks`), which locked the project and the order and enter this before
    the rest, in one call. The states of the obligations follow in a job, once that is entered.
    Units that move to another project stay meant for their obligations, save for those closed.
    """
    live = await queries.fulfilments.live_of_order(session, order.id)
    from_split = await queries.splits.of_order(session, order.id)
    hit = [
        each for each in live if (each.last_serial or 0) - each.revoked_units >= part.first_serial
    ]
    kept = await keeping.obligations(session, (each.obligation_id for each in from_split))
    drafts: list[AnyDraft] = []
    surplus = {id_: await beyond.of(session, obligation) for id_, obligation in kept.items()}
    for fulfilment in hit:
        drafts += _lose(session, order, part, (fulfilment, surplus[fulfilment.obligation_id]))
    live = [each for each in live if each.state in queries.fulfilments.LIVE]
    over = sum(each.quantity_units for each in from_split) - order.remaining_units
    moved: dict[UUID, int] = {}
    for allocation in reversed(from_split):
        obligation = kept[allocation.obligation_id]
        free = allocation.quantity_units - claimed_units(live, obligation.id)
        cut = max(0, min(free, over))
        over -= cut
        moved[obligation.id] = 0 if obligation.state.is_closed else cut
        shrunk = Shrunk(allocation, obligation.authority_id, surplus[obligation.id])
        drafts += _cut(shrunk, cut, _approved(live, obligation))
    if part.moved_to_id is not None:
        in_their_order = {each.obligation_id: moved[each.obligation_id] for each in from_split}
        carry_over(session, part.moved_to_id, in_their_order)
    await session.flush()
    for obligation in kept.values():
        await jobs.enqueue(session, SETTLE, obligation_id=obligation.id)
    return drafts


def _lose(
    session: AsyncSession, order: Order, part: OrderPart, hit: tuple[Fulfilment, Beyond]
) -> list[AnyDraft]:
    """Revoke the last units of a fulfilment that counts; return one that waits."""
    fulfilment, surplus = hit
    reason = GONE.format(part.reason)
    if fulfilment.state is FulfilmentState.SUBMITTED:
        fulfilment.state = FulfilmentState.RETURNED
        kind = FulfilmentDecisionKind.RETURNED
        decisions.note(session, decisions.ORDERS, fulfilment, kind, reason)
        return []
    last = (fulfilment.last_serial or 0) - fulfilment.revoked_units
    units = min(fulfilment.counted_units, last - part.first_serial + 1)
    gone = take_off(fulfilment, units, surplus)
    decisions.note_revoked(session, decisions.ORDERS, fulfilment, gone, reason)
    return [postings.revoked(fulfilment, order.scheme_id, gone, clock.now())]


def take_off(fulfilment: Fulfilment, units: int, surplus: Beyond) -> Revoked:
    """Take the last units off a fulfilment, and what they count for: surplus first.

    What did not come about of its own value goes with them before anything that counts; what did
    not come about of the order's other claims stays as it is (`app.fulfilments`).
    """
    rest = fulfilment.counted_units - units
    counted = fulfilment.value_cents - fulfilment.revoked_cents
    # What has no units is revoked as a whole.
    gone = split(counted, (units, rest))[0] if fulfilment.quantity_units else counted
    lowered = min(gone, fulfilment.lowered_cents)
    cents = gone - lowered
    fulfilment.lowered_cents -= lowered
    own_surplus = fulfilment.surplus_cents - fulfilment.revoked_surplus_cents
    fulfilment.revoked_units += units
    fulfilment.revoked_cents += gone
    fulfilment.revoked_surplus_cents += min(cents, own_surplus)
    if not rest:
        fulfilment.state = FulfilmentState.REVOKED
    return Revoked(units, cents, surplus.take(cents))


def _approved(live: Sequence[Fulfilment], obligation: Obligation) -> int:
    """Say how many of an order's units count for an obligation for good."""
    approved = [each for each in live if each.state is FulfilmentState.APPROVED]
    return claimed_units(approved, obligation.id)


def _cut(shrunk: Shrunk, units: int, approved_units: int) -> list[AnyDraft]:
    """Take units off an allocation; those that did not count provisionally go first."""
    if not units:
        return []
    allocation = shrunk.allocation
    allocation.quantity_units -= units
    left = allocation.quantity_units - approved_units
    too_many = max(0, allocation.provisional_units - left)
    return [*shrunk.lose(too_many)]
