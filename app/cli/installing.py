"""Make an installation and its first staff user; see how it is set up."""

import asyncio
from typing import Annotated

import typer
from pydantic import SecretStr, ValidationError

from app import __version__
from app.cli.running import chosen_settings, in_database, refusals_in_one_sentence, sentences
from app.core import installation, languages, migrations
from app.core.database import Database, open_database
from app.core.languages import Language
from app.core.settings import Settings, as_table, variable_of
from app.organisations.actions import staff
from app.organisations.schemas import FirstStaff


def migrate() -> None:
    """Bring the database up to date, give the application its rights, make the installation."""
    chosen = chosen_settings()

    async def create() -> None:
        async with open_database(chosen) as database, database.work() as session:
            await installation.create(session, chosen)

    with refusals_in_one_sentence():
        migrations.migrate(chosen)
        asyncio.run(create())


def bootstrap(
    email: Annotated[str, typer.Option(prompt="E-mail address")],
    name: Annotated[str, typer.Option(prompt="Name")],
    password: Annotated[
        str,
        typer.Option(
            prompt="Password (12 characters or more)",
            hide_input=True,
            confirmation_prompt=True,
            envvar="BAAT_BOOTSTRAP_PASSWORD",
            help="Better asked for, or in the environment: a command line is seen by others.",
        ),
    ],
    language: Annotated[Language, typer.Option()] = languages.DEFAULT,
) -> None:
    """Make the first staff user. Refused as soon as there is one."""
    try:
        first = FirstStaff(email=email, name=name, password=password, language=language)
    except ValidationError as error:
        raise typer.BadParameter("; ".join(sentences(error))) from error

    async def make(database: Database) -> None:
        await staff.make_first_staff(database, first)

    in_database(make)
    typer.echo(f"{first.email} is staff: sign in with POST /v1/sessions.")


def show_settings(
    *,
    explain: Annotated[bool, typer.Option(help="Tell what each one is for.")] = False,
    table: Annotated[
        bool, typer.Option(help="The same with defaults, as in OPERATIONS.md.")
    ] = False,
) -> None:
    """Print every setting, without secrets."""
    if table:
        typer.echo(as_table(), nl=False)
        return
    if explain:
        for name, field in Settings.model_fields.items():
            typer.echo(f"{variable_of(name)}: {field.description}")
        return
    for name, value in chosen_settings():
        typer.echo(f"{variable_of(name)} = {_shown(value)}")


def _shown(value: object) -> str:
    return "(secret)" if isinstance(value, SecretStr) else str(value)


def version() -> None:
    """Print the version."""
    typer.echo(__version__)
