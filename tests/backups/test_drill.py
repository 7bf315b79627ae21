"""The drill: a demo that comes to its end, and comes back out of its backup elsewhere, and goes on.

The demo is made as the launcher has it made. It is the one furnished installation that the suite
has time for, so all that is expected of it stands in one test.
"""

import asyncio
import os
import re
import shutil
import stat
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app import backups
from app.audits.invariants import INVARIANTS
from app.backups import BackupRefused, Manifest
from app.core import clock, installation
from app.core.database import open_database
from app.core.events import Actor
from app.core.installation import WrongInstallation
from app.core.invariants import all_faults
from app.core.settings import Settings
from app.ledger import positions
from app.main import create_app
from app.story.demo.scenes import SCENES
from app.transparency import merkle, queries
from app.transparency.actions import publishing
from app.transparency.queries import proving
from scripts.launcher import binaries, project
from scripts.launcher import cluster as elsewhere
from scripts.launcher.locks import Lock
from tests.conftest import PROJECT, Cluster, served
from tests.launcher.launching import DEV, VENV
from tests.make.commands import BAAT, python
from tests.make.logs import entries

READING_SECONDS = 100


@contextmanager
def another_cluster(folder: Path) -> Iterator[elsewhere.Server]:
    folder.mkdir()
    lock = Lock(folder)
    assert lock.take()
    programs = binaries.find(project.Project(DEV.parents[1], VENV, folder))
    server = elsewhere.Cluster(programs, folder / "postgresql", lock.descriptor, durable=False)
    running = server.start()
    try:
        yield running
    finally:
        elsewhere.Cluster.stop(running)
        lock.release()


async def furnished(settings: Settings) -> str:
    process = await python(settings, *BAAT, "demo")
    said, complained = await process.communicate()
    assert process.returncode == 0, (said + complained).decode()
    return said.decode()


@pytest.mark.timeout(400)  # All of a demo, on a machine that may be busy with other tests.
async def test_a_demo_comes_to_its_end_and_out_of_its_backup(
    cluster: Cluster, tmp_path: Path
) -> None:
    name = f"baat_demo_{os.getpid()}"
    await cluster.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    settings = cluster.settings(name, tmp_path / "home").model_copy(update={"demo": True})
    try:
        said = await furnished(settings)
        assert [line.strip() for line in said.splitlines()][1:] == [one.title for one in SCENES]
        insist_on_a_private_welcome(settings)
        await insist_on_a_whole_demo(settings)
        async with open_database(settings) as database:
            made = await backups.make(database, tmp_path / "backup")
        # A bare machine may lack it; CI installs it.
        if shutil.which("curl"):
            with clock.travelled(clock.now()):
                await insist_on_what_the_readme_types(settings, tmp_path)
    finally:
        await cluster.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    with another_cluster(tmp_path / "elsewhere") as server:
        there = restoring(settings, server, tmp_path)
        found, faults = await asyncio.to_thread(backups.restore, there, tmp_path / "backup")
        assert (found, faults) == (made, [])
        await insist_on_going_on(there, made)
        with pytest.raises(BackupRefused, match="choose another BAAT_HOME"):
            await asyncio.to_thread(backups.restore, there, tmp_path / "backup")


def insist_on_a_private_welcome(settings: Settings) -> None:
    welcome = settings.home / "demo.txt"
    assert stat.S_IMODE(welcome.stat().st_mode) == 0o600
    assert "everybody's password is: demo-" in welcome.read_text()


async def insist_on_a_whole_demo(settings: Settings) -> None:
    async with open_database(settings) as database:
        async with database.snapshot() as session:
            await installation.check(session, settings)
            await installation.insist_on_whole(session)
            assert [fault async for fault in all_faults(session, INVARIANTS)] == []
            assert min(await queries.size(session), await positions.latest(session)) > 50
        async with database.work() as session:
            with pytest.raises(WrongInstallation, match="holds an installation already"):
                await installation.begin_demo(session, settings, timedelta(0))


async def insist_on_what_the_readme_types(settings: Settings, folder: Path) -> None:
    """Type what the README lets its readers type into a demo: nothing of it is refused.

    Of the commands only what sets the clock is followed; the others have tests of their own.
    """
    (folder / ".baat").symlink_to(settings.home)
    working = settings.model_copy(update={"worker": True})
    async with served(create_app(working)) as address, asyncio.timeout(READING_SECONDS):
        typed = typed_by_readers(address)
        clockwork = asyncio.create_task(follow_their_clock(settings, folder / "moment"))
        process = await asyncio.create_subprocess_exec(
            *("bash", "-c", typed), cwd=folder, stdout=PIPE, stderr=STDOUT
        )
        try:
            said = (await process.communicate())[0].decode()
        finally:
            clockwork.cancel()
            with suppress(ProcessLookupError):
                process.kill()
    assert process.returncode == 0, said
    assert len(typed.splitlines()) > 80
    assert "c2sp.org/tlog-proof" in (folder / "proof.json").read_text()
    assert "<PmtInf>" in (folder / "pain.001.xml").read_text()
    # The integrator's order, the plan without a fault, the contract, and the expert's sheet.
    for told in (
        '"state":"reserved"',
        '"complete":true,"lacks":[]',
        '"counts":{"registered":1,',
        '"estimateUnits":118',
    ):
        assert told in said


def typed_by_readers(address: str) -> str:
    """Put together what readers type, for a demo at this address; a refusal ends it."""
    blocks = re.findall(r"```sh\n(.*?)```", (PROJECT / "README.md").read_text(), re.DOTALL)
    asked = "".join(each for each in blocks if re.search(r"\$URL|^get |^post ", each, re.MULTILINE))
    lines = [
        re.sub("^URL=.*", f"URL={address}", line.replace(SETS_THE_CLOCK, "set_clock"))
        for line in asked.splitlines()
    ]
    return "\n".join([CAREFULLY, *(line for line in lines if "dev.py" not in line)])


SETS_THE_CLOCK = "python3 scripts/dev.py cli clock set"
CAREFULLY = """
set -euo pipefail
curl() { command curl --fail-with-body --show-error "$@"; }
set_clock() { echo $1 > moment.new; mv moment.new moment; while [ -e moment ]; do sleep 0.1; done; }
"""
"""A process of its own for the clock would take as long as all the rest."""


async def follow_their_clock(settings: Settings, wanted: Path) -> None:
    """Set the clock of the demo once, to the moment that a file names."""
    while not await asyncio.to_thread(wanted.exists):  # noqa: ASYNC110  Another process makes it.
        await asyncio.sleep(0.05)
    moment = datetime.fromisoformat((await asyncio.to_thread(wanted.read_text)).strip())
    async with open_database(settings) as database, database.work() as session:
        await installation.set_clock(session, moment, Actor.system("operator"))
    await asyncio.to_thread(wanted.unlink)


def restoring(settings: Settings, server: elsewhere.Server, folder: Path) -> Settings:
    urls = {"database_url": elsewhere.APPLICATION, "migrations_database_url": elsewhere.OWNER}
    home = {"home": folder / "another-home"}
    there = {name: server.url(role) for name, role in urls.items()}
    return Settings.model_validate(settings.model_dump() | there | home)


async def insist_on_going_on(settings: Settings, made: Manifest) -> None:
    """Enter something more: it gets the next positions, is sealed, and continues what was kept."""
    async with open_database(settings) as database:
        async with database.work() as session:
            kept = await queries.checkpoint(session)
            assert kept is not None
            assert kept.note == made.log.checkpoint
            await entries(session, 3)
        await publishing.seal(database)
        async with database.snapshot() as session:
            assert await positions.latest(session) == made.position + 3
            newest = await queries.checkpoint(session)
            assert newest is not None
            assert newest.size >= made.log.leaves + 3
            path = await proving.consistency(session, kept.size, newest.size)
            before, after = ((one.size, one.root) for one in (kept, newest))
            merkle.insist_on_consistency(before, after, path)
            assert [fault async for fault in all_faults(session, INVARIANTS)] == []
