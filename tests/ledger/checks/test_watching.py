"""The job that checks the books: what it remembers, and how it speaks up."""

import sqlalchemy as sa
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from app.core import jobs
from app.core.database import Database
from app.core.jobs import JobState
from app.ledger import checks
from app.ledger.models import LedgerChecked
from app.main import HANDLERS
from tests.ledger.conftest import Change
from tests.make.busy_books import busy_books, sequence
from tests.make.jobs import all_are


async def mark(database: Database) -> int | None:
    async with database.reading() as session:
        return await session.scalar(sa.select(LedgerChecked.position))


def figure(name: str) -> float | None:
    return REGISTRY.get_sample_value(name)


async def test_it_remembers_how_far_it_came(database: Database, names: dict[str, str]) -> None:
    async with database.work() as session:
        await jobs.enqueue(session, checks.WATCH)
    async with jobs.Worker(database, HANDLERS):
        await all_are(database, JobState.DONE)

    assert names
    assert await mark(database) == 4
    assert figure("baat_books_faults") == 0
    assert figure("baat_books_checked_position") == 4
    async with database.work() as session:
        await sequence(session)
    await checks.watch(database)
    assert await mark(database) == 5


async def test_it_looks_at_what_came_since_and_at_what_that_touched(
    database: Database, names: dict[str, str], break_books: Change
) -> None:
    await checks.watch(database)
    await break_books(
        "UPDATE ledger_accounts SET posted = 462 WHERE kind = 'deposit';"
        "UPDATE ledger_entries SET narration = 'x' WHERE id = '{queued}'",
        **names,
    )
    await checks.watch(database)
    assert figure("baat_books_faults") == 0

    async with database.work() as session:
        await sequence(session)
    await break_books(
        "UPDATE ledger_salts SET salt = sha256('x') WHERE entry_id = '{queued}'", **names
    )
    with capture_logs() as logs:
        await checks.watch(database)
        await checks.watch(database)

    assert await mark(database) == 4
    assert figure("baat_books_faults") == 2
    assert figure("baat_books_checked_position") == 4
    first, again = [entry for entry in logs if entry["event"] == "books_faulty"]
    assert first == again
    assert (first["log_level"], first["count"]) == ("error", 2)
    assert first["faults"][0].startswith(f"leaf of entry {names['queued']} at position 5")
    assert first["faults"][1].endswith("expected 461 posted, the sum of its lines, found 462")


async def test_positions_that_are_gone_are_missed(
    database: Database, names: dict[str, str], break_books: Change
) -> None:
    await checks.watch(database)
    await break_books(
        "DELETE FROM ledger_positions WHERE position = 4;"
        "DELETE FROM ledger_totals WHERE kind = 'start_part'"
    )

    with capture_logs() as logs:
        await checks.watch(database)

    [said] = [entry["faults"] for entry in logs if entry["event"] == "books_faulty"]
    assert "positions: expected them to reach 4 as before, found 3" in said
    assert names


async def test_the_log_is_not_flooded(database: Database, break_books: Change) -> None:
    async with database.work() as session:
        await busy_books(session, drafts=80, seed=5)
        await sequence(session)
    await break_books("UPDATE ledger_salts SET salt = sha256('x')")

    with capture_logs() as logs:
        await checks.watch(database)

    [said] = [entry for entry in logs if entry["event"] == "books_faulty"]
    assert said["count"] > 20 == len(said["faults"])
    assert figure("baat_books_faults") == said["count"]
