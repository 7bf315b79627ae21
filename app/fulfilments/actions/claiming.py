"""Claim that units fulfil an obligation: draft, and submit."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.ids import new_id
from app.fulfilments import queries
from app.fulfilments.actions import decisions, keeping
from app.fulfilments.actions.splitting import claimed_units
from app.fulfilments.models import (
    Fulfilment,
    FulfilmentDecisionKind,
    FulfilmentKind,
    FulfilmentState,
)
from app.fulfilments.problems import (
    DoesNotCount,
    FulfilmentStateForbids,
    NotAllocated,
    UnitsClaimed,
)
from app.obligations.valuing import Worth
from app.orders.models import Order
from app.orders.queries import units as of_units
from app.organisations.callers import Caller

SUBMITTABLE = {FulfilmentState.DRAFTED, FulfilmentState.RETURNED}


async def draft(
    session: AsyncSession, caller: Caller, order: Order, obligation_id: UUID, quantity_units: int
) -> Fulfilment:
    """Prepare a claim for units of an order; nothing is taken before it is submitted.

    Raises:
        NotAllocated: the order's split has fewer units for the obligation.
        NotFound: the obligation is not the buyer's.
    """
    _, order = await keeping.order(session, order.id)
    obligation = await queries.assessing.own_obligation(session, order.buyer_id, obligation_id)
    await _insist_on_split(session, order, obligation_id, quantity_units)
    fulfilment = Fulfilment(
        id=new_id(),
        kind=FulfilmentKind.RIKX,
        authority_id=obligation.authority_id,
        obligation_id=obligation.id,
        claimant_id=order.buyer_id,
        order_id=order.id,
        quantity_units=quantity_units,
        rules_id=obligation.rules_id,
        drafted_by_id=caller.user_id,
    )
    session.add(fulfilment)
    await session.flush()
    decisions.note(session, caller.actor, fulfilment, FulfilmentDecisionKind.DRAFTED)
    return fulfilment


async def _insist_on_split(
    session: AsyncSession, order: Order, obligation_id: UUID, quantity_units: int
) -> None:
    """Insist that the split has units for an obligation that nobody claimed yet."""
    live = await queries.fulfilments.live_of_order(session, order.id)
    meant = sum(
        each.quantity_units
        for each in await queries.splits.of_order(session, order.id)
        if each.obligation_id == obligation_id
    )
    left = meant - claimed_units(live, obligation_id)
    if quantity_units > left:
        message = (
            f"{quantity_units} units are claimed, and the order's split has {left} for this"
            " obligation that are not claimed: change the split first."
        )
        raise NotAllocated(message, unclaimed_units=left)


async def submit(session: AsyncSession, caller: Caller, fulfilment: Fulfilment) -> Fulfilment:
    """Ask the authority to count units: the first ones of the order that are free.

    Raises:
        FulfilmentStateForbids: it is neither drafted nor returned.
        OrderNotFirm: the units are not paid, or the project is not funded.
        ObligationNotOpen: nothing can be claimed for the obligation.
        NotAllocated: the order's split has fewer units for it by now.
        UnitsClaimed: no run of so many serials is free: claim fewer at once.
        DoesNotCount: by the rules, or because it is more than is open.
    """
    project, order = await keeping.fulfilment(session, fulfilment)
    if fulfilment.state not in SUBMITTABLE:
        message = f"It is {fulfilment.state}: only a draft, or what was returned, is submitted."
        raise FulfilmentStateForbids(message, current_state=fulfilment.state)
    keeping.insist_on_firm(project, order)
    await keeping.open_obligation(session, fulfilment.obligation_id)
    units = fulfilment.quantity_units
    await _insist_on_split(session, order, fulfilment.obligation_id, units)
    await value(session, order, fulfilment)
    fulfilment.first_serial = await _first_free(session, order, units)
    fulfilment.last_serial = fulfilment.first_serial + units - 1
    fulfilment.state = FulfilmentState.SUBMITTED
    fulfilment.submitted_by_id, fulfilment.submitted_at = caller.user_id, clock.now()
    fulfilment.decided_by_id = fulfilment.decided_at = None
    decisions.note(session, caller.actor, fulfilment, FulfilmentDecisionKind.SUBMITTED)
    await session.flush()
    return fulfilment


async def value(session: AsyncSession, order: Order, fulfilment: Fulfilment) -> tuple[Worth, int]:
    """Write down what a fulfilment is worth now; give also what it counted for provisionally.

    Raises:
        DoesNotCount: it is worth nothing, or more than is open.
    """
    freed = await _provisional(session, fulfilment)
    obligation = await queries.assessing.own_obligation(
        session, fulfilment.claimant_id, fulfilment.obligation_id
    )
    worth = await queries.assessing.worth_of(
        session, obligation, order.project_id, fulfilment.quantity_units, freed
    )
    if not worth.counts:
        message = worth.reason or "It is worth nothing."
        raise DoesNotCount(message, steps=[str(step) for step in worth.steps])
    fulfilment.value_cents = worth.cents + worth.surplus_cents
    fulfilment.surplus_cents = worth.surplus_cents
    fulfilment.steps = [asdict(step) for step in worth.steps]
    return worth, freed


async def _provisional(session: AsyncSession, fulfilment: Fulfilment) -> int:
    """Say what its units count for provisionally."""
    from_split = await queries.splits.of_order(session, fulfilment.order_id)
    return sum(
        each.share_of(fulfilment.quantity_units)
        for each in from_split
        if each.obligation_id == fulfilment.obligation_id
    )


async def _first_free(session: AsyncSession, order: Order, quantity_units: int) -> int:
    """Find the first run of free serials that is long enough."""
    block = await of_units.given(session, order)
    live = await queries.fulfilments.live_of_order(session, order.id)
    return _gap(live, block.first_serial, block.last_serial - order.undone_units, quantity_units)


def _gap(live: Sequence[Fulfilment], first: int, last: int, quantity_units: int) -> int:
    for each in live:
        if each.first_serial is not None:
            if each.first_serial - first >= quantity_units:
                return first
            first = each.first_serial + each.counted_units
    if last - first + 1 < quantity_units:
        message = "No run of so many serials of the order is free: claim fewer at once."
        raise UnitsClaimed(message)
    return first
