"""Payments, and what the provider tells."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from app.cli.running import in_database
from app.payments.errands import sweeping

group = typer.Typer(no_args_is_help=True, help="Payments, and what the provider tells.")


@group.command()
def replay(days: Annotated[int, typer.Option(min=1, max=30, help="So far back.")] = 4) -> None:
    """Work anew on the provider's events, also on those that never came."""
    since = datetime.now(UTC) - timedelta(days=days)
    typer.echo(f"Events: {in_database(lambda database: sweeping.replay(database, since))}.")
