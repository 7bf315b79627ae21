"""A full disk: writes are refused in plain words, nothing is half there, and space heals it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from scripts.benchmarks.server import Bench, durable
from scripts.benchmarks.stalls import Market, Stalls, put_up
from scripts.disasters import narrow, proofs
from scripts.disasters.buying import Bought, Buyers, buyers
from scripts.disasters.ground import Ground
from scripts.disasters.installation import Installation, running
from scripts.disasters.kills import PATIENT
from scripts.disasters.narrow import Disk, disk_over
from scripts.disasters.report import Chapter
from scripts.disasters.uploads import Sender, a_plan

SETTINGS = {"shared_buffers": "64MB", "max_wal_size": "64MB", "min_wal_size": "32MB"}
"""So that little on a disk is there to be overwritten."""

FILE_BYTES = 1_000_000
WATCH_SECONDS = 0.2
WHERE = {"base": "the tables'", "pg_wal": "the write-ahead log's"}


@dataclass(frozen=True)
class Plan:
    """How much is bought while a disk is full, and how long it is."""

    purchases: int
    full_seconds: float
    times: int


TINY = Plan(4, 3.0, 1)
QUICK = Plan(12, 5.0, 1)
FULL = Plan(24, 8.0, 2)
ENDLESS = Plan(500, 120.0, 10)


async def run(ground: Ground, plan: Plan) -> Chapter:
    """Let the disks of the tables, of the log and of the files be full, each while it is needed."""
    chapter = Chapter(
        "disk",
        f"{plan.purchases} purchases, {plan.times} x {plan.full_seconds:.0f} s with a full disk"
        " of the tables, then of the write-ahead log; files sent until theirs is full",
    )
    chapter.not_run = narrow.why_none()
    if chapter.not_run:
        return chapter
    with chapter.timed():
        for folder in WHERE:
            await _database_full(ground, chapter, plan, folder)
        await _store_full(ground, chapter)
    return chapter


@contextmanager
def _cluster_on(ground: Ground, folder: str) -> Iterator[tuple[Ground, Disk]]:
    """Have a server one of whose folders has a disk of its own."""
    with durable(ground.bench.project, SETTINGS) as bench:
        own = Ground(bench, ground.seed)
        own.stop()
        with disk_over(bench.folder / "data" / folder) as disk:
            own.start()
            try:
                yield own, disk
            finally:
                disk.make_room()
                own.close()


async def _database_full(ground: Ground, chapter: Chapter, plan: Plan, folder: str) -> None:
    with _cluster_on(ground, folder) as (own, disk):
        bench = await own.copied("disk")
        there = await asyncio.to_thread(put_up, bench, Market((10_000,), 1, terms=PATIENT))
        async with running(Installation(bench)) as installation, buyers(installation) as who:
            bought: list[Bought] = []
            for _ in range(plan.times):
                buying = asyncio.create_task(_buy(who, there, plan.purchases))
                await _stay_full(bench, disk, plan.full_seconds, folder)
                disk.make_room()
                restarted = own.start_if_ended()
                bought += await buying
            took, left = await proofs.settled(installation)
            chapter.saw(f"{WHERE[folder]} disk full: {who.told()}", right="500" not in who.instead)
            chapter.saw(
                f"with room again{', PostgreSQL started anew' if restarted else ''}: all"
                f" {len(bought)} bought, settled {took:.1f} s later; left: {left or 'nothing'}",
                right=not left,
            )
            await _paid(chapter, bench, bought)
            await proofs.books_hold(installation, chapter)
            await proofs.all_checked(installation, chapter)


async def _buy(who: Buyers, there: Stalls, purchases: int) -> list[Bought]:
    few = asyncio.Semaphore(6)

    async def buy(number: int) -> Bought:
        async with few:
            return await who.buy(there.shoppers[number % len(there.shoppers)], there.projects[0])

    return list(await asyncio.gather(*map(buy, range(purchases))))


async def _stay_full(bench: Bench, disk: Disk, seconds: float, folder: str) -> None:
    """Let the disk be full, and somebody else want what is left."""
    await asyncio.sleep(WATCH_SECONDS)
    disk.fill()
    async with _wasting(bench, folder):
        await disk.stay_full(seconds)


@asynccontextmanager
async def _wasting(bench: Bench, folder: str) -> AsyncIterator[None]:
    """Have another program write, over and over: tables grow and the log does."""
    wasting = asyncio.create_task(_waste(bench, folder))
    try:
        yield
    finally:
        wasting.cancel()
        await asyncio.wait([wasting])


async def _waste(bench: Bench, folder: str) -> None:
    statement = {
        "base": "CREATE TABLE waste AS SELECT repeat('x', 100) FROM generate_series(1, 100000)",
        "pg_wal": "SELECT pg_logical_emit_message(true, 'waste', repeat('x', 1000000))",
    }[folder]
    while True:
        try:
            connection = await asyncpg.connect(bench.database.migrations_url, timeout=2.0)
            try:
                while True:
                    await connection.execute(statement, timeout=5.0)
            finally:
                connection.terminate()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(WATCH_SECONDS)


async def _paid(chapter: Chapter, bench: Bench, bought: list[Bought]) -> None:
    """See that what was acknowledged is paid for, once, and that there is nothing else."""
    connection = await asyncpg.connect(bench.url)
    try:
        rows = await connection.fetch("SELECT id FROM orders WHERE state = 'paid'")
        others = await connection.fetchval("SELECT count(*) FROM orders WHERE state <> 'paid'")
    finally:
        await connection.close()
    found, wanted = {row["id"] for row in rows}, {one.order_id for one in bought}
    differ = [str(one) for one in found ^ wanted] + ["unpaid"] * int(others)
    chapter.saw_none("bought and not paid for, or paid and not acknowledged", differ)


async def _store_full(ground: Ground, chapter: Chapter) -> None:
    """Let the disk of the kept files be full, then the one on which files arrive."""
    bench = await ground.copied("files")
    there = await asyncio.to_thread(put_up, bench, Market((100,), 1, terms=PATIENT))
    installation = Installation(bench)
    for name in ("files", "uploads"):
        folder = bench.folder / "home" / name
        folder.mkdir(parents=True, exist_ok=True)
        with disk_over(folder) as disk:
            async with running(installation), buyers(installation) as who:
                plan = await a_plan(installation, there)
                await _fill_with_files(chapter, disk, Sender(who, there.shoppers[0], plan))
                await proofs.all_checked(installation, chapter)


async def _fill_with_files(chapter: Chapter, disk: Disk, sender: Sender) -> None:
    disk.fill(3 * FILE_BYTES)
    full = [await sender.send_pdf(FILE_BYTES if number % 2 else 100) for number in range(10)]
    disk.fill(FILE_BYTES // 2)
    full += await asyncio.gather(*(sender.send_pdf(FILE_BYTES) for _ in range(6)))
    name = disk.folder.name
    _refused(chapter, name, full)
    taken = [answer for answer in full if answer.status_code == HTTPStatus.CREATED]
    broken = _unfinished(disk.folder)
    chapter.saw_none(f"{name}/ full: unfinished files", broken)
    disk.make_room()
    again = await sender.send_pdf(FILE_BYTES)
    sizes = {answer.json()["id"]: answer.json() for answer in (*taken, again)}
    chapter.saw(
        f"{name}/ with room again: answered {again.status_code}, {len(sizes)} files are kept",
        right=again.status_code == HTTPStatus.CREATED
        and await sender.reads_back(again, FILE_BYTES),
    )


def _refused(chapter: Chapter, name: str, answers: list[httpx.Response]) -> None:
    found = Counter(answer.status_code for answer in answers)
    told = ", ".join(f"{count} x {status}" for status, count in sorted(found.items()))
    refused: list[dict[str, Any]] = [
        answer.json() for answer in answers if answer.status_code != HTTPStatus.CREATED
    ]
    words = sorted({one["detail"] for one in refused})
    right = bool(refused) and set(found) <= {HTTPStatus.CREATED, HTTPStatus.SERVICE_UNAVAILABLE}
    chapter.saw(f"{name}/ full: {told} ({'; '.join(words)})", right=right)


def _unfinished(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.suffix == ".part"]
