"""The authority decides: approve, reject, return; and revoke what it approved."""

from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.fulfilments import postings, queries
from app.fulfilments.actions import certifying, claiming, decisions, keeping, unwinding
from app.fulfilments.actions.recognising import Shrunk, give_back
from app.fulfilments.models import Fulfilment, FulfilmentDecisionKind, FulfilmentState
from app.fulfilments.postings import Taken
from app.fulfilments.problems import FulfilmentStateForbids, OwnFulfilment
from app.ledger import journal
from app.obligations import queries as of_obligations
from app.obligations.actions import states
from app.orders.models import Order
from app.organisations.callers import Caller


class Verdict(StrEnum):
    """What an authority decides about a fulfilment."""

    APPROVED = "approved"
    """It counts."""
    REJECTED = "rejected"
    """It does not."""
    RETURNED = "returned"
    """The claimant may submit it anew."""


async def decide(
    session: AsyncSession, caller: Caller, fulfilment: Fulfilment, verdict: Verdict, reason: str
) -> Fulfilment:
    """Decide about a fulfilment that was submitted.

    Raises:
        FulfilmentStateForbids: it is not submitted.
        OwnFulfilment: the caller submitted it.
        OrderNotFirm, ObligationNotOpen, DoesNotCount: it can't be approved (any more).
    """
    project, order = await keeping.fulfilment(session, fulfilment)
    if fulfilment.state is not FulfilmentState.SUBMITTED:
        message = f"It is {fulfilment.state}: only what was submitted is decided."
        raise FulfilmentStateForbids(message, current_state=fulfilment.state)
    if fulfilment.submitted_by_id == caller.user_id:
        message = "You submitted it: somebody else of the authority decides."
        raise OwnFulfilment(message)
    if verdict is Verdict.APPROVED:
        keeping.insist_on_firm(project, order)
        await _approve(session, caller, order, fulfilment)
    if verdict is Verdict.REJECTED:
        await _let_lapse(session, caller, order, fulfilment)
    fulfilment.state = FulfilmentState(verdict)
    fulfilment.decided_by_id, fulfilment.decided_at = caller.user_id, clock.now()
    kind = FulfilmentDecisionKind(verdict)
    decisions.note(session, caller.actor, fulfilment, kind, reason)
    await session.flush()
    if verdict is Verdict.APPROVED:
        await certifying.issue(session, caller.actor, fulfilment)
    return fulfilment


async def _approve(
    session: AsyncSession, caller: Caller, order: Order, fulfilment: Fulfilment
) -> None:
    obligation = await keeping.open_obligation(session, fulfilment.obligation_id)
    worth, provisional = await claiming.value(session, order, fulfilment)
    for allocation in await queries.splits.of_order(session, order.id):
        if allocation.obligation_id == obligation.id:
            give_back(allocation, fulfilment.quantity_units)
    taken = Taken(worth.cents, worth.surplus_cents, provisional)
    await session.flush()
    now = clock.now()
    await journal.post(session, postings.approved(fulfilment, order.scheme_id, taken, now))
    await states.settle_state(session, caller.actor, obligation)


async def _let_lapse(
    session: AsyncSession, caller: Caller, order: Order, fulfilment: Fulfilment
) -> None:
    """Count units that were rejected no more, provisionally either."""
    obligation = await of_obligations.obligations.kept(session, fulfilment.obligation_id)
    drafts = []
    for allocation in await queries.splits.of_order(session, order.id):
        if allocation.obligation_id == obligation.id:
            shrunk = Shrunk(allocation, obligation.authority_id)
            drafts += shrunk.lapse(fulfilment.quantity_units)
    await session.flush()
    await journal.post(session, *drafts)
    await states.settle_state(session, caller.actor, obligation)


async def revoke(
    session: AsyncSession, caller: Caller, fulfilment: Fulfilment, reason: str
) -> Fulfilment:
    """Revoke a fulfilment: it counts no more, and its units are the order's again.

    Raises:
        FulfilmentStateForbids: it does not count.
        OwnFulfilment: the caller submitted it.
    """
    _, order = await keeping.fulfilment(session, fulfilment)
    if fulfilment.state is not FulfilmentState.APPROVED:
        message = f"It is {fulfilment.state}: only what was approved is revoked."
        raise FulfilmentStateForbids(message, current_state=fulfilment.state)
    if fulfilment.submitted_by_id == caller.user_id:
        message = "You submitted it: somebody else of the authority decides."
        raise OwnFulfilment(message)
    obligation = await of_obligations.obligations.kept(session, fulfilment.obligation_id)
    gone = unwinding.take_off(fulfilment, fulfilment.counted_units)
    decisions.note_revoked(session, caller.actor, fulfilment, gone, reason)
    draft = postings.revoked(fulfilment, order.scheme_id, gone, clock.now())
    await session.flush()
    await journal.post(session, draft)
    await states.settle_state(session, caller.actor, obligation)
    return fulfilment
