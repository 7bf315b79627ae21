"""Room for this year and the next."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from app.core import jobs
from app.core.database import Database
from app.core.jobs import JobState
from app.ledger import partitions
from app.ledger.checks import protection
from tests.ledger.conftest import Change
from tests.make.jobs import a_kind, all_are, the_job

NEXT_YEAR = datetime.now(UTC).year + 1


def failures() -> float:
    return REGISTRY.get_sample_value("baat_books_partition_failures_total") or 0


async def faults(database: Database) -> list[str]:
    async with database.reading() as session:
        return await protection.partition_faults(session)


async def test_the_job_makes_room(database: Database, as_owner: Change) -> None:
    await as_owner(f"DROP TABLE ledger_entries_{NEXT_YEAR}; DROP TABLE ledger_lines_{NEXT_YEAR}")
    assert len(await faults(database)) == 2

    async with database.work() as session:
        await partitions.prepare(session)
    async with database.work() as session:
        await partitions.prepare(session)

    assert await faults(database) == []
    assert REGISTRY.get_sample_value("baat_books_room_until_year") == NEXT_YEAR
    async with database.reading() as session:
        rights = "SELECT has_table_privilege(:table, 'INSERT')"
        table = {"table": f"ledger_lines_{NEXT_YEAR}"}
        assert await session.scalar(sa.text(rights), table) is False


@pytest.mark.parametrize(
    "obstacle",
    [
        f"CREATE TABLE ledger_lines_{NEXT_YEAR} ()",
        "ALTER FUNCTION ledger_prepare_year RENAME TO nobody_knows_it",
    ],
)
async def test_a_year_without_room_is_a_dead_letter(
    database: Database, as_owner: Change, obstacle: str
) -> None:
    await as_owner(f"DROP TABLE ledger_lines_{NEXT_YEAR}; {obstacle}")
    before = failures()
    kind = a_kind(partitions.PREPARE.name, max_attempts=2, back_off_seconds=0.01)

    with capture_logs() as logs:
        async with database.work() as session:
            await jobs.enqueue(session, kind)
        async with jobs.Worker(database, [jobs.transactional(kind, partitions.prepare)]):
            await all_are(database, JobState.DEAD)

    assert failures() == before + 2
    assert [e["log_level"] for e in logs if e["event"] == "job_failed"] == ["warning", "error"]
    assert (await the_job(database)).last_error
