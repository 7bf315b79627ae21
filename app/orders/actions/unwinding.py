"""Take back what an order paid for: its money, its units, and what was recognised of them."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import Actor
from app.ledger import balances, journal
from app.ledger.chart import (
    FEE_INCOME,
    OPERATOR_LOSS,
    RECEIVABLE,
    REFUND_DUE,
    RESULT_PART,
    START_PART,
    VAT_FEE,
    VAT_SALE,
    Account,
)
from app.ledger.drafts import Draft, Line, credit, debit
from app.orders import hooks, postings, queries
from app.orders.actions import decisions, issuing, refunding
from app.orders.models import Order, OrderDecisionKind, OrderState
from app.orders.problems import OrderStateForbids
from app.orders.queries.buying import Offer
from app.payments.models import Dispute, DisputeStatus, Payment
from app.payments.postings import losing
from app.projects.models import ProjectState

UNWINDABLE = {OrderState.PAID, OrderState.DISPUTED}


async def refund(session: AsyncSession, actor: Actor, order: Order, reason: str) -> Order:
    """Refund a paid order, whole: all of its total goes back the way it came.

    A project that was funded stays funded. What was paid out of it already is a claim on its
    entrepreneur; what the operator spent of its fee is the operator's loss.

    Raises:
        OrderStateForbids: it is not paid, disputed, or was refunded.
    """
    order, offer = await _locked(session, order)
    if order.state is not OrderState.PAID:
        message = f"The order is {order.state}: only a paid one is refunded."
        raise OrderStateForbids(message, current_state=order.state)
    due = credit(REFUND_DUE.of(order.scheme_id, order.buyer_id), order.total_cents, order.id)
    await _unwind(session, actor, order, offer, (due, reason))
    await refunding.send_back(session, order, order.total_cents)
    return order


async def follow_dispute(session: AsyncSession, dispute: Dispute, payment: Payment) -> None:
    """Freeze an order whose payment is disputed, free it again, or unwind it: only lost annuls."""
    order, offer = await _locked(session, await session.get_one(Order, payment.owner_id))
    lost = dispute.status is DisputeStatus.LOST
    if dispute.status is DisputeStatus.OPEN and order.state is OrderState.PAID:
        order.state = OrderState.DISPUTED
        decisions.note(session, decisions.PAYMENTS, order, OrderDecisionKind.DISPUTED)
    elif dispute.status is DisputeStatus.WON and order.state is OrderState.DISPUTED:
        order.state = OrderState.PAID
        decisions.note(session, decisions.PAYMENTS, order, OrderDecisionKind.DISPUTE_WON)
    elif lost and order.state in UNWINDABLE:
        line = losing(dispute, order.scheme_id, order.id)
        await _unwind(session, decisions.PAYMENTS, order, offer, (line, "The dispute was lost."))
        await refunding.send_back(session, order, order.total_cents - dispute.amount_cents)
    elif lost:
        await _bear(session, order, dispute)


async def _locked(session: AsyncSession, order: Order) -> tuple[Order, Offer]:
    await queries.orders.locked_project(session, order.project_id)
    offer = await queries.buying.offer(session, order.project_id)
    if offer is None:
        message = f"The order {order.id} is for a project that was never on the market."
        raise RuntimeError(message)
    return await queries.orders.locked(session, order.id), offer


async def _unwind(
    session: AsyncSession, actor: Actor, order: Order, offer: Offer, to: tuple[Line, str]
) -> None:
    """Enter it all in one call: where the money was taken from, and the units."""
    owed, reason = to
    block = await queries.units.given(session, order)
    if offer.project_state is ProjectState.LISTED:
        taken = [postings.undeposited(order)]
    else:
        taken = await _taken(session, order, offer)
    rest = order.total_cents - owed.amount
    if rest:
        taken.append(_difference(order, rest))
    await journal.post(session, postings.unwound(order, (*taken, owed), clock.now()))
    order.state = OrderState.REFUNDED
    decisions.note(session, actor, order, OrderDecisionKind.REFUNDED, reason)
    await issuing.annul(session, order, reason)
    await session.flush()
    await hooks.unwound(session, order, block, reason)


def _difference(order: Order, cents: int) -> Line:
    """Owe a buyer what a dispute did not take; bear what it took beyond the order."""
    if cents > 0:
        return credit(REFUND_DUE.of(order.scheme_id, order.buyer_id), cents, order.id)
    return debit(OPERATOR_LOSS.of(order.scheme_id), -cents, order.id)


async def _taken(session: AsyncSession, order: Order, offer: Offer) -> list[Line]:
    """Take from each account what is there, and claim the rest from whoever had it."""
    scheme_id, entrepreneur_id = order.scheme_id, offer.entrepreneur_id
    claim, loss = RECEIVABLE.of(scheme_id, entrepreneur_id), OPERATOR_LOSS.of(scheme_id)
    parts = [
        RESULT_PART.of(scheme_id, order.project_id),
        START_PART.of(scheme_id, order.project_id),
    ]
    wanted = [
        (parts, order.proceeds_cents, claim),
        ([VAT_SALE.of(scheme_id, entrepreneur_id)], order.vat_sale_cents, claim),
        ([FEE_INCOME.of(scheme_id)], order.fee_cents, loss),
        ([VAT_FEE.of(scheme_id)], order.vat_fee_cents, loss),
    ]
    return [
        line
        for accounts, cents, otherwise in wanted
        for line in await _from(session, order, accounts, cents, otherwise)
    ]


async def _from(
    session: AsyncSession, order: Order, accounts: list[Account], cents: int, otherwise: Account
) -> list[Line]:
    lines = []
    for account in accounts:
        there = (await balances.now(session, account)).available
        part = min(cents, there)
        lines.append(debit(account, part, order.id))
        cents -= part
    return [*lines, debit(otherwise, cents, order.id)]


async def _bear(session: AsyncSession, order: Order, dispute: Dispute) -> None:
    """Bear what is lost of an order that had gone back already: it was paid twice."""
    await journal.post(
        session,
        Draft(
            kind="order.lost-twice",
            reference=f"order/{order.id}/lost/{dispute.id}",
            narration="A dispute was lost after the refund",
            occurred_at=clock.now(),
            lines=(
                debit(OPERATOR_LOSS.of(order.scheme_id), dispute.amount_cents, order.id),
                losing(dispute, order.scheme_id, order.id),
            ),
        ),
    )
