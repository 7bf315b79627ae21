"""Count nothing provisionally any more that was not claimed while there was time.

Otherwise whoever splits an order and never claims it would hold a sanction back for ever. It can be
claimed still, as long as the obligation is open, and counts when the authority says so.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import jobs
from app.core.database import Database
from app.fulfilments import queries
from app.fulfilments.actions import beyond, decisions, keeping
from app.fulfilments.actions.recognising import AT_ONCE, Shrunk
from app.ledger import journal
from app.ledger.drafts import Draft
from app.obligations import queries as of_obligations
from app.obligations.actions import proposals, states
from app.obligations.models import Obligation


async def lapse_due(database: Database) -> None:
    """Let lapse what nobody claimed in time, order by order, each in its own transaction: a chore.

    Where claims wait that came in by the last day, all stays as it is until they are decided.
    """
    async with database.reading() as session:
        due = await queries.splits.unclaimed(session, AT_ONCE)
    await jobs.each_in_turn(database, due, lapse)


async def lapse(session: AsyncSession, order_id: UUID) -> None:
    """Let lapse what an order's units count for provisionally, where the time to claim is over."""
    _, order = await keeping.order(session, order_id)
    meant = await queries.splits.of_order(session, order.id)
    drafts: list[Draft] = []
    over = []
    for allocation in sorted(meant, key=lambda each: each.obligation_id):
        obligation = await of_obligations.obligations.kept(session, allocation.obligation_id)
        if await _is_over(session, obligation):
            surplus = await beyond.of(session, obligation)
            shrunk = Shrunk(allocation, obligation.authority_id, surplus)
            drafts += shrunk.lapse(allocation.provisional_units)
            over.append(obligation)
    await session.flush()
    await journal.post(session, *drafts)
    for obligation in over:
        await states.settle_state(session, decisions.CLOCK, obligation)


async def _is_over(session: AsyncSession, obligation: Obligation) -> bool:
    """Tell whether the time to claim is over, and nothing that came in by then waits."""
    last_day = obligation.recovery_ends_on or obligation.due_on
    return proposals.is_over(obligation) and not await queries.fulfilments.waiting(
        session, obligation.id, last_day
    )
