"""See what time it is in an installation, and let a demo's clock jump ahead."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from app.cli.running import OPERATOR, in_database
from app.core import clock, installation
from app.core.database import Database

group = typer.Typer(no_args_is_help=True, help="The clock of this installation.")


@group.command("show")
def show_clock() -> None:
    """Print what time it is here."""

    async def read(_database: Database) -> datetime:
        return clock.now()

    typer.echo(in_database(read).isoformat(timespec="seconds"))


@group.command("set")
def set_clock(moment: Annotated[str, typer.Argument(help="2026-05-04T12:00:00+02:00")]) -> None:
    """Let a demo's clock jump to a later moment (RFC 3339)."""
    try:
        to = datetime.fromisoformat(moment)
    except ValueError as error:
        raise typer.BadParameter(f"{moment} is not a moment.") from error
    if to.tzinfo is None:
        raise typer.BadParameter(f"{moment} says no offset: end it with Z or +02:00.")
    _jump(lambda: to)


@group.command()
def advance(
    duration: Annotated[str, typer.Argument(help="Such as 90m, 12h, 30d, 6w or 1d12h.")],
) -> None:
    """Let a demo's clock jump ahead."""
    parts = _DURATION.fullmatch(duration)
    if not parts:
        raise typer.BadParameter(f"{duration} is not a duration such as 90m, 12h, 30d or 1d12h.")
    given = {unit: int(count) for unit, count in parts.groupdict().items() if count}
    _jump(lambda: clock.now() + timedelta(**given))


# At most as many digits as a timedelta can hold.
_DURATION = re.compile(
    r"(?=.)(?:(?P<weeks>\d{1,4})w)?(?:(?P<days>\d{1,5})d)?(?:(?P<hours>\d{1,6})h)?"
    r"(?:(?P<minutes>\d{1,8})m)?(?:(?P<seconds>\d{1,9})s)?"
)


def _jump(to: Callable[[], datetime]) -> None:
    async def jump(database: Database) -> datetime:
        # Read here and not before: this process follows the clock from now on.
        moment = to()
        async with database.work() as session:
            await installation.set_clock(session, moment, OPERATOR)
        return moment

    moment = in_database(jump).astimezone(UTC)
    typer.echo(f"The clock says {moment.isoformat(timespec='seconds')}.")
