"""Prove that the books are right, and write them for other programs."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress

from app.cli.running import in_database
from app.core.database import Database
from app.ledger import checks, exports
from app.ledger.streaming import Selection

DAY = "%Y-%m-%d"

export = typer.Typer(no_args_is_help=True, help="Write the books for other programs.")


def check_books() -> None:
    """Prove from the rows alone that the books are right; name each fault."""
    console = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)

    async def prove(database: Database) -> tuple[checks.Counts, int]:
        faults = 0
        async with database.snapshot() as session:
            counts = await checks.counts(session)
            with Progress(console=console, disable=not console.is_terminal) as progress:
                task = progress.add_task("Checking the books", total=counts.steps)
                async for fault in checks.all_faults(session, lambda: progress.advance(task)):
                    faults += 1
                    console.print(fault)
        return counts, faults

    counts, faults = in_database(prove)
    if faults:
        typer.echo(f"The books have {faults} faults, in {counts}.", err=True)
        raise typer.Exit(code=1)
    typer.echo(f"The books balance. {counts}.")


@export.command("journal")
def export_journal(
    file_format: Annotated[exports.Format, typer.Option("--format", help="For whom it is.")],
    scheme: Annotated[
        UUID | None, typer.Option(help="Only the books of this keeper: a scheme, an authority.")
    ] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=[DAY], help="The first day (UTC).")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=[DAY], help="The last day (UTC).")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(dir_okay=False, help="A file, instead of standard output.")
    ] = None,
) -> None:
    """Write the journal, entry by entry in the order in which the books learned of them."""
    if first and last and last < first:
        raise typer.BadParameter(f"{last:{DAY}} is before {first:{DAY}}.", param_hint="--to")
    if output and not output.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {output.parent}.", param_hint="--output")
    selection = Selection.of_days(first, last, keeper_id=scheme)

    async def write(database: Database) -> int:
        async with database.snapshot() as session:
            with exports.opened(output) as file:
                await exports.write(session, selection, file_format, file)
            return await exports.unsequenced(session)

    if left := in_database(write):
        typer.echo(f"{left} entries have no position yet: they are not in it.", err=True)
