"""How a command runs: with the operator's settings, on an open database, refusing in a sentence."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import asyncpg
import typer
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from app.core import installation, mail
from app.core.database import Database, open_database, unavailable
from app.core.events import Actor
from app.core.problems import Problem
from app.core.settings import Settings, settings
from app.core.wiring import NotWired
from app.main import prepare

OPERATOR = Actor.system("operator")

Result = TypeVar("Result")


EXPLAINED = "`baat settings --explain` lists every setting."


def chosen_settings(advice: str = EXPLAINED) -> Settings:
    """Read the environment, or end the command with a sentence for each thing that is wrong."""
    try:
        return settings()
    except ValidationError as error:
        for sentence in sentences(error, prefix="BAAT_"):
            typer.echo(sentence, err=True)
        typer.echo(advice, err=True)
        raise typer.Exit(code=2) from error


def sentences(error: ValidationError, prefix: str = "") -> list[str]:
    """Say what is wrong with what was typed, without repeating it: it may be a password."""
    found = []
    for fault in error.errors():
        place = ".".join(map(str, fault["loc"]))
        # In small letters it is the name of a field, and not that of a variable.
        name = f"{prefix}{place.upper()}" if prefix and place.islower() else place
        what = fault["msg"].removeprefix("Value error, ")
        found.append(f"{name}: {what}" if name else what)
    return found


_DATABASE_SAYS = {
    "28": "The database refuses the user or the password of DATABASE_URL (or"
    " MIGRATIONS_DATABASE_URL).",
    "3D": "There is no database of that name: make it first, or correct DATABASE_URL.",
    "42P01": "The database lacks tables of this version: run `baat migrate` first.",
    "42703": "The database lacks columns of this version: run `baat migrate` first.",
    "42501": "The database gives this role too few rights: run `baat migrate` with the role that"
    " owns it (MIGRATIONS_DATABASE_URL).",
}
"""What an operator can do something about, by SQLSTATE or its class."""


@contextmanager
def refusals_in_one_sentence() -> Iterator[None]:
    """End the command where it or the database refuses; a bug keeps its traceback."""
    try:
        yield
    except (Problem, installation.WrongInstallation, NotWired, mail.BadLetter) as refusal:
        sentence = str(refusal)
    except asyncpg.ClientConfigurationError as error:
        sentence = f"The database can't be reached so: {error}"
    except (asyncpg.PostgresError, DBAPIError) as error:
        sentence = explained(error)
        if not sentence:
            raise
    else:
        return
    typer.echo(sentence, err=True)
    raise typer.Exit(code=1)


def explained(error: asyncpg.PostgresError | DBAPIError) -> str:
    """Say what an operator can do about an error of the database; nothing about a bug."""
    if passing := unavailable(error):
        return str(passing)
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or ""
    return _DATABASE_SAYS.get(state) or _DATABASE_SAYS.get(state[:2], "")


def in_database(act: Callable[[Database], Awaitable[Result]]) -> Result:
    """Open the database, insist on a fitting installation, and act; refusals are one sentence."""
    chosen = chosen_settings()

    async def run() -> Result:
        async with open_database(chosen) as database:
            await prepare(database)
            async with database.reading() as session:
                await installation.insist_on_whole(session)
            return await act(database)

    with refusals_in_one_sentence():
        return asyncio.run(run())
