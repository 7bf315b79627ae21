"""End the sale of projects: unpaid orders end, unsold units lapse, a missed threshold is refunded.

Each project, and then each order, is a transaction of its own: what a crash left undone is found
again, because it is looked for by how things stand.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs
from app.core.database import Database
from app.ledger import balances, journal
from app.ledger.chart import FOR_SALE, UNALLOCATED
from app.ledger.drafts import AnyDraft, Void
from app.orders import postings, queries
from app.orders.actions import decisions, expiring, invoices, letters, parting, refunding
from app.orders.actions.letters import OrderLetter, ProjectLetter
from app.orders.actions.parting import Share, Why
from app.orders.models import Order, OrderDecisionKind, OrderState, PartKind
from app.orders.queries.buying import Offer
from app.projects.actions import outcomes
from app.projects.models import ProjectState, RoundState
from app.schemes.terms import Reallocating

MISSED = "The project did not reach its threshold."


async def end_due(database: Database) -> None:
    """End every sale that is over, and refund what missed its threshold: a chore."""
    await _end(database, RoundState.ENDED)


async def end_settled(database: Database) -> None:
    """Do the same for what is left of rounds that are settled: a chore that has more to look at.

    Units may stay on sale until their round is settled, and a dispute may be won after it.
    """
    await _end(database, RoundState.SETTLED)


async def _end(database: Database, state: RoundState) -> None:
    async with database.reading() as session:
        projects = await queries.ending.sales_to_end(session, state)
    failures: list[ExceptionGroup[Exception]] = []
    try:
        await jobs.each_in_turn(database, projects, end_sale)
    except ExceptionGroup as failed:
        # A sale that can't be ended keeps no buyer of another from their money.
        failures.append(failed)
    async with database.reading() as session:
        orders = await _to_refund(session, state)
    await jobs.each_in_turn(database, orders, refund_missed)
    if failures:
        message = "some sales could not be ended"
        raise ExceptionGroup(message, failures)


async def _to_refund(session: AsyncSession, state: RoundState) -> list[UUID]:
    """Find the orders that missed the threshold, and whose buyers had their time to choose."""
    due: list[UUID] = []
    for project_id in await queries.ending.missed(session, state):
        offer = await queries.buying.offer(session, project_id)
        if offer is not None and refund_due_at(offer) <= clock.now():
            due += await queries.orders.of_project(session, project_id, *parting.REFUNDABLE)
    return due


async def end_sale(session: AsyncSession, project_id: UUID) -> None:
    """End the sale of one project, if it is over by now.

    While a payment is under way, a project below its threshold may still reach it: then this waits
    for the next time.
    """
    project = await queries.orders.locked_project(session, project_id)
    offer = await queries.buying.offer(session, project_id)
    if offer is None or offer.is_on_sale(clock.now()):
        return
    ended, drafts = await _close_unpaid(session, project_id)
    under_way = await queries.orders.of_project(session, project_id, OrderState.PROCESSING)
    if not under_way:
        drafts += await _lapse(session, offer)
    if offer.project_state is ProjectState.LISTED and not under_way:
        sold, _amounts = await queries.orders.sold(session, project_id)
        outcomes.miss(session, project, sold)
        await _tell_buyers(session, offer)
        await letters.about_project(session, project, ProjectLetter.NOT_FUNDED)
    await session.flush()
    await journal.post(session, *drafts)
    for order in ended:
        await invoices.credit(session, order, expiring.NOT_PAID)


async def _close_unpaid(
    session: AsyncSession, project_id: UUID
) -> tuple[list[Order], list[AnyDraft]]:
    """End what waits for approval or payment, and give back what was paid in part.

    The reservations that end are given, too: their invoices go back after the books are written.
    """
    waiting = (OrderState.AWAITING_APPROVAL, OrderState.RESERVED)
    ended: list[Order] = []
    drafts: list[AnyDraft] = []
    for order_id in await queries.orders.of_project(session, project_id, *waiting):
        order = await queries.orders.locked(session, order_id)
        if order.state is OrderState.AWAITING_APPROVAL:
            order.state = OrderState.CANCELLED
            why = "The sale ended before it was approved."
            decisions.note(session, decisions.CLOCK, order, OrderDecisionKind.CANCELLED, why)
        elif order.state is OrderState.RESERVED:
            order.state = OrderState.EXPIRED
            ended.append(order)
            await letters.about_order(session, order, OrderLetter.EXPIRED)
            decisions.note(session, decisions.CLOCK, order, OrderDecisionKind.EXPIRED)
            drafts.append(Void(order.hold_reference))
            came = await balances.now(session, UNALLOCATED.of(order.scheme_id, order.id))
            if came.posted:
                drafts.append(postings.given_back(order, came.posted, clock.now()))
                await refunding.send_back(session, order, came.posted)
    return ended, drafts


async def _tell_buyers(session: AsyncSession, offer: Offer) -> None:
    """Write for each paid order that it is refunded, and until when its buyer can choose."""
    can_choose = isinstance(offer.terms.threshold_missed, Reallocating)
    until = refund_due_at(offer).isoformat() if can_choose else None
    for order in await queries.orders.locked_paid(session, offer.project_id):
        events.record(
            session,
            "order.threshold-missed",
            order.id,
            decisions.CLOCK,
            schemeId=str(order.scheme_id),
            projectId=str(order.project_id),
            buyerId=str(order.buyer_id),
            quantityUnits=order.remaining_units,
            chooseUntil=until,
        )


async def _lapse(session: AsyncSession, offer: Offer) -> list[AnyDraft]:
    left = await balances.now(session, FOR_SALE.of(offer.scheme_id, offer.project_id))
    if not left.posted:
        return []
    return [postings.lapsed(offer.scheme_id, offer.project_id, left.posted, clock.now())]


async def refund_missed(session: AsyncSession, order_id: UUID) -> None:
    """Refund one order of a project that missed its threshold, after its buyer could choose."""
    order, offer = await parting.locked(session, await session.get_one(Order, order_id))
    missed = offer.project_state is ProjectState.NOT_FUNDED
    if not missed or order.state not in parting.REFUNDABLE or refund_due_at(offer) > clock.now():
        return
    why = Why(PartKind.REFUNDED, decisions.CLOCK, MISSED)
    await parting.refund_shares(session, [Share(order, offer, order.remaining_units)], why)


def refund_due_at(offer: Offer) -> datetime:
    """Say from when orders of a project that missed its threshold are refunded."""
    missed = offer.terms.threshold_missed
    days = missed.within_days if isinstance(missed, Reallocating) else 0
    return offer.round_ends_at + timedelta(days=days)
