"""A standby takes the place of its primary, and nothing that was acknowledged is lost.

`scripts/cluster.py` shows it with processes that are killed while companies buy.
"""

import asyncio
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.database import Base, open_database
from app.core.settings import Settings
from scripts.benchmarks.server import Bench
from scripts.launcher import binaries, standby
from scripts.launcher.cluster import OWNER, Cluster, free_port
from scripts.launcher.failures import LaunchError
from scripts.launcher.locks import Lock
from scripts.launcher.project import Project
from scripts.launcher.standby import Followed, Standby
from scripts.scaling.balancing import Balancer
from scripts.scaling.pair import SYNCHRONOUS, Pair
from scripts.scaling.shopping import Looks
from tests.conftest import PROJECT, SECRET, calling
from tests.core.http.trial import make_notes, trial_app

NOTES, STANDBY = "/v1/trials/notes", "/v1/trials/standby"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """A primary that waits for its standby."""
    project = Project(PROJECT, Path(sys.executable).parents[1], tmp_path)
    try:
        programs = binaries.find(project)
    except LaunchError:
        pytest.skip("there are no programs here to start a standby with")
    folders = [tmp_path / "one", tmp_path / "two"]
    locks = []
    for folder in folders:
        folder.mkdir()
        locks.append(Lock(folder))
    # In haste it would not wait for anybody.
    primary = Cluster(programs, folders[0], locks[0].descriptor, durable=True)
    Cluster.stop(primary.start())
    standby.allow(primary, "a password")
    with pytest.raises(LaunchError, match="already exists"):
        standby.allow(primary, "another")
    first = primary.start()
    second = None
    try:
        follows = Followed(first, "a password")
        behind = Standby(programs, folders[1], locks[1].descriptor, follows=follows, durable=False)
        second = behind.start()
        primary.configure("postgresql.conf", SYNCHRONOUS)
        first.process.send_signal(signal.SIGHUP)
        bench = Bench(project, programs, primary, first, folders[0])
        yield Pair(bench, behind, second, synchronous=True)
    finally:
        for server in (first, second):
            if server is not None:
                Cluster.stop(server)
        for lock in locks:
            lock.release()


async def test_a_promoted_standby_has_all_that_was_acknowledged(pair: Pair) -> None:
    settings = await furnished(pair)
    app = trial_app(settings)
    async with open_database(settings) as app.state.database, calling(app) as client:
        mine = await written(client, "one")
        sender = await pair.cut_off()
        waiting = asyncio.create_task(client.post(NOTES, json={"title": "two"}))
        await asyncio.wait([waiting], timeout=0.3)
        assert not waiting.done()

        await asyncio.to_thread(pair.lose_primary, sender)
        # Nobody was told that it is there, and it is not; nor can anything be written.
        assert (await waiting).status_code == 503
        refused = await client.post(NOTES, json={"title": "three"})
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        found = await client.get(STANDBY, headers=mine)
        assert found.json() == {"standby": True, "titles": ["one"]}

        await asyncio.to_thread(pair.standby.promote)
        mine = await written(client, "three")
        found = await client.get(STANDBY, headers=mine)
        assert found.json() == {"standby": False, "titles": ["one", "three"]}
    with pytest.raises(LaunchError, match="not promoted"):
        pair.standby.promote()


async def furnished(pair: Pair) -> Settings:
    """Make tables in the pair, and name both servers as the database of an application."""
    alone = pair.bench.server.url(OWNER)
    there = {"database_url": alone, "migrations_database_url": alone, "secret": SECRET}
    engine = create_async_engine(alone.replace("postgresql:", "postgresql+asyncpg:"))
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()
    await make_notes(Settings.model_validate(there))
    await pair.follows()
    both = {"database_url": pair.both(OWNER), "replica_database_url": pair.server.url(OWNER)}
    return Settings.model_validate(there | both)


async def written(client: httpx.AsyncClient, title: str) -> dict[str, str]:
    """Write a note; return what its writer sends with what he reads."""
    answer = await client.post(NOTES, json={"title": title})
    assert answer.status_code == 201, answer.text
    return {"Read-After": answer.headers["read-after"]}


async def test_whoever_is_there_answers() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port, gone = free_port(), free_port()
    balancer = Balancer(port, [gone, server.sockets[0].getsockname()[1]])
    await balancer.start()
    for _ in range(2):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"hello\n")
        assert await reader.read() == b"hello\n"
        writer.close()
    server.close()
    await server.wait_closed()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert await reader.read() == b""
    writer.close()
    await balancer.stop()


def test_what_was_seen_of_an_outage_is_told() -> None:
    looks = Looks([(0.5, True), (1.0, True), (1.2, False), (4.5, True), (9.0, True)])

    assert looks.told(1.0, 5.0) == ("2 of 3 reads answered, none for 3.5 s at most", True)
    assert looks.told(1.1, 2.0) == ("0 of 1 reads answered, none for 0.9 s at most", False)
