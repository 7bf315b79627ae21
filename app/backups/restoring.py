"""Restoring: an installation out of a backup where there is none, proven afterwards."""

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.audits.invariants import INVARIANTS
from app.backups import manifest, programs
from app.backups.failures import BackupRefused
from app.backups.manifest import DUMP, KEPT, Manifest
from app.core import clock, installation, migrations
from app.core.database import explain_failed_connections, open_database
from app.core.files import store
from app.core.invariants import all_faults
from app.core.settings import Settings
from app.ledger import positions
from app.transparency import queries

TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


def restore(chosen: Settings, folder: Path) -> tuple[Manifest, list[str]]:
    """Make the installation of a backup in an empty database and folder; give what is wrong in it.

    Raises:
        BackupRefused: it does not fit what is there, or is not whole; then nothing is changed.
    """
    found = manifest.read(folder)
    _insist_on_fit(chosen, found)
    # What it is, is fixed at creation, and stands in the database that comes back.
    settings = chosen.model_copy(update={"demo": found.demo})
    asyncio.run(_bring_database(settings, folder, found))
    # To this version, and with the application's rights.
    migrations.migrate(settings)
    return found, asyncio.run(_bring_the_rest(settings, folder, found))


async def _bring_database(settings: Settings, folder: Path, found: Manifest) -> None:
    await _insist_on_room(settings)
    await programs.run(
        settings,
        "pg_restore",
        found.postgresql_version,
        *("--no-owner", "--single-transaction", "--exit-on-error", str(folder / DUMP)),
    )


async def _bring_the_rest(settings: Settings, folder: Path, found: Manifest) -> list[str]:
    await _bring_files(settings, folder)
    for name in KEPT:
        if (folder / name).is_dir():
            shutil.copytree(folder / name, settings.home / name, dirs_exist_ok=True)
        elif (folder / name).exists():
            shutil.copy2(folder / name, settings.home / name)
    return await _faults(settings, found)


def _insist_on_fit(chosen: Settings, found: Manifest) -> None:
    reasons = {
        "BAAT_SECRET is not the one of the backup: what it sealed could not be opened. Set that"
        " one (the launcher keeps it in BAAT_HOME/secret).": (
            found.secret_fingerprint != manifest.fingerprint(chosen)
        ),
        f"The backup is of a {found.mode} installation: set BAAT_MODE={found.mode}.": (
            found.mode is not chosen.mode
        ),
        f"The rights in the backup are those of {found.owner_role} (who owns the tables) and"
        f" {found.application_role}: name these roles in MIGRATIONS_DATABASE_URL and"
        " DATABASE_URL.": (_roles(chosen) != (found.owner_role, found.application_role)),
        f"The backup was made by a later version of Baat ({found.baat_version}): use that one.": (
            found.schema_revision not in migrations.known()
        ),
    }
    if said := [reason for reason, applies in reasons.items() if applies]:
        raise BackupRefused("\n".join(said))


def _roles(settings: Settings) -> tuple[str | None, str | None]:
    urls = (settings.owner_url, settings.database_url.get_secret_value())
    owner, application = (make_url(url).username for url in urls)
    return owner, application


async def _insist_on_room(settings: Settings) -> None:
    lies = [name for name in (*KEPT, "files") if _holds_something(settings.home / name)]
    if lies:
        message = f"{settings.home} is not empty ({', '.join(lies)}): choose another BAAT_HOME."
        raise BackupRefused(message)
    engine = create_async_engine(settings.owner_url, poolclass=NullPool)
    explain_failed_connections(engine)
    try:
        async with engine.connect() as connection:
            tables = (await connection.execute(sa.text(TABLES))).scalar_one()
    finally:
        await engine.dispose()
    if tables:
        name = make_url(settings.owner_url).database
        message = (
            f"The database {name} is not empty ({tables} tables): restore into a new one,"
            " or with the launcher into a BAAT_HOME that is new."
        )
        raise BackupRefused(message)
    settings.home.mkdir(parents=True, exist_ok=True)


def _holds_something(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else path.exists()


async def _bring_files(settings: Settings, folder: Path) -> None:
    contents = store.choose(settings)
    for path in sorted((folder / "files").iterdir()):
        with path.open("rb") as file:
            await contents.put(UUID(path.name), file)


async def _faults(settings: Settings, found: Manifest) -> list[str]:
    """Prove what was restored from its rows, and that it stands where the backup stood."""
    async with open_database(settings) as database, database.snapshot() as session:
        await installation.check(session, settings)
        newest = await queries.checkpoint(session)
        stands = {
            "position of the books": (await positions.latest(session), found.position),
            "leaves of the log": (await queries.size(session), found.log.leaves),
            "newest checkpoint": (newest.note if newest else None, found.log.checkpoint),
        }
        faults = [
            f"{name}: expected {expected}, found {there}"
            for name, (there, expected) in stands.items()
            if there != expected
        ]
        # Nobody has worked since: what was on its way then is judged as of then.
        with clock.travelled(clock.now() - (datetime.now(UTC) - found.made_at)):
            return faults + [fault async for fault in all_faults(session, _LASTING)]


_LASTING = tuple(each for each in INVARIANTS if each.name != "jobs-on-time")
"""Leases are by the machine's own clock: those of the workers of then ended long ago."""
