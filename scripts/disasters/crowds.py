"""More slow requests than connections: refused in time, told to wait, and over at once."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID, uuid4

import asyncpg
import httpx

from app.core.database import ASIDE_POOL_SIZE
from scripts.benchmarks.server import Bench
from scripts.benchmarks.stalls import Market, Stalls, put_up
from scripts.disasters import proofs
from scripts.disasters.buying import ASK_SECONDS, Buyers, buyers
from scripts.disasters.ground import Ground
from scripts.disasters.installation import Installation, running
from scripts.disasters.kills import PATIENT
from scripts.disasters.report import Chapter

WAIT_SECONDS, LOCK_SECONDS = 1.0, 3.0
"""For a connection, and for what another transaction holds; the installation is set up so."""
SLACK_SECONDS = 4.0
"""What a busy machine may add."""
HEALTH_SECONDS = 2.5


@dataclass(frozen=True)
class Plan:
    """How many ask at once, of a process with how few connections, and how often."""

    callers: int
    connections: int
    times: int


TINY = Plan(12, 4, 1)
QUICK = Plan(60, 6, 2)
FULL = Plan(150, 6, 3)
ENDLESS = Plan(400, 10, 50)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one caller was answered, or what came instead, and after how long."""

    answer: httpx.Response | None
    seconds: float
    instead: str = ""

    @property
    def name(self) -> str:
        return self.instead if self.answer is None else str(self.answer.status_code)

    @property
    def is_clean(self) -> bool:
        """Whether it is done, or refused in the way that is documented."""
        if self.answer is None:
            return False
        if self.answer.is_success:
            return True
        return (
            self.answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
            and self.answer.headers["content-type"] == "application/problem+json"
            and int(self.answer.headers.get("retry-after", "0")) > 0
        )


async def run(ground: Ground, plan: Plan) -> Chapter:
    """Let a lock hold all who order; then let strangers have all of PostgreSQL's connections."""
    chapter = Chapter(
        "pool",
        f"{plan.times} x {plan.callers} orders at once that wait for one lock, in a process with"
        f" {plan.connections} connections; then all connections of PostgreSQL taken",
    )
    bench = await ground.copied("pool")
    market = Market((plan.callers * (plan.times + 3),), 1, terms=PATIENT)
    there = await asyncio.to_thread(put_up, bench, market)
    installation = Installation(
        bench,
        BAAT_DATABASE_POOL_SIZE=str(plan.connections),
        BAAT_WORKER_CONCURRENCY="2",
        BAAT_DATABASE_WAIT_SECONDS=str(WAIT_SECONDS),
        BAAT_LOCK_TIMEOUT_SECONDS=str(LOCK_SECONDS),
    )
    async with running(installation), buyers(installation) as who:
        with chapter.timed():
            placed = 0
            for _ in range(plan.times):
                placed += await _locked_out(chapter, plan, (bench, there), who)
            placed += await _no_connection_left(chapter, plan, (bench, there), who)
        await _counted(chapter, bench, placed)
        await proofs.settled(installation)
        await proofs.books_hold(installation, chapter)
    return chapter


async def _locked_out(
    chapter: Chapter, plan: Plan, ground: tuple[Bench, Stalls], who: Buyers
) -> int:
    """Let all wait for the project; then let it go, and let each ask again with its key."""
    bench, there = ground
    keys = [uuid4().hex for _ in range(plan.callers)]
    async with _holding(bench, there.projects[0]):
        asking = asyncio.create_task(_ask_all(who, there, keys))
        await _health(chapter, who, plan.connections)
        asked = await asking
    _judged(chapter, "while one lock is held", asked, WAIT_SECONDS + LOCK_SECONDS)
    await _over(chapter, lambda: _again(who, there, keys))
    return len(keys)


async def _no_connection_left(
    chapter: Chapter, plan: Plan, ground: tuple[Bench, Stalls], who: Buyers
) -> int:
    bench, there = ground
    keys = [uuid4().hex for _ in range(plan.callers)]
    async with _all_taken(bench, there.projects[0]) as taken:
        asked = await _ask_all(who, there, keys)
    limit = WAIT_SECONDS + LOCK_SECONDS
    _judged(chapter, f"while others have {taken} connections of PostgreSQL", asked, limit)
    await _over(chapter, lambda: _again(who, there, keys))
    return len(keys)


def _judged(chapter: Chapter, when: str, asked: Sequence[_Asked], limit_seconds: float) -> None:
    found = Counter(one.name for one in asked)
    unclean = [one.name for one in asked if not one.is_clean]
    answers = ", ".join(f"{count} x {name}" for name, count in sorted(found.items()))
    chapter.saw_none(f"{when}: {answers}; neither done nor refused with Retry-After", unclean)
    slowest = max(one.seconds for one in asked)
    chapter.saw(
        f"{when}: answered within {slowest:.1f} s (bound: {limit_seconds:.0f} s)",
        right=slowest < limit_seconds + SLACK_SECONDS,
    )


async def _ask_all(who: Buyers, there: Stalls, keys: Sequence[str]) -> list[_Asked]:
    """Let all ask at once, each on a new line: one that was kept may be hung up as they ask."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(
        base_url=who.installation.url, limits=limits, timeout=ASK_SECONDS, trust_env=False
    ) as client:
        asking = (_ask(client, there, number, key) for number, key in enumerate(keys))
        return list(await asyncio.gather(*asking))


async def _ask(client: httpx.AsyncClient, there: Stalls, number: int, key: str) -> _Asked:
    """Order a unit, once; whoever gets no answer learns of it only after a minute."""
    by = there.shoppers[number % len(there.shoppers)]
    body = {"projectId": str(there.projects[0]), "quantityUnits": 1, "payBy": "online"}
    headers = {"Idempotency-Key": key, "Authorization": f"Bearer {by.token}"}
    path = f"/v1/organisations/{by.organisation_id}/orders"
    began = time.monotonic()
    try:
        answer = await client.post(path, json=body, headers=headers)
    except httpx.TransportError as error:
        return _Asked(None, time.monotonic() - began, f"nothing ({error!r})")
    return _Asked(answer, time.monotonic() - began)


async def _again(who: Buyers, there: Stalls, keys: Sequence[str]) -> list[int]:
    """Ask with the same keys until all have what they wanted, a few at a time."""
    few = asyncio.Semaphore(4)

    async def ask(number: int, key: str) -> int:
        async with few:
            by = there.shoppers[number % len(there.shoppers)]
            return (await who.order(by, there.projects[0], 1, key)).status_code

    return await asyncio.gather(*(ask(number, key) for number, key in enumerate(keys)))


async def _over(chapter: Chapter, again: Callable[[], Awaitable[list[int]]]) -> None:
    began = time.monotonic()
    async with asyncio.timeout(ASK_SECONDS):
        found = Counter(await again())
    chapter.saw(
        f"afterwards, with the same keys: {found[HTTPStatus.CREATED]} of {found.total()} placed"
        f" within {time.monotonic() - began:.1f} s",
        right=found[HTTPStatus.CREATED] == found.total(),
    )


async def _health(chapter: Chapter, who: Buyers, connections: int) -> None:
    """See that whoever watches over it is answered at once, and told when all are in use."""
    ends, slowest, in_use = time.monotonic() + WAIT_SECONDS + LOCK_SECONDS, 0.0, -1.0
    is_live = True
    # How soon all have asked is up to the machine.
    while in_use < connections and time.monotonic() < ends:
        began = time.monotonic()
        live, ready, metrics = await asyncio.gather(
            *(who.client.get(path) for path in ("/health/live", "/health/ready", "/metrics"))
        )
        slowest = max(slowest, time.monotonic() - began)
        is_live = is_live and live.is_success and ready.is_success
        found = re.search(_IN_USE, metrics.text, re.MULTILINE)
        in_use = max(in_use, float(found[1]) if found else -1.0)
    chapter.saw(
        f"meanwhile: live and ready {'always' if is_live else 'NOT always'}, {in_use:.0f} of"
        f" {connections} and {ASIDE_POOL_SIZE} connections in use, told within {slowest:.1f} s",
        right=is_live and in_use >= connections and slowest < HEALTH_SECONDS,
    )


_IN_USE = r"^baat_database_connections_in_use ([0-9.]+)"


@asynccontextmanager
async def _holding(bench: Bench, project_id: UUID) -> AsyncIterator[None]:
    """Hold a project, as a transaction does that never ends."""
    connection = await asyncpg.connect(bench.database.migrations_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM projects WHERE id = $1 FOR UPDATE", project_id)
            yield
    finally:
        await connection.close()


@asynccontextmanager
async def _all_taken(bench: Bench, project_id: UUID) -> AsyncIterator[int]:
    """Take whatever PostgreSQL still gives, and those of the application from under it."""
    async with AsyncExitStack() as stack:
        first = await asyncpg.connect(bench.database.migrations_url)
        stack.push_async_callback(first.close)
        await stack.enter_async_context(_holding(bench, project_id))
        await first.execute(_END_OTHERS)
        taken = 2
        while True:
            try:
                more = await asyncpg.connect(bench.database.migrations_url)
            except asyncpg.TooManyConnectionsError:
                break
            stack.push_async_callback(more.close)
            taken += 1
        yield taken


_END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND usename = 'baat_app'
"""


async def _counted(chapter: Chapter, bench: Bench, placed: int) -> None:
    connection = await asyncpg.connect(bench.url)
    try:
        orders = int(await connection.fetchval("SELECT count(*) FROM orders"))
    finally:
        await connection.close()
    chapter.saw(f"{orders} orders for {placed} keys", right=orders == placed)
