"""What the house holds of people."""

import typer

from app.privacy import data_map as held


def data_map() -> None:
    """Write what is held of people, why, how long, and what an erasure does."""
    typer.echo(held.as_table(), nl=False)
