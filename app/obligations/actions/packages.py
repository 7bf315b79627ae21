"""Import OCDS packages: received as a file, worked on by a job, contract by contract.

The job looks through the whole file before it takes anything from it. Then each release is one
transaction: what becomes of its contracts is written with the outcomes that say so, so that a job
which begins again goes on where it was.
"""

import asyncio
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, files, jobs
from app.core.database import Database, locked
from app.core.events import Actor
from app.core.files import Received
from app.obligations import queries
from app.obligations.actions import comparing
from app.obligations.actions.comparing import Finding
from app.obligations.actions.contracts import Registrar
from app.obligations.actions.rules import insist_on_life
from app.obligations.importing import (
    Candidate,
    Item,
    PackageRefusedError,
    Reading,
    Unfit,
    check,
    found_in,
    items,
)
from app.obligations.models import (
    ContractImport,
    ContractImportOutcome,
    ImportState,
)
from app.obligations.schemas.imports import PackageOptions
from app.organisations.callers import Caller
from app.organisations.models import Organisation
from app.schemes.models import Authority
from app.schemes.problems import AuthorityEnded

WORK = jobs.JobKind("obligations.import-package")

AT_ONCE = 20
"""Items that are read beside the loop in one go."""

logger = structlog.get_logger(__name__)


async def receive(
    session: AsyncSession,
    caller: Caller,
    authority: Authority,
    received: Received,
    options: PackageOptions,
) -> ContractImport:
    """Keep a package, and have a job look at it.

    Raises:
        AuthorityEnded: it is no authority any more.
    """
    insist_on_life(authority)
    file = await files.keep(session, received, caller.actor)
    made = ContractImport(
        authority_id=authority.id,
        file_id=file.id,
        assume_clause=options.assume_clause,
        is_dry_run=options.dry_run,
        imported_by_id=caller.user_id,
    )
    session.add(made)
    await session.flush()
    events.record(
        session,
        "package.received",
        made.id,
        caller.actor,
        authorityId=str(authority.id),
        sha256=received.sha256.hex(),
    )
    await jobs.enqueue(session, WORK, import_id=made.id)
    return made


async def work(database: Database, import_id: UUID) -> None:
    """Look at every contract of a package, and take what is new of it."""
    async with database.reading() as session:
        package = await session.get_one(ContractImport, import_id)
        reading = await _reading(session, package)
        done = await queries.imports.last_item(session, import_id)
    if package.state is not ImportState.WAITING:
        return
    async with files.spooled(database.settings, package.file_id) as file:
        try:
            await asyncio.to_thread(check, file)
        except PackageRefusedError as refusal:
            await _end(database, import_id, f"{refusal.code}: {refusal.detail}")
            return
        try:
            await _work_through(database, package, reading, file, done)
        except AuthorityEnded as ended:
            # What was taken before stays; the outcomes say how far it came.
            await _end(database, import_id, ended.detail)
            return
    await _end(database, import_id, None)


async def _reading(session: AsyncSession, package: ContractImport) -> Reading:
    authority = await session.get_one(Authority, package.authority_id)
    organisation = await session.get_one(Organisation, authority.organisation_id)
    return Reading(organisation.country, organisation.register_number, package.assume_clause)


async def _work_through(
    database: Database, package: ContractImport, reading: Reading, file: BinaryIO, done: int
) -> None:
    waiting: Iterator[Item] = items(file)
    while batch := await asyncio.to_thread(_next, waiting):
        for item in batch:
            if item.number > done:
                await _take(database, package, item, reading)


def _next(waiting: Iterator[Item]) -> list[Item]:
    return list(islice(waiting, AT_ONCE))


async def _take(database: Database, package: ContractImport, item: Item, reading: Reading) -> None:
    """Take one release or record, in a transaction of its own."""
    registrar = Registrar(package.imported_by_id, Actor.system("import"))
    async with database.work() as session:
        for place, found in enumerate(found_in(item, reading), 1):
            finding = await _finding(session, registrar, package, found)
            session.add(
                ContractImportOutcome(
                    import_id=package.id,
                    item=item.number,
                    place=place,
                    source_key=found.source_key or "",
                    outcome=finding.outcome,
                    code=finding.code,
                    detail=finding.detail,
                    contract_id=finding.contract_id,
                )
            )


async def _finding(
    session: AsyncSession,
    registrar: Registrar,
    package: ContractImport,
    found: Candidate | Unfit,
) -> Finding:
    if isinstance(found, Unfit):
        return Finding(found.outcome, None, found.code, found.detail)
    if package.is_dry_run:
        return await comparing.look(session, package.authority_id, found)
    return await comparing.take(session, registrar, package.authority_id, found)


async def _end(database: Database, import_id: UUID, refusal: str | None) -> None:
    async with database.work() as session:
        package = await locked(session, ContractImport, import_id)
        package.state = ImportState.DONE if refusal is None else ImportState.REFUSED
        package.refusal = refusal
        package.ended_at = clock.now()
        events.record(
            session,
            "package.worked",
            import_id,
            Actor.system("import"),
            authorityId=str(package.authority_id),
            state=package.state,
        )
    logger.info("package_worked", import_id=str(import_id), refusal=refusal)
