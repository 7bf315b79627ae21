"""The clock jumps ahead and back while companies buy: all stays in its order, and nothing twice."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID, uuid4

import asyncpg

from app.core import clock, installation
from app.core.events import Actor
from app.core.installation import TimeGoesForward
from scripts.benchmarks.server import Bench
from scripts.benchmarks.stalls import Market, Stalls, put_up
from scripts.disasters import kills, proofs
from scripts.disasters.buying import Bought, Buyers, buyers
from scripts.disasters.ground import Ground
from scripts.disasters.installation import Installation, running
from scripts.disasters.report import Chapter

AHEAD_MINUTES, BACK_MINUTES = 60, 45
"""The farthest of one jump while companies buy: what is reserved stays so for a day."""
WATCH_SECONDS = 0.2
AT_ONCE = 4

SALE_ENDS_WITHIN_SECONDS = 20.0
"""The round is ended by a job that the jump wakes, and its sales by the next turn of a chore that
comes every ten seconds: those ten are its beat, in a jump as on any other day."""

OPERATOR = Actor.system("chaos")


@dataclass(frozen=True)
class Plan:
    """How much is bought, while the clock jumps how often."""

    purchases: int
    jumps: int


TINY = Plan(6, 4)
QUICK = Plan(12, 8)
FULL = Plan(40, 16)
ENDLESS = Plan(1_000, 400)


@dataclass
class _Watch:
    """What must never fall: positions in the books, and the size of the sealed log."""

    position: int = -1
    size: int = -1
    fallen: list[str] = field(default_factory=list)

    def see(self, position: int, size: int) -> None:
        """Compare with what was seen before."""
        if position < self.position or size < self.size:
            self.fallen.append(f"{self.position}/{self.size} -> {position}/{size}")
        self.position, self.size = position, size


async def run(ground: Ground, plan: Plan) -> Chapter:
    """Let the clock jump at random while companies buy; then past the end of the sale, and back."""
    chapter = Chapter(
        "clock",
        f"{plan.purchases} purchases while the clock jumps {plan.jumps} times, up to"
        f" {AHEAD_MINUTES} minutes ahead and {BACK_MINUTES} back; then past a sign-in, past the"
        " sale's end, and back by 70 days",
    )
    bench = await ground.empty("clocks", BAAT_DEMO="true")
    market = Market((plan.purchases + 100, 50), 1, terms=kills.PATIENT)
    there = await asyncio.to_thread(put_up, bench, market)
    # All but the first one's sign-in outlasts this.
    await asyncio.to_thread(bench.execute, _LONG_SESSIONS.format(there.shoppers[0].user_id))
    await _put_back(chapter, bench)
    # Neither the application nor the database lets it go back; the machine's own clock can.
    await asyncio.to_thread(bench.execute, _GUARD.format("DISABLE"))
    served = Installation(
        bench,
        BAAT_DEMO="true",
        BAAT_SESSION_IDLE_MINUTES="10000000",
        BAAT_JOB_POLL_SECONDS="0.5",
    )
    with _own_clock():
        async with running(served), buyers(served) as who:
            with chapter.timed():
                bought, repeated = await _bought_meanwhile(
                    ground, chapter, plan, (bench, there, who)
                )
                await _signed_out(chapter, bench, there, who)
                took, left = await proofs.settled(served)
                chapter.saw(
                    f"settled {took:.1f} s later; left: {left or 'nothing'}", right=not left
                )
                async with served.looked_into() as database:
                    await kills.compared(chapter, bought, served, database, unpaid=repeated)
                await _sale_over(chapter, bench, there, who)
                took, left = await proofs.settled(served)
            await asyncio.to_thread(bench.execute, _GUARD.format("ENABLE"))
            await proofs.books_hold(served, chapter)
            await proofs.all_checked(served, chapter)
    return chapter


_LONG_SESSIONS = """
UPDATE user_sessions SET expires_at = expires_at + interval '10 years' WHERE user_id <> '{}'
"""


_GUARD = "ALTER TABLE installations {} TRIGGER USER"


async def _put_back(chapter: Chapter, bench: Bench) -> None:
    """See that the owner of the tables can't put the clock back either."""
    try:
        await _jump(bench, timedelta(days=-1))
        refused = False
    except asyncpg.RestrictViolationError:
        refused = True
    chapter.saw(f"set back in the row: {'refused' if refused else 'taken'}", right=refused)


@contextmanager
def _own_clock() -> Iterator[None]:
    """Put this process's clock back when all is over."""
    try:
        yield
    finally:
        clock.shift(timedelta(0))


async def _bought_meanwhile(
    ground: Ground, chapter: Chapter, plan: Plan, around: tuple[Bench, Stalls, Buyers]
) -> tuple[list[Bought], set[UUID]]:
    """Say what was bought, and what was ordered with one key again and again, and not paid."""
    bench, there, who = around
    chance, watch = ground.chance("clock"), _Watch()
    key, first = uuid4().hex, set[UUID]()
    async with _watching(bench, watch):
        buying = asyncio.create_task(_buy(who, there, plan.purchases))
        offset = farthest = 0
        for number in range(plan.jumps):
            await asyncio.sleep(chance.uniform(0.2, 1.5))
            ahead = chance.uniform(1, AHEAD_MINUTES)
            minutes = ahead if number % 2 == 0 else -chance.uniform(1, BACK_MINUTES)
            offset = await _jump(bench, timedelta(minutes=minutes))
            farthest = max(farthest, offset)
            answer = await who.order(there.shoppers[1], there.projects[1], 1, key)
            first.add(UUID(answer.json()["id"]))
        sealed = watch.size
        last = await who.buy(there.shoppers[1], there.projects[0])
        await _until(lambda: watch.size > sealed, 30.0)
        waiting = await _count(bench, _WAITING)
        # What was to be done at once, a moment before the clock went back, waits for that moment.
        await _jump(bench, timedelta(seconds=farthest - offset))
        bought = [*await buying, last]
    chapter.saw(f"after the last jump back {waiting} jobs waited until the clock was right again")
    chapter.saw(who.told(), right="500" not in who.instead)
    chapter.saw(f"repeated with one key after each jump: {len(first)} order", right=len(first) == 1)
    gaps = await _count(bench, _GAPS)
    chapter.saw(f"positions and leaves that are missing: {gaps}", right=gaps == 0)
    chapter.saw_none(
        f"positions up to {watch.position}, a log of {watch.size}, sealed after the last jump back"
        f" (it was {sealed}); times that one fell",
        [*watch.fallen, *([] if watch.size > sealed else ["nothing more is sealed"])],
    )
    return bought, first


async def _until(found: Callable[[], bool], seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not found() and time.monotonic() < ends:
        await asyncio.sleep(WATCH_SECONDS)


async def _buy(who: Buyers, there: Stalls, purchases: int) -> list[Bought]:
    few = asyncio.Semaphore(AT_ONCE)

    async def buy(number: int) -> Bought:
        async with few:
            shopper = there.shoppers[1 + number % (len(there.shoppers) - 1)]
            return await who.buy(shopper, there.projects[0])

    return list(await asyncio.gather(*map(buy, range(purchases))))


async def _jump(bench: Bench, by: timedelta) -> int:
    """Let the clock of every process jump, as if somebody had set that of the machine.

    Says how many seconds it is ahead now.
    """
    connection = await asyncpg.connect(bench.database.migrations_url)
    try:
        offset = int(await connection.fetchval(_SET, int(by.total_seconds())))
    finally:
        await connection.close()
    installation.follow(offset)
    return offset


_SET = """
WITH jumped AS (
    UPDATE installations SET clock_offset_seconds = clock_offset_seconds + $1
    RETURNING clock_offset_seconds
)
SELECT clock_offset_seconds FROM jumped
 WHERE pg_notify('baat_clock', clock_offset_seconds::text) IS NOT NULL
"""


_WAITING = """
SELECT count(*) FROM jobs
 WHERE state = 'queued' AND attempts = 0
   AND run_at > clock_timestamp()
             + make_interval(secs => (SELECT clock_offset_seconds FROM installations))
"""

_GAPS = """
SELECT (SELECT coalesce(max(position), 0) - count(*) FROM ledger_positions)
     + (SELECT coalesce(max(index) + 1, 0) - count(*) FROM log_leaves)
"""


@asynccontextmanager
async def _watching(bench: Bench, watch: _Watch) -> AsyncIterator[None]:
    looking = asyncio.create_task(_look(bench, watch))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.wait([looking])


async def _look(bench: Bench, watch: _Watch) -> None:
    connection = await asyncpg.connect(bench.url)
    try:
        while True:
            row = await connection.fetchrow(_HEADS)
            watch.see(row["position"], row["size"])
            await asyncio.sleep(WATCH_SECONDS)
    finally:
        connection.terminate()


_HEADS = """
SELECT (SELECT coalesce(max(position), 0) FROM ledger_positions) AS position,
       (SELECT coalesce(max(size), 0) FROM log_checkpoints) AS size
"""


async def _signed_out(chapter: Chapter, bench: Bench, there: Stalls, who: Buyers) -> None:
    """See that a sign-in ends by the clock, and that the clock can't be put back by the door."""
    guest = there.shoppers[0]
    path = f"/v1/organisations/{guest.organisation_id}/orders"
    before = (await who.get(path, guest)).status_code
    await _jump(bench, timedelta(hours=26))
    await asyncio.sleep(2.0)
    after = (await who.get(path, guest)).status_code
    chapter.saw(
        f"a sign-in of 12 hours is answered {before}, and after 26 hours {after}",
        right=(before, after) == (HTTPStatus.OK, HTTPStatus.UNAUTHORIZED),
    )
    async with who.installation.looked_into() as database:
        try:
            async with database.work() as session:
                await installation.set_clock(session, clock.now() - timedelta(days=1), OPERATOR)
            refused = False
        except TimeGoesForward:
            refused = True
    chapter.saw(f"set back by the door: {'refused' if refused else 'taken'}", right=refused)


async def _sale_over(chapter: Chapter, bench: Bench, there: Stalls, who: Buyers) -> None:
    """Jump past the end of the sale and back: it ends once, and stays ended."""
    by, project_id = there.shoppers[1], there.projects[0]
    open_orders = [await who.order(by, project_id) for _ in range(3)]
    await _jump(bench, timedelta(days=70))
    began = time.monotonic()
    await asyncio.sleep(2.0)
    late = await who.order(by, project_id)
    ids = [answer.json()["id"] for answer in open_orders]
    while (waiting := await _reserved(bench, ids)) and time.monotonic() < began + 60.0:
        await asyncio.sleep(WATCH_SECONDS)
    took = time.monotonic() - began
    chapter.saw(
        f"past the sale's end an order is answered {late.status_code}; unpaid orders ended"
        f" {took:.1f} s after the jump (bound: {SALE_ENDS_WITHIN_SECONDS:.0f} s), {waiting} left",
        right=late.status_code == HTTPStatus.CONFLICT
        and not waiting
        and took < SALE_ENDS_WITHIN_SECONDS,
    )
    entries = await _lapsed(bench)
    await _jump(bench, timedelta(days=-70))
    await asyncio.sleep(12.0)
    again = await who.order(by, project_id)
    chapter.saw(
        f"back before its end: an order is answered {again.status_code}; unsold units lapsed"
        f" {entries} times, and {await _lapsed(bench)} times afterwards",
        right=again.status_code == HTTPStatus.CONFLICT and entries == await _lapsed(bench) > 0,
    )


async def _reserved(bench: Bench, ids: list[str]) -> int:
    query = "SELECT count(*) FROM orders WHERE id = ANY($1::uuid[]) AND state = 'reserved'"
    return await _count(bench, query, ids)


async def _lapsed(bench: Bench) -> int:
    query = "SELECT count(*) FROM ledger_references WHERE reference LIKE '%/lapsed%'"
    return await _count(bench, query)


async def _count(bench: Bench, query: str, *values: object) -> int:
    connection = await asyncpg.connect(bench.url)
    try:
        return int(await connection.fetchval(query, *values))
    finally:
        await connection.close()
