"""The authority decides: approve, reject, return; and revoke what it approved."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.fulfilments import postings, queries
from app.fulfilments.actions import (
    beyond,
    certifying,
    decisions,
    keeping,
    letters,
    unwinding,
    valuing,
)
from app.fulfilments.actions.keeping import Kept, Purchase
from app.fulfilments.actions.recognising import Shrunk, give_back
from app.fulfilments.models import (
    Fulfilment,
    FulfilmentDecisionKind,
    FulfilmentState,
    Verdict,
)
from app.fulfilments.postings import Taken
from app.fulfilments.problems import FulfilmentStateForbids, OwnFulfilment
from app.ledger import journal
from app.obligations import queries as of_obligations
from app.obligations.actions import states
from app.orders.models import Order
from app.organisations.callers import Caller


async def decide(
    session: AsyncSession, caller: Caller, kept: Kept, verdict: Verdict, reason: str
) -> Fulfilment:
    """Decide about a fulfilment that was submitted.

    Raises:
        FulfilmentStateForbids: it is not submitted.
        OwnFulfilment: the caller wrote or submitted it.
        OrderNotFirm, ObligationNotOpen, DoesNotCount: it can't be approved (any more).
    """
    fulfilment, bought = kept.fulfilment, kept.bought
    if fulfilment.state is not FulfilmentState.SUBMITTED:
        message = f"It is {fulfilment.state}: only what was submitted is decided."
        raise FulfilmentStateForbids(message, current_state=fulfilment.state)
    await _insist_on_four_eyes(session, caller, fulfilment)
    if verdict is Verdict.APPROVED:
        await approve(session, caller, fulfilment, bought)
    if verdict is Verdict.REJECTED and bought is not None:
        await _let_lapse(session, caller, bought.order, fulfilment)
    fulfilment.state = FulfilmentState(verdict)
    fulfilment.decided_by_id, fulfilment.decided_at = caller.user_id, clock.now()
    kind = FulfilmentDecisionKind(verdict)
    decisions.note(session, caller.actor, fulfilment, kind, reason)
    await session.flush()
    if verdict is Verdict.APPROVED:
        await certifying.issue(session, caller.actor, fulfilment)
    else:
        await letters.decided(session, fulfilment, kind, reason)
    return fulfilment


async def _insist_on_four_eyes(
    session: AsyncSession, caller: Caller, fulfilment: Fulfilment
) -> None:
    """Insist that whoever decides had no part in the claim: somebody may work for both sides.

    Raises:
        OwnFulfilment: the caller wrote or submitted it.
    """
    if str(caller.actor) in await queries.fulfilments.claimed_by(session, fulfilment):
        message = "You wrote or submitted it: somebody else of the authority decides."
        raise OwnFulfilment(message)


async def approve(
    session: AsyncSession, caller: Caller, fulfilment: Fulfilment, bought: Purchase | None
) -> None:
    """Let a fulfilment count, for what it is worth now; who calls this writes who decided.

    Raises:
        OrderNotFirm, ObligationNotOpen, DoesNotCount: it can't be approved (any more).
    """
    if bought is not None:
        keeping.insist_on_firm(bought.project, bought.order)
    obligation = await keeping.open_obligation(session, fulfilment.obligation_id)
    worth, provisional = await valuing.value(session, fulfilment, bought)
    if bought is not None:
        for allocation in await queries.splits.of_order(session, bought.order.id):
            if allocation.obligation_id == obligation.id:
                give_back(allocation, fulfilment.counted_units)
    surplus = await beyond.of(session, obligation)
    less = surplus.take(max(0, provisional - worth.cents))
    taken = Taken(worth.cents, worth.surplus_cents, provisional, less)
    scheme_id = bought.order.scheme_id if bought else None
    await session.flush()
    await journal.post(session, postings.approved(fulfilment, scheme_id, taken, clock.now()))
    await states.settle_state(session, caller.actor, obligation)


async def _let_lapse(
    session: AsyncSession, caller: Caller, order: Order, fulfilment: Fulfilment
) -> None:
    """Count units that were rejected no more, provisionally either."""
    obligation = await of_obligations.obligations.kept(session, fulfilment.obligation_id)
    drafts = []
    surplus = await beyond.of(session, obligation)
    for allocation in await queries.splits.of_order(session, order.id):
        if allocation.obligation_id == obligation.id:
            shrunk = Shrunk(allocation, obligation.authority_id, surplus)
            drafts += shrunk.lapse(fulfilment.quantity_units)
    await session.flush()
    await journal.post(session, *drafts)
    await states.settle_state(session, caller.actor, obligation)


async def revoke(session: AsyncSession, caller: Caller, kept: Kept, reason: str) -> Fulfilment:
    """Revoke a fulfilment: it counts no more, and units are the order's again.

    Raises:
        FulfilmentStateForbids: it does not count.
        OwnFulfilment: the caller wrote or submitted it.
    """
    fulfilment, bought = kept.fulfilment, kept.bought
    if fulfilment.state is not FulfilmentState.APPROVED:
        message = f"It is {fulfilment.state}: only what was approved is revoked."
        raise FulfilmentStateForbids(message, current_state=fulfilment.state)
    await _insist_on_four_eyes(session, caller, fulfilment)
    obligation = await of_obligations.obligations.kept(session, fulfilment.obligation_id)
    surplus = await beyond.of(session, obligation)
    gone = unwinding.take_off(fulfilment, fulfilment.counted_units, surplus)
    decisions.note_revoked(session, caller.actor, fulfilment, gone, reason)
    scheme_id = bought.order.scheme_id if bought else None
    draft = postings.revoked(fulfilment, scheme_id, gone, clock.now())
    await session.flush()
    await journal.post(session, draft)
    await states.settle_state(session, caller.actor, obligation)
    await letters.decided(session, fulfilment, FulfilmentDecisionKind.REVOKED, reason)
    return fulfilment
