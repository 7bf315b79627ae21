"""The operator's commands: `baat …`. Each opens its own unit of work."""

import asyncio
from typing import Annotated

import typer
import uvicorn
from alembic import command
from alembic.config import Config
from pydantic import SecretStr, ValidationError

from app import __version__
from app.core import installation, logs
from app.core.database import open_database
from app.core.installation import ALEMBIC_INI
from app.core.settings import Settings, settings
from app.main import create_app

cli = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Baat: an open social-impact marketplace.",
)


def _settings() -> Settings:
    try:
        return settings()
    except ValidationError as error:
        for fault in error.errors():
            name = ".".join(str(part) for part in fault["loc"])
            typer.echo(f"Setting {name}: {fault['msg']}", err=True)
        typer.echo("`baat settings --explain` lists every setting.", err=True)
        raise typer.Exit(code=2) from error


@cli.command()
def migrate() -> None:
    """Bring the database up to date, give the application its rights, make the installation."""
    chosen = _settings()
    command.upgrade(Config(ALEMBIC_INI), "head")

    async def create() -> None:
        database = open_database(chosen)
        try:
            async with database.work() as session:
                await installation.create(session, chosen)
        finally:
            await database.close()

    try:
        asyncio.run(create())
    except installation.WrongInstallation as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(code=1) from error


@cli.command()
def serve(host: str = "127.0.0.1", port: int = 8000) -> None:
    """Answer HTTP, and work on jobs unless BAAT_WORKER=false."""
    chosen = _settings()
    logs.configure(chosen)
    uvicorn.run(
        create_app(chosen),
        host=host,
        port=port,
        log_config=None,
        server_header=False,
        forwarded_allow_ips=chosen.trusted_proxies,
        timeout_graceful_shutdown=15,
    )


@cli.command("settings")
def show_settings(
    *, explain: Annotated[bool, typer.Option(help="Tell what each one is for.")] = False
) -> None:
    """Print every setting, without secrets."""
    if explain:
        for name, field in Settings.model_fields.items():
            typer.echo(f"{name}: {field.description}")
        return
    for name, value in _settings():
        typer.echo(f"{name} = {_shown(value)}")


def _shown(value: object) -> str:
    return "(secret)" if isinstance(value, SecretStr) else str(value)


@cli.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)
