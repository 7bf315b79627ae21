"""PostgreSQL is killed while many post: what was acknowledged is there, and nothing is half."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.core.database import Database, open_database
from app.core.ids import new_id
from app.core.problems import Unavailable
from app.core.settings import Settings
from app.ledger import chart, journal
from app.ledger.chart import Account
from scripts.launcher import binaries, project
from scripts.launcher.cluster import APPLICATION, OWNER, Cluster, Server
from scripts.launcher.locks import Lock
from tests.conftest import PROJECT, SECRET
from tests.launcher.launching import DEV, VENV
from tests.ledger.test_concurrency import BELOW_ZERO, WRONG, beside
from tests.make.books import a_draft, a_hold, a_keeper, a_transfer

pytestmark = pytest.mark.timeout(240)

CLIENTS = 8
ENOUGH = 150


@contextmanager
def started(folder: Path) -> Iterator[Server]:
    """A server of the test's own that writes through to the disk."""
    lock = Lock(folder)
    # What is left of a killed server holds it until it has ended.
    assert lock.take(60)
    programs = binaries.find(project.Project(DEV.parents[1], VENV, folder))
    server = Cluster(programs, folder / "postgresql", lock.descriptor, durable=True).start()
    try:
        yield server
    finally:
        if server.process.poll() is None:
            Cluster.stop(server)
        lock.release()


def settings_of(server: Server) -> Settings:
    return Settings.model_validate(
        {
            "database_url": server.url(APPLICATION),
            "migrations_database_url": server.url(OWNER),
            "secret": SECRET,
            "database_pool_size": CLIENTS + 2,
        }
    )


async def migrate(server: Server) -> None:
    urls = {
        "DATABASE_URL": server.url(APPLICATION),
        "MIGRATIONS_DATABASE_URL": server.url(OWNER),
    }
    migrating = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "alembic", "upgrade", "head"),
        cwd=PROJECT,
        env={**os.environ, **urls, "BAAT_SECRET": SECRET},
    )
    assert await migrating.wait() == 0


async def keep_posting(database: Database, deposit: Account, said: set[str]) -> None:
    """Post until the server is gone; keep the names of all that it acknowledged."""
    own = chart.PAYABLE.of(deposit.keeper_id, new_id())
    while True:
        hold = a_hold(own, 1)
        drafts = (
            *(a_draft(deposit, 7), a_transfer(deposit, beside(deposit), 3)),
            *(a_draft(own, 5), hold),
        )
        try:
            async with database.work() as session:
                await journal.post(session, *drafts)
            said.update(draft.reference for draft in drafts)
            async with database.work() as session:
                await journal.post(
                    session,
                    moved := a_transfer(own, beside(deposit), 1, settles=hold.reference),
                )
            said.add(moved.reference)
        except (Unavailable, sa.exc.DBAPIError, OSError):
            return


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another user reaches, too."""
    with tempfile.TemporaryDirectory(prefix="baat-crash-") as name:
        yield Path(name)


async def test_a_killed_server_loses_nothing_that_it_said(folder: Path) -> None:
    said: set[str] = set()
    with started(folder) as server:
        await migrate(server)
        async with open_database(settings_of(server)) as database:
            async with database.work() as session:
                deposit = chart.DEPOSIT.of(await a_keeper(session), new_id())
            posting = [
                asyncio.create_task(keep_posting(database, deposit, said)) for _ in range(CLIENTS)
            ]
            while len(said) < ENOUGH:
                assert not any(task.done() for task in posting)
                await asyncio.sleep(0.01)
            # SIGKILL for the postmaster: its children see that, and end without a checkpoint.
            server.process.kill()
            server.process.wait(60)
            await asyncio.gather(*posting)

    with started(folder) as server:
        async with open_database(settings_of(server)) as database, database.work() as session:
            found = await session.scalars(sa.text("SELECT reference FROM ledger_references"))
            assert not said - set(found)
            assert not (await session.execute(sa.text(WRONG))).all()
            while await session.scalar(sa.text("SELECT ledger_sequence(now(), 1000)")):
                pass
            assert not (await session.execute(sa.text(BELOW_ZERO))).all()
            await journal.post(session, a_draft(deposit, 1))
