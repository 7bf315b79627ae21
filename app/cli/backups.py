"""Put all of an installation into a folder, and bring it back out of one."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app import backups
from app.backups import BackupRefused, Manifest
from app.cli.running import chosen_settings, in_database, refusals_in_one_sentence
from app.core.database import Database
from app.core.settings import Settings

Folder = Annotated[Path, typer.Argument(file_okay=False, help="A folder of the backup's own.")]


def backup(folder: Folder) -> None:
    """Put database, files and mail into a folder, as they are at one moment; others go on."""
    where = _absolute(folder)

    async def make(database: Database) -> Manifest:
        return await backups.make(database, where)

    with _refused_in_words():
        made = in_database(make)
    size = sum(content.bytes for content in made.contents.values())
    typer.echo(
        f"{where}: {size:,} bytes in {len(made.contents)} files; the books up to position"
        f" {made.position}, {made.log.leaves} leaves of the log.\n"
        "BAAT_SECRET is not in it: keep that apart."
    )
    for missing in made.missing:
        typer.echo(f"The store has no content of file {missing}.", err=True)
    if made.missing:
        raise typer.Exit(1)


def restore(folder: Folder) -> None:
    """Make the installation of a backup, in an empty database and an empty BAAT_HOME; prove it."""
    where = _absolute(folder)
    chosen = chosen_settings()
    with _refused_in_words(), refusals_in_one_sentence():
        made, faults = backups.restore(chosen, where)
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        typer.echo(f"It is restored, and has {len(faults)} faults.", err=True)
        raise typer.Exit(1)
    typer.echo(
        f"Restored as of {made.made_at:%Y-%m-%dT%H:%M:%SZ}, and all is as it must be (`baat check"
        f" all`): the books up to position {made.position}, {made.log.leaves} leaves of the log."
    )
    if hint := what_to_set(made, chosen, os.environ):
        typer.echo(hint)


def what_to_set(made: Manifest, chosen: Settings, environment: Mapping[str, str]) -> str:
    """Say what whoever starts it must set, unless the launcher does: it sees what is there."""
    is_set = chosen.demo or "BAAT_VENV" in environment
    return "It is a demo: set BAAT_DEMO=true." if made.demo and not is_set else ""


def _absolute(folder: Path) -> Path:
    return folder.expanduser().absolute()


@contextmanager
def _refused_in_words() -> Iterator[None]:
    try:
        yield
    except BackupRefused as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal
