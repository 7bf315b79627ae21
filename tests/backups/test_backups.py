"""What a backup refuses to be made over, or restored from."""

import asyncio
import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app import backups
from app.backups import BackupRefused, manifest
from app.backups.manifest import Manifest
from app.cli.backups import what_to_set
from app.core import clock, jobs
from app.core.database import Database
from app.core.settings import Settings
from app.ledger.partitions import PREPARE
from tests.conftest import Cluster
from tests.make.logs import entries

Kept = tuple[Settings, Path]


@pytest.fixture
async def kept(database: Database, tmp_path: Path) -> Kept:
    """A backup of an installation with a mail."""
    settings = database.settings.model_copy(update={"home": tmp_path / "home"})
    (settings.home / "mail").mkdir(parents=True)
    (settings.home / "mail" / "1.eml").write_text("Subject: Hello")
    folder = tmp_path / "backup"
    await backups.make(replace(database, settings=settings), folder)
    return settings, folder


async def refused(settings: Settings, folder: Path) -> str:
    with pytest.raises(BackupRefused) as refusal:
        await asyncio.to_thread(backups.restore, settings, folder)
    return str(refusal.value)


async def test_a_backup_says_what_is_in_it_and_is_made_over_nothing(
    kept: Kept, database: Database
) -> None:
    settings, folder = kept
    found = manifest.read(folder)
    assert set(found.contents) == {"database.dump", "mail/1.eml"}
    secret = settings.secret.get_secret_value().encode()
    assert not any(secret in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    demo = found.model_copy(update={"demo": True})
    assert what_to_set(demo, settings, {}) == "It is a demo: set BAAT_DEMO=true."
    assert what_to_set(demo, settings, {"BAAT_VENV": "/venv"}) == "", "the launcher sets it"
    assert what_to_set(found, settings, {}) == ""
    with pytest.raises(BackupRefused, match="is not empty"):
        await backups.make(database, folder)
    assert [path.name for path in folder.parent.iterdir() if path.name.startswith(".")] == []


async def test_what_was_changed_or_is_no_backup_is_not_restored(kept: Kept) -> None:
    settings, folder = kept
    (folder / "mail" / "1.eml").write_text("Subject: Hellu")
    assert "look at mail/1.eml" in await refused(settings, folder)
    (folder / "mail" / "1.eml").unlink()
    assert "look at mail/1.eml" in await refused(settings, folder)
    (folder / "manifest.json").unlink()
    assert "is no backup" in await refused(settings, folder)


async def test_a_backup_that_does_not_fit_is_refused_with_every_reason(kept: Kept) -> None:
    settings, folder = kept
    path = folder / "manifest.json"
    said = json.loads(path.read_text())
    changed = {"mode": "live", "schemaRevision": "9999_later", "applicationRole": "somebody"}
    path.write_text(json.dumps(said | changed | {"secretFingerprint": "0" * 16}))
    reasons = (await refused(settings, folder)).splitlines()
    named = ("BAAT_SECRET", "BAAT_MODE=live", "somebody", "a later version")
    assert [name for name, reason in zip(named, reasons, strict=True) if name in reason] == [*named]


async def test_nothing_is_restored_over_an_installation(kept: Kept, tmp_path: Path) -> None:
    settings, folder = kept
    assert "choose another BAAT_HOME" in await refused(settings, folder)
    elsewhere = settings.model_copy(update={"home": tmp_path / "elsewhere"})
    assert "tables): restore into a new one" in await refused(elsewhere, folder)
    assert not elsewhere.home.exists()


async def test_what_was_on_its_way_when_it_was_made_is_no_fault_later(
    kept: Kept, database: Database, cluster: Cluster, tmp_path: Path
) -> None:
    settings, _ = kept
    long_ago = clock.now() - timedelta(days=3)
    with clock.travelled(long_ago):
        async with database.work() as session:
            await entries(session, 1)
            await jobs.enqueue(session, PREPARE)
    folder = tmp_path / "another"
    await backups.make(replace(database, settings=settings), folder)
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"madeAt": long_ago.isoformat()}))
    name = f"baat_restored_{os.getpid()}"
    await cluster.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        there = cluster.settings(name, tmp_path / "elsewhere")
        _, faults = await asyncio.to_thread(backups.restore, there, folder)
    finally:
        await cluster.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    assert faults == []


def test_a_manifest_of_another_version_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"backupVersion": 2}')
    with pytest.raises(BackupRefused, match="another version"):
        manifest.read(tmp_path)
    assert Manifest.model_fields["backup_version"].default == 1
