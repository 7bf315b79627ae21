"""Making a backup while everybody goes on working."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from app import __version__
from app.backups import manifest, programs
from app.backups.failures import BackupRefused
from app.backups.manifest import DUMP, KEPT, NAME, Log, Manifest
from app.core import migrations
from app.core.database import Database, settings_of
from app.core.files import File, store
from app.core.installation import Installation
from app.ledger import positions
from app.transparency import queries


async def make(database: Database, folder: Path) -> Manifest:
    """Put all of an installation into a folder that is not there yet, or is empty.

    Raises:
        BackupRefused: something is in the folder, or PostgreSQL's programs refuse.
    """
    with _whole_or_not_at_all(folder) as part:
        return await _fill(database, part)


@contextmanager
def _whole_or_not_at_all(folder: Path) -> Iterator[Path]:
    """Lend a folder beside it, which becomes it at the end."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder} is not empty: name a folder for this backup alone."
        raise BackupRefused(message)
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    (part / "files").mkdir(mode=0o700, parents=True)
    part.chmod(0o700)
    try:
        yield part
        for path in (*part.rglob("*"), part):
            _sync(path)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    if folder.exists():
        folder.rmdir()
    part.rename(folder)
    _sync(folder.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def _fill(database: Database, part: Path) -> Manifest:
    settings = database.settings
    async with database.snapshot() as session:
        version = await _version(session)
        moment = str(await session.scalar(sa.select(sa.func.pg_export_snapshot())))
        await programs.run(
            settings,
            "pg_dump",
            version,
            *("--format=custom", "--no-sync", f"--snapshot={moment}", f"--file={part / DUMP}"),
        )
        missing = await _copy_files(database, session, part / "files")
        _copy_the_rest(settings.home, part)
        made = await _described(session, version, part, missing)
    (part / NAME).write_text(made.model_dump_json(by_alias=True, indent=1) + "\n")
    return made


async def _version(session: AsyncSession) -> int:
    found = await session.scalar(sa.text("SELECT current_setting('server_version_num')::int"))
    return int(found or 0) // 10_000


async def _copy_files(database: Database, session: AsyncSession, folder: Path) -> list[str]:
    """Copy the content of every file that was there at the moment; name those that are gone."""
    contents = store.choose(database.settings)
    missing: list[UUID] = []
    query = sa.select(File.id).where(File.erased_at.is_(None)).order_by(File.id)
    for file_id in (await session.scalars(query)).all():
        try:
            read = await contents.get(file_id)
        except store.ContentMissing:
            missing.append(file_id)
            continue
        with (folder / str(file_id)).open("wb") as copy:
            async for chunk in read:
                copy.write(chunk)
    return [str(file_id) for file_id in await _still_there(database, missing)]


async def _still_there(database: Database, missing: Sequence[UUID]) -> Sequence[UUID]:
    """Pass over what was erased since the moment: its content is gone by right."""
    if not missing:
        return ()
    async with database.reading() as session:
        query = sa.select(File.id).where(File.id.in_(missing), File.erased_at.is_(None))
        return (await session.scalars(query)).all()


def _copy_the_rest(home: Path, part: Path) -> None:
    for name in KEPT:
        path = home / name
        if path.is_dir():
            shutil.copytree(path, part / name, ignore=shutil.ignore_patterns("*.part"))
        elif path.exists():
            shutil.copy2(path, part / name)


async def _described(
    session: AsyncSession, version: int, part: Path, missing: Sequence[str]
) -> Manifest:
    settings = settings_of(session)
    installation = (await session.scalars(sa.select(Installation))).one()
    newest = await queries.checkpoint(session)
    return Manifest(
        made_at=datetime.now(UTC),
        baat_version=__version__,
        schema_revision=str(await migrations.present(session)),
        postgresql_version=version,
        mode=installation.mode,
        demo=installation.demo,
        public_url=settings.public_url,
        owner_role=make_url(settings.owner_url).username or "",
        application_role=make_url(settings.database_url.get_secret_value()).username or "",
        secret_fingerprint=manifest.fingerprint(settings),
        position=await positions.latest(session),
        log=Log(
            leaves=await queries.size(session),
            checkpoint=None if newest is None else newest.note,
        ),
        missing=tuple(missing),
        contents=manifest.listed(part),
    )
