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
from app.payments.facts import Difference, Traveller
from app.payments.queries import reconciling
from app.schemes.models import Scheme

group = typer.Typer(no_args_is_help=True, help="Payments, and what the provider tells.")


@group.command()
def replay(days: Annotated[int, typer.Option(min=1, max=30, help="So far back.")] = 4) -> None:
    """Work anew on the provider's events, also on those that never came."""
    since = datetime.now(UTC) - timedelta(days=days)
    typer.echo(f"Events: {in_database(lambda database: sweeping.replay(database, since))}.")


def reconcile() -> None:
    """Compare the books of every scheme with the provider's moves and the bank's statements.

    Names each difference and who does something about it, and ends with 1 if there is one. Warns of
    what has been under way for too long.
    """

    async def compare(database: Database) -> tuple[list[str], list[str]]:
        async with database.snapshot() as session:
            lines = [f"{name} is nobody's" for name in await reconciling.unclaimed(session)]
            warnings = []
            for scheme in await session.scalars(sa.select(Scheme).order_by(Scheme.code)):
                found = await reconciling.everything(session, scheme.id, clock.today())
                lines += [_told(scheme.code, difference) for difference in found.differences]
                warnings += [_warned(scheme.code, traveller) for traveller in found.late]
        return lines, warnings

    lines, warnings = in_database(compare)
    for line in (*warnings, *lines):
        typer.echo(line)
    typer.echo(f"Differences between the books, the provider and the bank: {len(lines)}.")
    if lines:
        raise typer.Exit(code=1)


def _told(code: str, difference: Difference) -> str:
    books, outside = euros(difference.books_cents), euros(difference.outside_cents)
    what = difference.meaning.replace("_", " ")
    return (
        f"{code} {difference.name} {what}: {books} here, {outside} there ({difference.responsible})"
    )


def _warned(code: str, traveller: Traveller) -> str:
    what = traveller.kind.replace("_", " ")
    since = f"{traveller.since:%Y-%m-%d}"
    amount = euros(traveller.amount_cents)
    return f"{code} warning: {what} {traveller.id} of {amount} has been under way since {since}"
