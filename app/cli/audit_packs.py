"""Write a year with all that an accountant or an auditor needs into one file."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress

from app.audits import queries
from app.audits.actions import making, packs
from app.audits.actions.making import Made
from app.audits.actions.packs import Parts, Wanted
from app.audits.models import AuditPack, AuditPackState
from app.cli.running import OPERATOR, in_database
from app.core.database import Database
from app.core.problems import NotFound
from app.ledger import exports
from app.schemes.models import Authority, Scheme


def audit_pack(  # noqa: PLR0913  Each is an option.
    scheme: Annotated[UUID, typer.Option(help="Whose books of money and impact.")],
    authority: Annotated[UUID, typer.Option(help="Whose contracts, obligations and claims.")],
    year: Annotated[int, typer.Option(min=2000, max=2199, help="Of the calendar.")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="The file to write: a ZIP.")],
    position: Annotated[
        int | None, typer.Option(min=1, help="As known at this position of the books.")
    ] = None,
    known_at: Annotated[
        str | None,
        typer.Option(help="With a position: when all else was known, as another pack says it."),
    ] = None,
) -> None:
    """Write an audit pack; of the same position and moment it is the same, byte for byte."""
    if not out.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {out.parent}.", param_hint="--out")
    wanted = Wanted(year, position, _moment(known_at, position))
    console = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)

    async def write(database: Database) -> tuple[AuditPack, Made]:
        pack = await _fixed(database, scheme, authority, wanted)
        with Progress(console=console, disable=not console.is_terminal) as progress:
            task = progress.add_task("Writing the audit pack", total=None)

            async def told(done: int, total: int) -> None:
                progress.update(task, completed=done, total=total)

            with exports.opened(out) as file:
                made = await making.write_out(database, OPERATOR, pack.id, file, told)
        return pack, made

    pack, made = in_database(write)
    typer.echo(f"{out}: {made.size_bytes:,} bytes, sha256 {made.sha256.hex()}")
    typer.echo(f"The same again: --position {pack.position} --known-at {pack.known_at.isoformat()}")


def _moment(written: str | None, position: int | None) -> datetime | None:
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise typer.BadParameter(f"{written} is no moment.", param_hint="--known-at") from error
    if moment.tzinfo is None or position is None:
        message = "Name it with its offset from UTC, and with a position."
        raise typer.BadParameter(message, param_hint="--known-at")
    return moment


async def _fixed(
    database: Database, scheme_id: UUID, authority_id: UUID, wanted: Wanted
) -> AuditPack:
    async with database.work() as session:
        scheme = await session.get(Scheme, scheme_id)
        authority = await session.get(Authority, authority_id)
        if (
            scheme is None
            or authority is None
            or not await queries.packs.recognises(session, scheme_id, authority_id)
        ):
            message = f"No authority {authority_id} counts what is bought in a scheme {scheme_id}."
            raise NotFound(message)
        pack = await packs.fix(session, OPERATOR, _whole(scheme, authority), wanted)
        # Nobody here makes or keeps it; somebody may have it made again.
        pack.state = AuditPackState.EXPIRED
        return pack


def _whole(scheme: Scheme, authority: Authority) -> Parts:
    """Leave nothing out: whoever runs the installation reads all of it."""
    return Parts(scheme, authority, has_books=True, has_obligations=True)
