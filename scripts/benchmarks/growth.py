"""What the same work costs in books that grow: a post, a hold, and what an account has."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from random import randrange
from statistics import median
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database, open_database
from app.core.ids import new_id
from app.core.settings import Settings
from app.ledger import balances, journal, positions
from app.ledger.chart import BANK, UNALLOCATED
from app.ledger.drafts import Hold
from scripts.benchmarks.contenders import ACCOUNTS, FIRST, KEEPER, LEDGER, OWNERS, Last
from scripts.benchmarks.posting import a_draft
from scripts.benchmarks.server import Bench

BATCH = 1000
WARM_UP = 10
Work = Callable[[AsyncSession], Awaitable[object]]

# From the many accounts to the bank, which has no limit: its balance is the sum of all lines.
FILL = f"""
SELECT cardinality(outcome) FROM (
    SELECT array_agg('entry'::text) AS op, array_agg(id) AS id, array_agg('bench/' || id) AS name,
           array_agg('bench.moved'::text) AS kind, array_agg('A transfer'::text) AS narration,
           array_agg(now()) AS moment, array_agg(''::text) AS evidence,
           array_agg(2::smallint) AS lines, array_agg(NULL::text) AS hold,
           array_agg(NULL::timestamptz) AS expires, array_agg(NULL::uuid) AS reverses
      FROM (SELECT uuidv7() AS id FROM generate_series(1, $1)) x
) d, (
    SELECT array_agg(draft) AS draft, array_agg(1 + place::smallint) AS "position",
           array_agg('{LEDGER}'::uuid) AS ledger,
           array_agg(CASE place WHEN 0 THEN 'unallocated' ELSE 'bank' END) AS kind,
           array_agg(owner) AS owner, array_agg(place = 0) AS debit, array_agg(1::bigint) AS amount,
           array_agg('{KEEPER}'::uuid) AS about
      FROM (
        SELECT draft, place, CASE place
                   WHEN 0 THEN ('{OWNERS}' || {FIRST} + floor(random() * {ACCOUNTS})::bigint)::uuid
                   ELSE '{KEEPER}'::uuid END AS owner
          FROM generate_series(1, $1) draft, generate_series(0, 1) place
         ORDER BY place, owner
      ) y
) l, LATERAL ledger_post(now(), true, op, id, name, d.kind, narration, moment, evidence, lines,
     hold, expires, reverses, draft, "position"::smallint[], ledger, l.kind, owner, debit, amount,
     about)
"""


def measure(bench: Bench, sizes: Sequence[int], calls: int) -> list[dict[str, float]]:
    """Let the books grow to each size in turn; say what each kind of work costs there.

    The costs are medians in microseconds, of one connection from Python.
    """
    costs = []
    for size in sizes:
        asyncio.run(grow(bench, size))
        sequence(bench)
        bench.execute("VACUUM ANALYZE")
        costs.append({"lines": float(size), **asyncio.run(_costs(bench, calls))})
    return costs


async def grow(bench: Bench, size: int) -> None:
    """Enter transfers until the books have so many lines."""
    connection = await asyncpg.connect(bench.url)
    try:
        missing = (size - await connection.fetchval("SELECT count(*) FROM ledger_lines")) // 2
        for done in range(0, missing, BATCH):
            await connection.fetchval(FILL, min(BATCH, missing - done))
    finally:
        await connection.close()


def sequence(bench: Bench) -> None:
    """Give every entry its position."""

    async def sequence_all() -> None:
        async with _database(bench) as database:
            await positions.sequence_all(database)

    asyncio.run(sequence_all())


async def _costs(bench: Bench, calls: int) -> dict[str, float]:
    async with _database(bench) as database:
        position = await _latest(database)
        limited = UNALLOCATED.of(KEEPER, UUID(f"{OWNERS}{FIRST}"))
        work: dict[str, Work] = {
            "a round trip, to compare": lambda session: session.execute(sa.text("SELECT 1")),
            "post": lambda session: journal.post(session, a_draft(Last.SPREAD)),
            "hold": lambda session: journal.post(session, _a_hold()),
            "balance": lambda session: balances.now(session, limited),
            "balance of the bank": lambda session: balances.now(session, BANK.of(KEEPER)),
            "the bank, known halfway": lambda session: balances.at(
                session, BANK.of(KEEPER), position=position // 2
            ),
        }
        costs: dict[str, list[float]] = {name: [] for name in work}
        for _ in range(calls + WARM_UP):
            for name, each in work.items():
                costs[name].append(await _cost(database, each))
        # The first ones make plans.
        return {name: median(each[WARM_UP:]) for name, each in costs.items()}


async def _cost(database: Database, work: Work) -> float:
    began = time.perf_counter()
    async with database.work() as session:
        await work(session)
    return (time.perf_counter() - began) * 1e6


async def _latest(database: Database) -> int:
    async with database.work() as session:
        return await positions.latest(session)


def _a_hold() -> Hold:
    return Hold(
        account=UNALLOCATED.of(KEEPER, UUID(f"{OWNERS}{FIRST + randrange(ACCOUNTS)}")),
        amount=1,
        reference=f"bench/{new_id()}",
        about_id=KEEPER,
        expires_at=clock.now() + timedelta(days=1),
    )


def _database(bench: Bench) -> Database:
    there = {"database_url": bench.url, "secret": "of a benchmark, long enough to do"}
    return open_database(Settings.model_validate({**there, "home": bench.folder}))
