"""What happens to paid orders, and what is left of them, for tests to look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from app.core import clock
from app.core.events import Actor
from app.core.ids import new_id
from app.ledger import journal
from app.ledger.chart import BANK, Account
from app.ledger.drafts import Draft, credit, debit
from app.orders.actions import reallocating
from app.orders.actions.reallocating import Wish
from app.orders.models import Order
from app.payments import hooks
from app.payments.hooks import Thing
from app.payments.models import Dispute, DisputeStatus
from app.projects.models import Listing, Round
from tests import make
from tests.make.payments import jobs_done
from tests.orders.conftest import Stall

TESTER = Actor.system("test")
STOPPED = "UPDATE projects SET state = 'stopped' WHERE id = :id"


async def refund(stall: Stall, order_id: UUID, units: int | None = None) -> httpx.Response:
    more = {} if units is None else {"quantityUnits": units}
    return await stall.act(order_id, "refunds", by=stall.operator, **more)


async def parts(stall: Stall, order_id: UUID) -> list[dict[str, object]]:
    path = f"/v1/orders/{order_id}/refunds"
    answer = await stall.client.get(path, headers=stall.buyer.clerk.headers)
    parts: list[dict[str, object]] = answer.json()["items"]
    return parts


async def impact(stall: Stall, listing: Listing | None = None) -> dict[str, int]:
    """Add up the units of a project; they are always all there."""
    listing = listing or stall.listing
    query = sa.text(
        "SELECT a.kind, sum(CASE WHEN l.side = a.side THEN l.amount ELSE -l.amount END)"
        " FROM ledger_accounts a JOIN ledger_lines l ON l.account_id = a.id"
        " WHERE a.owner_id = :project OR a.owner_id IN"
        " (SELECT id FROM orders WHERE project_id = :project) GROUP BY a.kind"
    )
    async with stall.database.reading() as session:
        found = await session.execute(query, {"project": listing.project_id})
        has = {kind: int(units) for kind, units in found}
    kinds = ("for_sale", "owned", "retired", "annulled", "lapsed")
    units = {kind: has[kind] for kind in kinds if has.get(kind)}
    assert has["issued"] == sum(units.values())
    return units


async def spend(stall: Stall, amounts: dict[Account, int], about_id: UUID) -> None:
    """Let money leave accounts, as payouts do."""
    async with stall.database.work() as session:
        draft = Draft(
            kind="test.spent",
            reference=f"test/{new_id()}",
            narration="Spent",
            occurred_at=clock.now(),
            lines=(
                *(debit(account, cents, about_id) for account, cents in amounts.items()),
                credit(BANK.of(stall.listing.scheme_id), sum(amounts.values()), about_id),
            ),
        )
        await journal.post(session, draft)


async def disputed(
    stall: Stall, order_id: UUID, status: DisputeStatus, cents: int | None = None, which: int = 0
) -> None:
    """Let a dispute of an order's payment come to some status, and its owner hear of it twice."""
    payment_id = (await stall.payments(order_id))[which]
    async with stall.database.work() as session:
        query = sa.select(Dispute).where(Dispute.payment_id == payment_id)
        dispute = await session.scalar(query)
        if dispute is None:
            dispute = Dispute(
                payment_id=payment_id,
                external_id=f"du_{new_id().hex}",
                amount_cents=cents,
                reason="fraudulent",
                opened_at=clock.now(),
            )
            session.add(dispute)
        dispute.status = status
        await session.flush()
        for _ in range(2):
            await hooks.tell(session, Thing.DISPUTE, dispute.id)
    await jobs_done(stall.database)


async def another(stall: Stall) -> Listing:
    """Another project in the same round."""
    async with stall.database.work() as session:
        in_round = await session.get_one(Round, stall.listing.round_id)
        return await make.a_listing(session, in_round)


async def move(stall: Stall, order_id: UUID, to: UUID) -> httpx.Response:
    """Let a buyer move an order to another project."""
    return await stall.client.post(
        f"/v1/orders/{order_id}/reallocations",
        json={"projectId": str(to)},
        headers={**stall.buyer.clerk.headers, "Idempotency-Key": str(new_id())},
    )


async def move_some(stall: Stall, order_id: UUID, to: UUID, units: int) -> UUID:
    """Move units of an order of a stopped project to another one, as who decides about it does."""
    async with stall.database.work() as session:
        order = await session.get_one(Order, order_id)
        wish = Wish(TESTER, order.ordered_by_id, units, "It stopped.", undisbursed=True)
        moved = await reallocating.reallocate_undisbursed(session, order, to, wish)
        return moved.id


LOCKING = {"ledger_post(": "books", "ledger_enter(": "books", "INTO invoices": "invoices"}
"""What waits for others, by the statements that do: the books first, and then invoice series."""


@contextmanager
def locking(stall: Stall) -> Iterator[list[str]]:
    """Write down in which order books and invoice series are locked."""
    locked: list[str] = []

    def note(*said: Any) -> None:  # noqa: ANN401  What SQLAlchemy tells.
        locked.extend(what for words, what in LOCKING.items() if words in said[2])

    engine = stall.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield locked
    sa.event.remove(engine, "before_cursor_execute", note)


DATES = ("plans_open_at", "plans_close_at", "scores_due_at", "sale_begins_at", "sale_ends_at")


async def miss(stall: Stall, days: int = 0) -> None:
    """Let the project have missed its threshold; its round ended so many days earlier."""
    await stall.change(
        "UPDATE projects SET state = 'not_funded' WHERE id = :id", id=stall.listing.project_id
    )
    moved = ", ".join(f"{name} = {name} - make_interval(days => :days)" for name in DATES)
    state = "'ended'" if days else "state"
    await stall.change(
        f"UPDATE rounds SET state = {state}, {moved} WHERE id = :id",  # noqa: S608  Our own.
        days=days,
        id=stall.listing.round_id,
    )
