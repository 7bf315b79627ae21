"""Payments, and what the provider tells."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import sqlalchemy as sa
import typer

from app.cli.running import in_database
from app.core import clock
from app.core.database import Database
from app.core.money import euros
from app.payments.errands import sweeping
from app.payments.facts import Difference
from app.payments.queries import reconciling
from app.schemes.models import Scheme

group = typer.Typer(no_args_is_help=True, help="Payments, and what the provider tells.")


@group.command()
def replay(days: Annotated[int, typer.Option(min=1, max=30, help="So far back.")] = 4) -> None:
    """Work anew on the provider's events, also on those that never came."""
    since = datetime.now(UTC) - timedelta(days=days)
    typer.echo(f"Events: {in_database(lambda database: sweeping.replay(database, since))}.")


def reconcile() -> None:
    """Compare the books of every scheme with the provider's moves of its balance.

    Names each difference, and ends with 1 if somebody must explain one.
    """

    async def compare(database: Database) -> list[str]:
        async with database.snapshot() as session:
            lines = [f"{name} is nobody's" for name in await reconciling.unclaimed(session)]
            for scheme in await session.scalars(sa.select(Scheme).order_by(Scheme.code)):
                found = await reconciling.provider(session, scheme.id, clock.now())
                lines += [_told(scheme.code, difference) for difference in found.differences]
        return lines

    lines = in_database(compare)
    for line in lines:
        typer.echo(line)
    typer.echo(f"Differences between the books and the provider: {len(lines)}.")
    if lines:
        raise typer.Exit(code=1)


def _told(code: str, difference: Difference) -> str:
    books, provider = euros(difference.books_cents), euros(difference.provider_cents)
    return f"{code} {difference.name} {difference.meaning}: {books} here, {provider} there"
