"""Count units provisionally once their project is funded, and let that lapse."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.core.database import Database
from app.core.money import split
from app.fulfilments import postings, queries
from app.fulfilments.actions import decisions, keeping
from app.fulfilments.actions.beyond import Beyond
from app.fulfilments.models import Allocation, FulfilmentState
from app.fulfilments.postings import Back
from app.fulfilments.queries.splits import FIRM, OPEN, PAID
from app.ledger import journal
from app.ledger.drafts import Draft
from app.obligations import queries as of_obligations
from app.obligations.actions import proposals, states
from app.obligations.models import Obligation
from app.orders.models import Order
from app.schemes.models import Policy

SETTLE = jobs.JobKind("fulfilments.settle-state")
"""Let an obligation's state say what its book says, after an order lost units."""

AT_ONCE = 200


async def recognise_due(database: Database) -> None:
    """Count all that became firm, order by order, each in its own transaction: a chore."""
    async with database.reading() as session:
        due = await queries.splits.unrecognised(session, AT_ONCE)
    await jobs.each_in_turn(database, due, recognise)


async def recognise(session: AsyncSession, order_id: UUID) -> None:
    """Count provisionally what an order's split says, if it is firm by now."""
    project, order = await keeping.order(session, order_id)
    if order.state not in PAID or project.state not in FIRM:
        return
    policy = await session.get_one(Policy, order.policy_id)
    is_wanted = policy.read_terms().recognition.provisional_when_firm
    waiting = [each for each in await queries.splits.of_order(session, order_id) if _waits(each)]
    kept = await keeping.obligations(session, (each.obligation_id for each in waiting))
    drafts = []
    for allocation in waiting:
        obligation = kept[allocation.obligation_id]
        if obligation.state in OPEN:
            allocation.is_due = False
            counts = is_wanted and not proposals.is_over(obligation)
            drafts += await _counted(session, order, obligation, allocation) if counts else []
    await session.flush()
    await journal.post(session, *drafts)
    for obligation in kept.values():
        await states.settle_state(session, decisions.CLOCK, obligation)


def _waits(allocation: Allocation) -> bool:
    return allocation.is_due and allocation.quantity_units > 0


async def _counted(
    session: AsyncSession, order: Order, obligation: Obligation, allocation: Allocation
) -> list[Draft]:
    """Value units now; what is more than is open counts when somebody decides, not before.

    What the authority turned down counts when somebody decides otherwise, however it is split.
    """
    live = await queries.fulfilments.live_of_order(session, order.id)
    approved = sum(
        each.counted_units
        for each in live
        if each.obligation_id == obligation.id and each.state is FulfilmentState.APPROVED
    )
    about, lost_by = (order.id, obligation.id), str(decisions.ORDERS)
    turned_down = await queries.fulfilments.turned_down_units(session, *about, lost_by)
    units = allocation.quantity_units - approved - turned_down
    if units <= 0:
        return []
    before = allocation.provisional_cents
    worth = await queries.assessing.worth_of(session, obligation, order, units, before)
    if worth.cents <= before:
        return []
    allocation.entries += 1
    allocation.provisional_units = units
    allocation.provisional_cents = worth.cents
    allocation.lowered_cents = worth.unrealised_cents
    allocation.report_id = await queries.results.report_id(session, order.project_id)
    more = worth.cents - before
    return [postings.provisional(allocation, obligation.authority_id, more, clock.now())]


async def look_again(session: AsyncSession, obligation_id: UUID) -> None:
    """Have units counted for which an obligation had no room before it was raised."""
    await session.execute(
        sa.update(Allocation)
        .where(Allocation.obligation_id == obligation_id, Allocation.quantity_units > 0)
        .values(is_due=True)
    )


def give_back(allocation: Allocation, units: int) -> int:
    """Take what some of an allocation's units counted for provisionally off it, in cents."""
    units = min(units, allocation.provisional_units)
    if not units:
        return 0
    cents = allocation.share_of(units)
    rest = allocation.provisional_units - units
    allocation.lowered_cents -= split(allocation.lowered_cents, (units, rest))[0]
    allocation.provisional_units = rest
    allocation.provisional_cents -= cents
    return cents


@dataclass(frozen=True, slots=True)
class Shrunk:
    """An allocation that has fewer units now, and the book of its obligation."""

    allocation: Allocation
    authority_id: UUID
    surplus: Beyond

    def lapse(self, units: int) -> list[Draft]:
        """Let lapse what some of its units counted for provisionally."""
        return self._entered(give_back(self.allocation, units))

    def lose(self, units: int) -> list[Draft]:
        """Let lapse what units counted for that the order lost: first what did not come about.

        Their money went back, or to another project: what came about stands for the others.
        """
        allocation = self.allocation
        units = min(units, allocation.provisional_units)
        if not units:
            return []
        rest = allocation.provisional_units - units
        share = split(allocation.provisional_cents + allocation.lowered_cents, (units, rest))[0]
        absorbed = min(share, allocation.lowered_cents)
        allocation.lowered_cents -= absorbed
        allocation.provisional_units = rest
        allocation.provisional_cents -= share - absorbed
        return self._entered(share - absorbed)

    def _entered(self, cents: int) -> list[Draft]:
        if not cents:
            return []
        self.allocation.entries += 1
        back = Back(cents, self.surplus.take(cents))
        return [postings.lapsed(self.allocation, self.authority_id, back, clock.now())]


async def settle_state(session: AsyncSession, obligation_id: UUID) -> None:
    """Let an obligation's state say what its book says."""
    obligation = await of_obligations.obligations.kept(session, obligation_id)
    await states.settle_state(session, decisions.CLOCK, obligation)
