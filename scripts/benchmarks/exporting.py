"""A year of large books as XAF and for hledger: how fast it streams, and how much memory it takes.

Run as a program it streams one of them to nowhere, in a process of its own, and says the seconds,
those of its processor, and MiB.
"""

import asyncio
import resource
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import open_database
from app.core.settings import Settings
from app.ledger import positions
from app.ledger.exports import hledger, xaf
from app.ledger.exports.xaf import Administration, Party
from app.ledger.exports.years import BookYear
from scripts.benchmarks import growth
from scripts.benchmarks.contenders import KEEPER
from scripts.benchmarks.helpers import answer, go, started
from scripts.benchmarks.server import SECRET, Bench

SECONDS, MEBIBYTES = 60.0, 256.0
"""For a million lines."""

Writer = Callable[[AsyncSession, BookYear], AsyncIterator[str]]


def _xaf(session: AsyncSession, year: BookYear) -> AsyncIterator[str]:
    company = Party("Stichting", "NL", "00000000", None)
    return xaf.write_year(session, year, Administration(company, {}, date(2026, 1, 1), "0"))


WRITERS: dict[str, Writer] = {"XAF 4.0": _xaf, "hledger": hledger.write_year}


@dataclass(frozen=True)
class Streamed:
    """What one file of a year cost."""

    what: str
    lines: int
    seconds: float
    processor_seconds: float
    """Of the process that writes; the database has its own."""
    peak_mebibytes: float

    def __str__(self) -> str:
        """Write a row of a table."""
        millions = self.lines / 1_000_000
        return (
            f"  {self.what:<32}{self.lines:>12,}{self.lines / self.seconds:>10,.0f}"
            f"{self.seconds / millions:>10.1f}{self.processor_seconds / millions:>10.1f}"
            f"{self.peak_mebibytes:>8.0f}"
        )


HEAD = f"{'a year as a file':<34}{'lines':>12}{'lines/s':>10}{'s per 10⁶':>10}{'CPU':>10}{'MiB':>8}"
TARGETS = f"  {'at the most':<32}{'':>12}{'':>10}{SECONDS:>10.0f}{'':>10}{MEBIBYTES:>8.0f}"


def measure(bench: Bench, lines: int) -> list[Streamed]:
    """Let the books grow to so many lines, and write the year that they are of."""
    asyncio.run(growth.grow(bench, lines))
    growth.sequence(bench)
    bench.execute("VACUUM ANALYZE")
    count = asyncio.run(_count(bench))
    return [_streamed(bench, what, count) for what in WRITERS]


async def _count(bench: Bench) -> int:
    connection = await asyncpg.connect(bench.url)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM ledger_lines"))
    finally:
        await connection.close()


def _streamed(bench: Bench, what: str, lines: int) -> Streamed:
    with started(bench, "exporting", bench.url, str(bench.folder), what) as helper:
        go(helper)
        return Streamed(what, lines, answer(helper), answer(helper), answer(helper))


async def _stream(url: str, folder: str, what: str) -> float:
    there = {"database_url": url, "secret": SECRET, "home": Path(folder)}
    async with open_database(Settings.model_validate(there)) as database:
        began = time.perf_counter()
        async with database.snapshot() as session:
            year = BookYear(KEEPER, clock.today().year, await positions.latest(session))
            async for text in WRITERS[what](session, year):
                text.encode()
        return time.perf_counter() - began


def _main(arguments: list[str]) -> None:
    print("ready", flush=True)
    sys.stdin.readline()
    print(asyncio.run(_stream(*arguments)), flush=True)
    print(time.process_time(), flush=True)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)


if __name__ == "__main__":
    _main(sys.argv[1:])
