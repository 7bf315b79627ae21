"""Let a fulfilment count that was rejected or revoked, and should not have been."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.fulfilments import queries
from app.fulfilments.actions import certifying, deciding, decisions, taking
from app.fulfilments.actions.keeping import Purchase
from app.fulfilments.models import (
    Fulfilment,
    FulfilmentDecision,
    FulfilmentState,
)
from app.organisations.callers import Caller


async def reinstate(
    session: AsyncSession,
    caller: Caller,
    fulfilment: Fulfilment,
    bought: Purchase | None,
    about: tuple[FulfilmentDecision, str],
) -> None:
    """Take what it claims once more, if that is free, and let it count for what it is worth now.

    A revocation gives back what it took, and nothing of what the order had lost before.

    Raises:
        OrderNotFirm, NotAllocated, UnitsClaimed, PlacementClaimed: what it claims is not free, or
            can't be claimed any more.
        ObligationNotOpen, DoesNotCount: there is no room for it any more.
    """
    contested, reason = about
    was_revoked = fulfilment.state is FulfilmentState.REVOKED
    lost_cents = 0
    if was_revoked:
        fulfilment.revoked_units -= contested.quantity_units
        if fulfilment.revoked_units:
            lost_cents = max(0, fulfilment.revoked_cents - contested.value_cents)
    _forget_value(fulfilment, lost_cents)
    with session.no_autoflush:
        # That it was done, and certified, was asked when it was submitted.
        if bought is not None:
            await taking.insist_on_units(session, fulfilment, bought)
        if was_revoked:
            await taking.insist_on_free(session, fulfilment, bought)
        else:
            await taking.take(session, fulfilment, bought)
    fulfilment.decided_by_id, fulfilment.decided_at = caller.user_id, clock.now()
    fulfilment.times_reinstated += 1
    await taking.go_live(session, fulfilment, FulfilmentState.APPROVED)
    await deciding.approve(session, caller, fulfilment, bought)
    decisions.note_counted(session, caller.actor, fulfilment, reason)
    await session.flush()
    if await queries.certificates.of_fulfilment(session, fulfilment) is None:
        await certifying.issue(session, caller.actor, fulfilment)


def _forget_value(fulfilment: Fulfilment, lost_cents: int) -> None:
    """Leave of what it was worth only what is lost for good: surplus goes first."""
    lost_surplus = min(lost_cents, fulfilment.surplus_cents)
    fulfilment.value_cents = fulfilment.revoked_cents = lost_cents
    fulfilment.surplus_cents = fulfilment.revoked_surplus_cents = lost_surplus
    fulfilment.lowered_cents = 0
