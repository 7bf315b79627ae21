"""The public log: its keys and witnesses, and the programs of those who check it."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.packs import verifying
from app.cli.running import OPERATOR, in_database
from app.core import clock
from app.core.database import Database
from app.core.invariants import all_faults
from app.core.money import euros
from app.fulfilments.queries import disclosing
from app.transparency import notes, queries, verifier
from app.transparency.actions import forgetting
from app.transparency.actions import keys as of_log
from app.transparency.actions.forgetting import Forgotten
from app.transparency.checkpoints import Checkpoint
from app.transparency.invariants import INVARIANTS
from app.transparency.models import LogKey
from app.transparency.notes import Key, KeyRefused
from app.transparency.verifier import Counted, LogRefused, Replayed, Verified

group = typer.Typer(no_args_is_help=True, help="The keys of the public log, and its witnesses.")

Found = TypeVar("Found")

Trusted = Annotated[
    list[str],
    typer.Option(
        "--key",
        help="A verifier key that you trust, of the log or of a witness, or a file with some.",
    ),
]


@group.command()
def make() -> None:
    """Make the log's first key, if it has none, and say what others check it with."""

    async def first(database: Database) -> LogKey:
        async with database.work() as session:
            return await of_log.first(session, OPERATOR)

    typer.echo(queries.key_of(in_database(first)))


@group.command("list")
def list_keys() -> None:
    """List the keys that the log signs or signed with, the oldest first, and the witnesses."""

    async def listed(database: Database) -> list[str]:
        async with database.reading() as session:
            keys = [_shown(key) for key in await queries.keys(session)]
            witnesses = await queries.witnesses(session)
            return keys + [f"{queries.witness_key_of(each)}  witness" for each in witnesses]

    for line in in_database(listed) or ["The log has no key yet."]:
        typer.echo(line)


def _shown(key: LogKey) -> str:
    until = "" if key.retires_at is None else f", until {key.retires_at:%Y-%m-%d %H:%M} UTC"
    signs = "signs" if queries.signs_at(key, clock.now()) else "retired"
    return f"{queries.key_of(key)}  {signs}, from {key.made_at:%Y-%m-%d}{until}"


@group.command()
def rotate(
    overlap_days: Annotated[
        int, typer.Option(min=0, max=3650, help="So long the keys before sign beside it.")
    ] = of_log.OVERLAP.days,
) -> None:
    """Make a new key; tell everybody who checks the log before the overlap is over."""

    async def follow(database: Database) -> LogKey:
        async with database.work() as session:
            return await of_log.rotate(session, timedelta(days=overlap_days), OPERATOR)

    typer.echo(queries.key_of(in_database(follow)))


@group.command("witness")
def add_witness(verifier_key: str) -> None:
    """Take the cosignatures of a witness, by its verifier key (of the type 04)."""
    key = _witness(verifier_key)

    async def add(session: AsyncSession) -> None:
        await of_log.add_witness(session, key, OPERATOR)

    _work(add)


@group.command("end-witness")
def end_witness(verifier_key: str) -> None:
    """Take no more cosignatures of a witness."""
    key = _witness(verifier_key)

    async def end(session: AsyncSession) -> None:
        await of_log.end_witness(session, key, OPERATOR)

    _work(end)


def _work(change: of_log.Change) -> None:
    async def work(database: Database) -> None:
        async with database.work() as session:
            await change(session)

    in_database(work)


def _witness(written: str) -> Key:
    try:
        return notes.parse_key(written, notes.WITNESS)
    except KeyRefused as refused:
        raise typer.BadParameter(str(refused)) from refused


@group.command()
def forget(
    reason: Annotated[str, typer.Option(help="Why: an event says so, to whoever reads events.")],
    entry: Annotated[list[UUID] | None, typer.Option(help="An entry of the books.")] = None,
    fulfilment: Annotated[
        list[UUID] | None, typer.Option(help="A fulfilment: all that happened to it.")
    ] = None,
) -> None:
    """Erase salts, for good: the log stays as it is, and nobody can show what those leaves say."""

    async def erase(database: Database) -> Forgotten:
        async with database.work() as session:
            subjects = [*(entry or ()), *await disclosing.subjects(session, fulfilment or ())]
            return await forgetting.forget(session, subjects, reason, OPERATOR)

    for index in (indexes := in_database(erase).indexes):
        typer.echo(f"leaf {index}")
    if not indexes:
        typer.echo("Nothing was left to erase.")


def check_log() -> None:
    """Prove from the rows alone that the public log is right and says what the books say."""

    async def prove(database: Database) -> tuple[int, int]:
        count = 0
        async with database.snapshot() as session:
            async for fault in all_faults(session, INVARIANTS):
                count += 1
                typer.echo(fault, err=True)
            return await queries.size(session), count

    size, count = in_database(prove)
    if count:
        typer.echo(f"The log has {count} faults, in {size:,} leaves.", err=True)
        raise typer.Exit(code=1)
    typer.echo(f"The log is right: {size:,} leaves.")


def verify(
    files: list[Path],
    key: Trusted,
    known: Annotated[
        Path | None,
        typer.Option(help="A checkpoint that you kept: what is proven must be of the same log."),
    ] = None,
    log: Annotated[
        str | None,
        typer.Option(help="The address of the log, or a folder, to go from one to the other by."),
    ] = None,
) -> None:
    """Check files offline: audit packs, proofs of the log, and what is said with them."""
    trusted = _or_refuse(lambda: verifier.read_keys(key))
    kept = None if known is None else _or_refuse(lambda: verifier.opened(_text(known), trusted))
    refused = False
    with verifier.source_of(log) if log else nullcontext() as source:
        for file in files:
            try:
                typer.echo(f"{file}: {_checked(file, trusted, kept, source)}")
            except LogRefused as refusal:
                refused = True
                typer.echo(f"{file}: NOT proven. {refusal}", err=True)
    if refused:
        raise typer.Exit(code=1)


def _checked(
    file: Path, trusted: list[Key], kept: Checkpoint | None, source: verifier.Source | None
) -> str:
    if verifying.is_pack(file):
        return str(verifying.verify(file, trusted))
    verified = verifier.verify(_text(file), trusted)
    if kept is not None:
        verifier.insist_on_going_on(source, kept, verified.proven.checkpoint)
    return _told(verified, kept)


def _told(verified: Verified, kept: Checkpoint | None) -> str:
    proven = verified.proven
    names = ", ".join(key.name for key in proven.log_keys)
    sentences = [
        f"proven. Leaf {proven.index} of {proven.checkpoint.size}, signed by {names}.",
        *(
            f"{key.name} saw it on {datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}."
            for key, seconds in proven.witnesses
        ),
        f"It says: {proven.entry.decode()}",
    ]
    if verified.content is not None:
        sentences.append(f"And {verified.content}.")
    if kept is not None:
        sentences.append(f"It is of the log that you knew with {kept.size} leaves.")
    return " ".join(sentences)


def replay(
    source: Annotated[
        str, typer.Argument(help="The address of a log (`https://…/log`), or a folder.")
    ],
    key: Trusted,
    known: Annotated[
        Path | None, typer.Option(help="A checkpoint that you kept: the log must go on from it.")
    ] = None,
    fulfilment: Annotated[
        list[UUID] | None, typer.Option(help="Say also what of this one still counts.")
    ] = None,
) -> None:
    """Read a whole public log, compute its tree anew, and add up what it says."""
    console = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)

    def read() -> Replayed:
        trusted = verifier.read_keys(key)
        kept = None if known is None else _text(known)
        with (
            verifier.source_of(source) as log,
            Progress(console=console, disable=not console.is_terminal) as progress,
        ):
            task = progress.add_task("Reading the log", total=None)
            return verifier.replay(
                log,
                trusted,
                kept,
                lambda done, total: progress.update(task, completed=done, total=total),
            )

    replayed = _or_refuse(read)
    for line in _summary(replayed):
        typer.echo(line)
    for fulfilment_id in fulfilment or ():
        counted = replayed.counting.fulfilments.get(fulfilment_id)
        typer.echo(f"fulfilment {fulfilment_id}: {_counted(counted)}")


def _counted(counted: Counted | None) -> str:
    if counted is None:
        return "does not count (any more)"
    units = f"{counted.quantity_units} units, " if counted.quantity_units else ""
    return f"counts for {units}{euros(counted.value_cents)}"


def _summary(replayed: Replayed) -> list[str]:
    checkpoint, counting = replayed.checkpoint, replayed.counting
    names = ", ".join(key.name for key in replayed.signers)
    lines = [
        f"{checkpoint.origin}: {checkpoint.size} leaves have the root that was signed by {names}.",
        f"The books, in their order, up to position {counting.position}.",
    ]
    if replayed.known is not None:
        lines.append(f"It goes on from the {replayed.known.size} leaves that you knew.")
    lines += [f"{kind}: {count}" for kind, count in sorted(counting.kinds.items())]
    lines.append(f"{len(counting.fulfilments)} fulfilments count; no unit counts twice.")
    for authority_id, total in counting.totals().items():
        lines.append(
            f"authority {authority_id}: {total.fulfilments} fulfilments,"
            f" {total.quantity_units} units, {euros(total.value_cents)}"
        )
    return lines


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
        if content.startswith(b"%PDF-"):
            # Its attachment could be genuine, and what is printed another certificate.
            raise LogRefused("What a PDF shows proves nothing: check the file attached to it.")
        return content.decode()
    except OSError as error:
        raise LogRefused(f"{file.absolute()} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise LogRefused(f"{file} can't be read as text.") from error


def _or_refuse(act: Callable[[], Found]) -> Found:
    try:
        return act()
    except LogRefused as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(code=1) from refusal
