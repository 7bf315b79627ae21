"""The provider hangs, breaks, is asked too often, or loses its answers; nobody else waits."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import UUID

import asyncpg
import sqlalchemy as sa

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.payments.actions import receipts
from app.payments.facts import Arrival
from app.payments.fake.faults import Trouble
from app.payments.models import Payment, Rail
from scripts.benchmarks.server import Bench
from scripts.benchmarks.stalls import Market, Stalls, put_up
from scripts.disasters import proofs
from scripts.disasters.buying import Bought, Buyers, buyers
from scripts.disasters.ground import Ground
from scripts.disasters.installation import Installation, running
from scripts.disasters.kills import PATIENT
from scripts.disasters.report import Chapter

SAMPLE_SECONDS = 0.05
LONGEST_IDLE_SECONDS = 2.0
"""A transaction waits so long for its own Python on a busy machine; the provider takes longer."""


@dataclass(frozen=True)
class Plan:
    """How much is bought and refunded while the provider is in trouble."""

    purchases: int
    each: int
    """So often each trouble, for each kind of request."""
    hang_seconds: float
    timeout_seconds: float
    """After so long without an answer the outcome of a call is unknown."""
    readers: int = 4


TINY = Plan(6, 1, 2.0, 1.5, readers=1)
QUICK = Plan(16, 1, 6.0, 3.0)
FULL = Plan(32, 2, 8.0, 4.0)
ENDLESS = Plan(200, 10, 30.0, 10.0)

CALLS = ("POST /v1/checkout/sessions", "POST /v1/refunds", "GET /v1/")


@dataclass
class _Watch:
    """What others saw meanwhile."""

    waits: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    """How long a transaction waited for its client, each time that one did."""
    booked: list[float] = field(default_factory=list)
    """How long it took until money that came by bank was in the books."""

    @property
    def p99_milliseconds(self) -> float:
        """Of the waits."""
        return sorted(self.waits)[len(self.waits) * 99 // 100] * 1_000 if self.waits else 0.0


async def run(ground: Ground, plan: Plan) -> Chapter:
    """Buy and refund while the provider is in every kind of trouble; read and order meanwhile."""
    chapter = Chapter(
        "faults",
        f"{plan.purchases} purchases, half of them refunded; each trouble {plan.each} times for"
        f" each kind of request; it hangs {plan.hang_seconds:.0f} s",
    )
    bench = await ground.copied("faults")
    market = Market((plan.purchases + 10, 1_000_000), 1, terms=PATIENT)
    there = await asyncio.to_thread(put_up, bench, market)
    installation = Installation(bench, BAAT_STRIPE_TIMEOUT_SECONDS=str(plan.timeout_seconds))
    async with running(installation), buyers(installation) as who:
        with chapter.timed():
            calm, troubled = await _both(plan, bench, there, who)
            took, left = await proofs.settled(installation)
        _seen(chapter, plan, calm, troubled)
        chapter.saw(f"settled {took:.1f} s later; left: {left or 'nothing'}", right=not left)
        async with installation.looked_into() as database:
            await _resolved(chapter, plan, installation, database)
        await proofs.books_hold(installation, chapter)
    return chapter


async def _both(plan: Plan, bench: Bench, there: Stalls, who: Buyers) -> tuple[_Watch, _Watch]:
    """Do the same twice: a half while all is well, and a half while the provider is in trouble."""
    half = plan.purchases // 2
    async with _watched(plan, bench, there, who) as calm:
        first = await _bought(who, there, half)
    await proofs.settled(who.installation)
    faults = who.installation.player.faults
    for call in CALLS:
        for trouble in Trouble:
            faults.order(trouble, call, plan.each, plan.hang_seconds)
    async with _watched(plan, bench, there, who) as troubled:
        refunds = asyncio.create_task(_refunded(who, there, first))
        await _bought(who, there, half)
        await refunds
        while await _settled_refunds(bench) < half:
            await asyncio.sleep(SAMPLE_SECONDS)
    faults.ordered.clear()
    return calm, troubled


async def _settled_refunds(bench: Bench) -> int:
    connection = await asyncpg.connect(bench.url)
    try:
        query = "SELECT count(*) FROM outgoings WHERE status = 'settled'"
        return int(await connection.fetchval(query))
    finally:
        await connection.close()


async def _bought(who: Buyers, there: Stalls, count: int) -> list[Bought]:
    shoppers = [there.shoppers[number % len(there.shoppers)] for number in range(count)]
    return list(
        await asyncio.gather(*(who.buy(shopper, there.projects[0]) for shopper in shoppers))
    )


async def _refunded(who: Buyers, there: Stalls, bought: list[Bought]) -> None:
    for one in bought:
        path = f"/v1/orders/{one.order_id}/refunds"
        answer = await who.post(path, {"reason": "A disaster."}, there.operator)
        if answer.status_code != HTTPStatus.CREATED:
            message = f"A refund was answered with {answer.status_code}: {answer.text}"
            raise AssertionError(message)


@asynccontextmanager
async def _watched(plan: Plan, bench: Bench, there: Stalls, who: Buyers) -> AsyncIterator[_Watch]:
    """Let others read and order meanwhile, and look for transactions that wait."""
    watch, over = _Watch(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(_look(bench, watch, over))
        group.create_task(_pay_by_bank(there, who, watch, over))
        for _ in range(plan.readers):
            group.create_task(_go_on(there, who, watch, over))
        yield watch
        over.set()


async def _look(bench: Bench, watch: _Watch, over: asyncio.Event) -> None:
    connection = await asyncpg.connect(bench.url)
    try:
        while not over.is_set():
            watch.idle += [row["seconds"] for row in await connection.fetch(_IDLE)]
            await asyncio.sleep(SAMPLE_SECONDS)
    finally:
        await connection.close()


_IDLE = """
SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp() - state_change) AS double precision) AS seconds
  FROM pg_stat_activity
 WHERE datname = current_database() AND state = 'idle in transaction'
"""


async def _go_on(there: Stalls, who: Buyers, watch: _Watch, over: asyncio.Event) -> None:
    """Read the market and order from another project, again and again."""
    shopper, project_id = there.shoppers[0], there.projects[1]
    while not over.is_set():
        for asked in (
            who.client.get(f"/v1/market/projects/{project_id}"),
            who.order(shopper, project_id),
        ):
            began = time.monotonic()
            await asked
            watch.waits.append(time.monotonic() - began)
        await asyncio.sleep(SAMPLE_SECONDS)


async def _pay_by_bank(there: Stalls, who: Buyers, watch: _Watch, over: asyncio.Event) -> None:
    """Let money come in by bank, again and again: work that the provider has no part in."""
    shopper, project_id = there.shoppers[0], there.projects[1]
    async with who.installation.looked_into() as database:
        while not over.is_set():
            answer = await who.order(shopper, project_id)
            order_id = UUID(answer.json()["id"])
            path = f"/v1/orders/{order_id}/payments"
            begun = await who.post(path, {"way": "bank"}, shopper)
            began = time.monotonic()
            await _arrives(database, UUID(begun.json()["id"]))
            while not await _is_paid(database, order_id):
                await asyncio.sleep(SAMPLE_SECONDS)
            watch.booked.append(time.monotonic() - began)


async def _arrives(database: Database, payment_id: UUID) -> None:
    async with database.work() as session:
        payment = await session.get_one(Payment, payment_id, with_for_update=True)
        arrival = Arrival(
            scheme_id=payment.scheme_id,
            rail=Rail.BANK,
            external_id=f"disaster/{new_id()}",
            amount_cents=payment.amount_cents,
            received_at=clock.now(),
        )
        await receipts.take(session, arrival, payment)


async def _is_paid(database: Database, order_id: UUID) -> bool:
    async with database.reading() as session:
        query = sa.text("SELECT state = 'paid' FROM orders WHERE id = :id")
        return bool(await session.scalar(query, {"id": order_id}))


def _seen(chapter: Chapter, plan: Plan, calm: _Watch, troubled: _Watch) -> None:
    longest = max(troubled.idle, default=0.0)
    chapter.saw(
        f"longest that a transaction waited for its client: {longest * 1_000:.0f} ms"
        f" (before: {max(calm.idle, default=0.0) * 1_000:.0f} ms)",
        right=longest < min(LONGEST_IDLE_SECONDS, plan.timeout_seconds),
    )
    limit = max(1_000.0, 3 * calm.p99_milliseconds)
    chapter.saw(
        f"p99 of {len(troubled.waits)} other requests: {troubled.p99_milliseconds:.0f} ms"
        f" (before, of {len(calm.waits)}: {calm.p99_milliseconds:.0f} ms)",
        right=troubled.p99_milliseconds < limit,
    )
    slowest = max(troubled.booked, default=0.0)
    chapter.saw(
        f"money by bank was in the books after {slowest:.1f} s at the most, of"
        f" {len(troubled.booked)} (before: {max(calm.booked, default=0.0):.1f} s)",
        right=slowest < plan.timeout_seconds,
    )


async def _resolved(
    chapter: Chapter, plan: Plan, installation: Installation, database: Database
) -> None:
    """See that every unknown outcome became known, and that nothing was done twice."""
    async with database.reading() as session:
        found = [tuple(row) for row in await session.execute(sa.text(_STANDING))]
    half = plan.purchases // 2
    expected = [("outgoing settled", half), ("payment succeeded", 2 * half)]
    chapter.saw(", ".join(f"{what}: {count}" for what, count in found), right=found == expected)
    store = installation.player.store
    kinds = {kind: len(list(store.all(kind))) for kind in ("checkout.session", "charge", "refund")}
    wanted = {"checkout.session": 2 * half, "charge": 2 * half, "refund": half}
    chapter.saw(f"at the provider: {kinds}", right=kinds == wanted)


_STANDING = """
SELECT 'outgoing ' || status AS what, count(*) FROM outgoings GROUP BY status
UNION ALL
SELECT 'payment ' || status, count(*) FROM payments WHERE way <> 'bank' GROUP BY status
ORDER BY what
"""
