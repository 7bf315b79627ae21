"""Lower what was recognised to what came about, when a project's final report is accepted.

The result itself stands fixed from the transaction that accepts the report: whatever is valued
from then on is valued by it. What was valued before follows order by order, in a chore: the orders
of a project are for the obligations of many companies, and an acceptance that waited for all of
their locks could not be made while any of them is at work.
"""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs
from app.core.database import Database
from app.fulfilments import postings, queries
from app.fulfilments.actions import beyond, decisions, keeping, letters
from app.fulfilments.actions.beyond import Beyond
from app.fulfilments.models import Allocation, Fulfilment, FulfilmentState
from app.fulfilments.postings import Back, Revoked
from app.ledger import journal
from app.ledger.drafts import Draft
from app.obligations.actions import states
from app.obligations.models import Obligation, RuleVersion
from app.obligations.valuing import Realised, Sum, result
from app.orders.models import Order

AT_ONCE = 200


async def adjust_due(database: Database) -> None:
    """Adjust all that a final report was accepted of, order by order: a chore."""
    async with database.reading() as session:
        due = await queries.results.unadjusted(session, AT_ONCE)
    await jobs.each_in_turn(database, due, adjust)


async def adjust(session: AsyncSession, order_id: UUID) -> None:
    """Lower what an order's units count for, where the rules of an obligation say so.

    What was looked at once is never looked at again. A closed obligation stays as it is, as long
    as it is closed.
    """
    _, order = await keeping.order(session, order_id)
    report_id = await queries.results.report_id(session, order.project_id)
    if report_id is None:
        return
    drafts: list[Draft] = []
    valued = await _valued_before(session, order)
    kept = await keeping.obligations(session, (each.obligation_id for each in valued))
    surplus = {id_: await beyond.of(session, obligation) for id_, obligation in kept.items()}
    for each in valued:
        obligation = kept[each.obligation_id]
        if obligation.state.is_closed:
            continue
        each.report_id = report_id
        realised = await _realised(session, order, obligation)
        if realised is not None:
            drafts += _lowered(session, each, realised, (obligation, surplus[obligation.id]))
    await session.flush()
    await journal.post(session, *drafts)
    changed = {line.account.owner_id for draft in drafts for line in draft.lines}
    for obligation in kept.values():
        if obligation.id in changed:
            await states.settle_state(session, decisions.CLOCK, obligation)
            await letters.adjusted(session, order, obligation)


async def _valued_before(session: AsyncSession, order: Order) -> list[Allocation | Fulfilment]:
    """List what counts of an order and was valued before the final report was accepted."""
    live = await queries.fulfilments.live_of_order(session, order.id)
    approved = [each for each in live if each.state is FulfilmentState.APPROVED]
    meant = await queries.splits.of_order(session, order.id)
    counted: list[Allocation | Fulfilment] = [*approved]
    counted += [each for each in meant if each.provisional_units]
    return [each for each in counted if each.report_id is None]


async def _realised(session: AsyncSession, order: Order, obligation: Obligation) -> Realised | None:
    version = await session.get_one(RuleVersion, obligation.rules_id)
    return await queries.results.realised(session, order, version.read_rules())


def _lowered(
    session: AsyncSession,
    valued: Allocation | Fulfilment,
    realised: Realised,
    kept: tuple[Obligation, Beyond],
) -> list[Draft]:
    obligation, surplus = kept
    if isinstance(valued, Fulfilment):
        return _adjusted(session, valued, realised, surplus)
    cents = valued.provisional_cents - realised.of(valued.provisional_cents)
    if not cents:
        return []
    valued.entries += 1
    valued.provisional_cents -= cents
    valued.lowered_cents += cents
    events.record(
        session,
        "order.lowered",
        valued.order_id,
        decisions.CLOCK,
        obligationId=str(obligation.id),
        cents=cents,
        realised=str(realised),
    )
    back = Back(cents, surplus.take(cents))
    return [postings.lowered(valued, obligation.authority_id, back, clock.now())]


def _adjusted(
    session: AsyncSession, fulfilment: Fulfilment, realised: Realised, surplus: Beyond
) -> list[Draft]:
    written, counted = Sum(), fulfilment.counted_cents
    cents = counted - result(realised, counted, written)
    if not cents:
        return []
    # Its units stay with it.
    gone = Revoked(0, cents, surplus.take(cents))
    fulfilment.lowered_cents += cents
    own_surplus = fulfilment.surplus_cents - fulfilment.revoked_surplus_cents
    fulfilment.revoked_surplus_cents += min(cents, own_surplus)
    fulfilment.steps = [*fulfilment.steps, *(asdict(step) for step in written.steps)]
    reason = "; ".join(str(step) for step in written.steps)
    decisions.note_adjusted(session, fulfilment, gone, reason)
    return [postings.adjusted(fulfilment, gone, clock.now())]
