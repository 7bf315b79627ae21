"""The operator's commands: `baat …`. Each opens its own unit of work."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import asyncpg
import typer
import uvicorn
from alembic import command
from alembic.config import Config
from pydantic import SecretStr, ValidationError
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.exc import DBAPIError

from app import __version__
from app.core import clock, installation, jobs, languages, logs, mail
from app.core.database import Database, open_database, unavailable
from app.core.events import Actor
from app.core.installation import ALEMBIC_INI
from app.core.languages import Language
from app.core.problems import Problem
from app.core.settings import Settings, settings
from app.ledger import checks, exports
from app.ledger.streaming import Selection
from app.main import create_app, prepare, work_on_jobs
from app.organisations.actions import staff
from app.organisations.schemas import FirstStaff

DAY = "%Y-%m-%d"
OPERATOR = Actor.system("operator")

Result = TypeVar("Result")

cli = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Baat: an open social-impact marketplace.",
)

jobs_cli = typer.Typer(no_args_is_help=True, help="Look at jobs, and bring dead ones back.")
export_cli = typer.Typer(no_args_is_help=True, help="Write the books for other programs.")
clock_cli = typer.Typer(no_args_is_help=True, help="The clock of this installation.")
cli.add_typer(jobs_cli, name="jobs")
cli.add_typer(clock_cli, name="clock")
cli.add_typer(export_cli, name="export")


def _settings() -> Settings:
    try:
        return settings()
    except ValidationError as error:
        for sentence in _sentences(error, prefix="BAAT_"):
            typer.echo(sentence, err=True)
        typer.echo("`baat settings --explain` lists every setting.", err=True)
        raise typer.Exit(code=2) from error


def _sentences(error: ValidationError, prefix: str = "") -> list[str]:
    """Say what is wrong with what was typed, without repeating it: it may be a password."""
    sentences = []
    for fault in error.errors():
        place = ".".join(map(str, fault["loc"]))
        # In small letters it is the name of a field, and not that of a variable.
        name = f"{prefix}{place.upper()}" if prefix and place.islower() else place
        what = fault["msg"].removeprefix("Value error, ")
        sentences.append(f"{name}: {what}" if name else what)
    return sentences


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
def _refusals_are_one_sentence() -> Iterator[None]:
    """End the command where it or the database refuses; a bug keeps its traceback."""
    try:
        yield
    except (Problem, installation.WrongInstallation, jobs.NotWired, mail.BadLetter) as refusal:
        sentence = str(refusal)
    except asyncpg.ClientConfigurationError as error:
        sentence = f"The database can't be reached so: {error}"
    except (asyncpg.PostgresError, DBAPIError) as error:
        sentence = _explained(error)
        if not sentence:
            raise
    else:
        return
    typer.echo(sentence, err=True)
    raise typer.Exit(code=1)


def _explained(error: asyncpg.PostgresError | DBAPIError) -> str:
    if passing := unavailable(error):
        return str(passing)
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or ""
    return _DATABASE_SAYS.get(state) or _DATABASE_SAYS.get(state[:2], "")


@cli.command()
def migrate() -> None:
    """Bring the database up to date, give the application its rights, make the installation."""
    chosen = _settings()

    async def create() -> None:
        async with open_database(chosen) as database, database.work() as session:
            await installation.create(session, chosen)

    with _refusals_are_one_sentence():
        command.upgrade(Config(ALEMBIC_INI), "head")
        asyncio.run(create())


@cli.command()
def serve(host: str = "127.0.0.1", port: int = 8000) -> None:
    """Answer HTTP, and work on jobs unless BAAT_WORKER=false."""
    chosen = _settings()
    logs.configure(chosen)
    # Before uvicorn, which would wrap a refusal in a traceback.
    _in_database(_only_look)
    uvicorn.run(
        create_app(chosen),
        host=host,
        port=port,
        log_config=None,
        server_header=False,
        forwarded_allow_ips=chosen.trusted_proxies,
        timeout_graceful_shutdown=15,
    )


async def _only_look(_database: Database) -> None:
    """Do nothing more than `_in_database` does first."""


@cli.command()
def work() -> None:
    """Work on jobs and answer no HTTP; Ctrl-C or SIGTERM lets the running ones end."""
    logs.configure(_settings())
    _in_database(work_on_jobs)


@jobs_cli.command("list")
def list_jobs(
    state: Annotated[jobs.JobState | None, typer.Option(help="Only these.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
) -> None:
    """Print jobs: id, state, kind, attempts, due, and what went wrong last."""

    async def read(database: Database) -> list[jobs.Job]:
        async with database.reading() as session:
            return await jobs.listed(session, state, limit)

    for job in _in_database(read):
        attempts = f"{job.attempts}/{job.max_attempts}"
        due = f"{job.run_at:%Y-%m-%dT%H:%M:%SZ}"
        typer.echo(
            f"{job.id}  {job.state:7} {job.kind:24} {attempts:6} {due}  {job.last_error or ''}"
        )


@jobs_cli.command()
def retry(
    job_id: Annotated[UUID | None, typer.Argument(help="One dead job.")] = None,
    *,
    all_dead: Annotated[bool, typer.Option(help="Every dead job.")] = False,
) -> None:
    """Give dead jobs all their attempts again."""
    if (job_id is None) != all_dead:
        raise typer.BadParameter("Name one job, or --all-dead.")

    async def revive(database: Database) -> int:
        async with database.work() as session:
            if job_id is None:
                return await jobs.retry_all(session, OPERATOR)
            await jobs.retry(session, job_id, OPERATOR)
            return 1

    typer.echo(f"Brought back: {_in_database(revive)}.")


@clock_cli.command("show")
def show_clock() -> None:
    """Print what time it is here."""

    async def read(_database: Database) -> datetime:
        return clock.now()

    typer.echo(_in_database(read).isoformat(timespec="seconds"))


@clock_cli.command("set")
def set_clock(moment: Annotated[str, typer.Argument(help="2026-05-04T12:00:00+02:00")]) -> None:
    """Let a demo's clock jump to a later moment (RFC 3339)."""
    try:
        to = datetime.fromisoformat(moment)
    except ValueError as error:
        raise typer.BadParameter(f"{moment} is not a moment.") from error
    if to.tzinfo is None:
        raise typer.BadParameter(f"{moment} says no offset: end it with Z or +02:00.")
    _jump(lambda: to)


@clock_cli.command()
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

    moment = _in_database(jump).astimezone(UTC)
    typer.echo(f"The clock says {moment.isoformat(timespec='seconds')}.")


@cli.command()
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
        raise typer.BadParameter("; ".join(_sentences(error))) from error

    async def make(database: Database) -> None:
        await staff.make_first_staff(database, first)

    _in_database(make)
    typer.echo(f"{first.email} is staff: sign in with POST /v1/sessions.")


@cli.command()
def try_mail(
    address: str, language: Annotated[Language, typer.Option()] = languages.DEFAULT
) -> None:
    """Send a message to try out the mail settings; a worker delivers it."""

    async def send(database: Database) -> None:
        async with database.work() as session:
            await mail.send(
                session,
                to=address,
                language=language,
                letter="core/trial",
                category=mail.Category.SECURITY,
                installation=database.settings.public_url,
                moment=languages.moment(clock.now(), language),
            )

    _in_database(send)


@cli.command()
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

    counts, faults = _in_database(prove)
    if faults:
        typer.echo(f"The books have {faults} faults, in {counts}.", err=True)
        raise typer.Exit(code=1)
    typer.echo(f"The books balance. {counts}.")


@export_cli.command("journal")
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

    if left := _in_database(write):
        typer.echo(f"{left} entries have no position yet: they are not in it.", err=True)


def _in_database(act: Callable[[Database], Awaitable[Result]]) -> Result:
    """Open the database, insist on a fitting installation, and act; refusals are one sentence."""
    chosen = _settings()

    async def run() -> Result:
        async with open_database(chosen) as database:
            await prepare(database)
            return await act(database)

    with _refusals_are_one_sentence():
        return asyncio.run(run())


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
