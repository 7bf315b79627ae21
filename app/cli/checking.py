"""Prove that everything is true that must be, or name what breaks it."""

import json
import time
from dataclasses import dataclass, field
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.invariants import INVARIANTS, SECTIONS
from app.cli.running import in_database
from app.core import clock, migrations
from app.core.database import Database
from app.core.invariants import Kept, all_faults
from app.ledger import positions

ALL = "all"
MOST_SHOWN = 100
"""Of each invariant: what breaks one row may break all."""


@dataclass(slots=True)
class Found:
    """What was found of one invariant."""

    kept: Kept
    faults: list[str] = field(default_factory=list)
    count: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        found = "holds" if not self.count else f"{self.count:,} FAULTS"
        return f"{found:>12}  {self.kept.name:<28} {self.seconds:>8.3f} s"

    def as_json(self) -> dict[str, object]:
        """Give it as a program reads it."""
        return {
            "name": self.kept.name,
            "says": self.kept.says,
            "holds": not self.count,
            "faultCount": self.count,
            "faults": self.faults,
            "seconds": round(self.seconds, 3),
        }


def check(
    section: Annotated[
        str, typer.Argument(help=f"What to look at: {', '.join((ALL, *SECTIONS))}.")
    ] = ALL,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Prove from the rows alone that all is as it must be; name each fault, and exit 1 on any."""
    invariants = _chosen(section)
    errors = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)

    async def prove(database: Database) -> tuple[int, list[Found]]:
        found = []
        async with database.snapshot() as session:
            await migrations.insist_on_newest(session)
            position = await positions.latest(session)
            for kept in invariants:
                found.append(await _look(session, kept))
                if not as_json:
                    typer.echo(str(found[-1]))
                    for fault in found[-1].faults:
                        errors.print(fault)
        return position, found

    position, found = in_database(prove)
    broken = sum(each.count > 0 for each in found)
    if as_json:
        typer.echo(_as_json(position, found))
    elif broken:
        typer.echo(f"{broken} of {len(found)} are broken, at position {position:,}.", err=True)
    else:
        typer.echo(f"All {len(found)} hold, at position {position:,}.")
    if broken:
        raise typer.Exit(code=1)


def _chosen(section: str) -> tuple[Kept, ...]:
    if section == ALL:
        return INVARIANTS
    if section not in SECTIONS:
        message = f"There is no {section}: choose {', '.join((ALL, *SECTIONS))}."
        raise typer.BadParameter(message)
    return SECTIONS[section]


async def _look(session: AsyncSession, kept: Kept) -> Found:
    found, began = Found(kept), time.monotonic()
    async for fault in all_faults(session, [kept]):
        found.count += 1
        if found.count <= MOST_SHOWN:
            found.faults.append(fault)
    found.seconds = time.monotonic() - began
    return found


def _as_json(position: int, found: list[Found]) -> str:
    told = {
        "holds": not any(each.count for each in found),
        "checkedAt": clock.now().isoformat(),
        "position": position,
        "invariants": [each.as_json() for each in found],
    }
    return json.dumps(told, indent=2)
