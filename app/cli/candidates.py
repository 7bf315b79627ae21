"""Make candidates' keys where the candidates work: no database, and nothing is sent or kept."""

import csv
import sys
from datetime import date
from typing import Annotated

import typer

from app.fulfilments import candidates

COLUMNS = 3


def candidate_keys(
    salt: Annotated[str, typer.Option(help="The installation's, of `GET /v1/candidate-salt`.")],
) -> None:
    """Make candidates' keys: `family name;given names;1990-01-31` in, line by line, keys out."""
    try:
        known = bytes.fromhex(salt)
    except ValueError as refused:
        message = "The salt is written in hexadecimal: copy it whole."
        raise typer.BadParameter(message) from refused
    for number, row in enumerate(csv.reader(sys.stdin, delimiter=";"), 1):
        if row:
            typer.echo(_key(known, number, row).hex())


def _key(salt: bytes, number: int, row: list[str]) -> bytes:
    # What stands in the line is said to nobody, not even to whoever reads the refusal.
    if len(row) != COLUMNS or not (row[0].strip() and row[1].strip()):
        message = f"Line {number} is not `family name;given names;date of birth`."
        raise typer.BadParameter(message)
    try:
        born_on = date.fromisoformat(row[2].strip())
    except ValueError as refused:
        message = f"Line {number}: write the date of birth as 1990-01-31."
        raise typer.BadParameter(message) from refused
    return candidates.key(salt, row[0], row[1], born_on)
