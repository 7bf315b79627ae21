"""Furnish a new installation as a demo."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from app.cli.running import chosen_settings, refusals_in_one_sentence
from app.core.settings import Mode, Settings
from app.story import demo as tale
from app.story import recording
from app.story.failures import Failure

LAUNCHER = "The launcher brings a database, and sets all this: python3 scripts/dev.py run"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
WELCOME = "demo.txt"
"""Of the installation's folder: who signs in with which password, and what to try."""
STOPPED = 130


def demo() -> None:
    """Set a demo up in a database that holds no installation: a market, played over HTTP."""
    chosen = chosen_settings(advice=LAUNCHER)
    _insist_on_a_place_for_demos(chosen)
    chosen.home.mkdir(parents=True, exist_ok=True)
    try:
        with refusals_in_one_sentence(), _progress() as begins:
            tale.furnish(chosen, begins, lambda text: _keep(chosen.home / WELCOME, text))
    except (Failure, httpx.HTTPError) as failure:
        typer.echo(f"The demo can't be set up: {failure or type(failure).__name__}", err=True)
        typer.echo(f"The server's log: {chosen.home / 'demo.log'}", err=True)
        raise typer.Exit(1) from failure
    except KeyboardInterrupt as stopped:
        # It may come in the middle of anything, whose remains have nothing more to say.
        sys.unraisablehook = lambda _: None
        typer.echo("Stopped.", err=True)
        raise typer.Exit(STOPPED) from stopped


def examples(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Such as app/examples.json.")],
) -> None:
    """For developers: play the demo aside, and write what was asked and answered as examples.

    What the file has of the tests stays where the demo has nothing: `tests/recording.py`.
    """
    chosen = chosen_settings(advice=LAUNCHER)
    try:
        with refusals_in_one_sentence(), _progress() as begins:
            found = tale.record(chosen, begins)
    except (Failure, httpx.HTTPError) as failure:
        typer.echo(f"There are no examples: {failure or type(failure).__name__}", err=True)
        raise typer.Exit(1) from failure
    if file.exists():
        found.add(recording.read(file).of(recording.Source.TESTS))
    file.write_text(found.written())
    typer.echo(f"{len(found.operations)} operations, {len(found.problems)} refusals.")


def _insist_on_a_place_for_demos(chosen: Settings) -> None:
    # Its accounts have one password, and one of them is staff.
    host = urlsplit(chosen.public_url).hostname
    if chosen.mode is Mode.LIVE or host not in LOOPBACK:
        typer.echo(
            "A demo is a test installation on this machine alone, with BAAT_MODE=test and a"
            " BAAT_PUBLIC_URL of loopback. Without one: python3 scripts/dev.py run --empty",
            err=True,
        )
        raise typer.Exit(2)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show how far it is: a bar for people, a line for each scene where nobody looks."""
    console = Console(highlight=False)
    if not console.is_terminal:
        yield lambda title: typer.echo(f"  {title}")
        return
    columns = (TextColumn("  {task.description:<40}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=tale.STEPS)
        done = iter(range(tale.STEPS))
        yield lambda title: bar.update(task, description=title, completed=next(done))


def _keep(path: Path, text: str) -> None:
    # It holds a password that opens this demo: its owner alone reads it.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
