"""Look at jobs, and bring dead ones back."""

from typing import Annotated
from uuid import UUID

import typer

from app.cli.running import OPERATOR, in_database
from app.core import jobs
from app.core.database import Database

group = typer.Typer(no_args_is_help=True, help="Look at jobs, and bring dead ones back.")


@group.command("list")
def list_jobs(
    state: Annotated[jobs.JobState | None, typer.Option(help="Only these.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
) -> None:
    """Print jobs: id, state, kind, attempts, due, and what went wrong last."""

    async def read(database: Database) -> list[jobs.Job]:
        async with database.reading() as session:
            return await jobs.listed(session, state, limit)

    for job in in_database(read):
        attempts = f"{job.attempts}/{job.max_attempts}"
        due = f"{job.run_at:%Y-%m-%dT%H:%M:%SZ}"
        typer.echo(
            f"{job.id}  {job.state:7} {job.kind:24} {attempts:6} {due}  {job.last_error or ''}"
        )


@group.command()
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

    typer.echo(f"Brought back: {in_database(revive)}.")
