"""Play a round, and tell it."""

from typing import Annotated

import typer
from rich.console import Console

from app import story as tale
from app.cli.running import chosen_settings, refusals_in_one_sentence

LAUNCHER = "The launcher brings a database, and sets all this: python3 scripts/dev.py cli story"


def story(
    *,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the demo up at the end, until Ctrl-C.")
    ] = False,
    pause: Annotated[
        float, typer.Option(min=0, max=60, help="Wait so many seconds before each step.")
    ] = 0.0,
) -> None:
    """Play a round over HTTP on a throw-away demo, and tell it step by step with its journal."""
    chosen = chosen_settings(advice=LAUNCHER)
    with refusals_in_one_sentence():
        code = tale.play(chosen, tale.Teller(Console(), pause), keep=keep)
    raise typer.Exit(code)
