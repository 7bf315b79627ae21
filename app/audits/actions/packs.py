"""Ask for an audit pack, have it made again, and let it expire."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app import __version__
from app.audits import queries
from app.audits.models import AuditPack, AuditPackState
from app.audits.packs import cutting
from app.audits.packs.asking import Asked, Facts, Named
from app.audits.packs.cutting import Cut
from app.audits.problems import NothingInYear, PackNotExpired
from app.core import clock, events, files, jobs
from app.core.database import Database, locked, settings_of
from app.core.events import Actor
from app.core.settings import Mode
from app.ledger.exports import years
from app.organisations.models import Organisation
from app.schemes.models import Authority, Scheme
from app.transparency import queries as of_log

MAKE = jobs.JobKind("audits.make-pack", max_attempts=5, timeout_seconds=7_200.0)

CLOCK = Actor.system("clock")
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Parts:
    """Of whom a pack is, and what of them is in it."""

    scheme: Scheme
    authority: Authority
    has_books: bool
    has_obligations: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which year, and as known when; by default now."""

    year: int
    position: int | None = None
    known_at: datetime | None = None


async def ask(session: AsyncSession, actor: Actor, parts: Parts, wanted: Wanted) -> AuditPack:
    """Fix what a pack is made of, and have a job make it.

    Raises:
        NothingSealed, NotKnownYet, NotKnownBefore: it can't be as known then.
        NothingInYear: nothing happened in that year.
    """
    pack = await fix(session, actor, parts, wanted)
    await jobs.enqueue(session, MAKE, pack_id=pack.id)
    return pack


async def fix(session: AsyncSession, actor: Actor, parts: Parts, wanted: Wanted) -> AuditPack:
    """Write down what a pack is made of; with a cut that was named, as it was written before.

    Raises:
        NothingSealed, NotKnownYet, NotKnownBefore, NothingInYear: as `ask`.
    """
    pack = _of(actor, parts, wanted.year, await _cut(session, wanted))
    before = await queries.packs.same(session, pack)
    if before is not None:
        first = await queries.packs.with_facts(session, before)
        pack.facts, pack.sha256 = first.facts, first.sha256
    else:
        pack.facts = (await _facts(session, parts)).model_dump(mode="json")
    await _insist_on_entries(session, asked(pack))
    session.add(pack)
    await session.flush()
    events.record(
        session,
        "audit-pack.asked",
        pack.id,
        actor,
        schemeId=str(pack.scheme_id),
        authorityId=str(pack.authority_id),
        year=pack.year,
        position=pack.position,
    )
    return pack


def _of(actor: Actor, parts: Parts, year: int, cut: Cut) -> AuditPack:
    return AuditPack(
        scheme_id=parts.scheme.id,
        authority_id=parts.authority.id,
        year=year,
        position=cut.position,
        log_size=cut.log_size,
        known_at=cut.known_at,
        has_books=parts.has_books,
        has_obligations=parts.has_obligations,
        asked_by=str(actor),
    )


async def _cut(session: AsyncSession, wanted: Wanted) -> Cut:
    if wanted.position is None:
        return await cutting.newest(session)
    return await cutting.at(session, wanted.position, wanted.known_at)


async def _facts(session: AsyncSession, parts: Parts) -> Facts:
    settings, scheme = settings_of(session), parts.scheme
    organisations = await queries.packs.organisations(session, scheme.id, parts.authority.id)
    operator = await session.get_one(Organisation, scheme.operator_id)
    city = await session.get_one(Organisation, parts.authority.organisation_id)
    keys = await of_log.keys(session)
    return Facts(
        origin=keys[0].name,
        public_url=settings.public_url,
        is_test=settings.mode is Mode.TEST,
        software_version=__version__,
        scheme_code=scheme.code,
        scheme_name=scheme.name,
        unit_name=scheme.unit_name,
        operator=_named(operator),
        authority=_named(city),
        organisations={each.id: _named(each) for each in organisations},
    )


def _named(organisation: Organisation) -> Named:
    return Named(
        name=organisation.legal_name,
        country=organisation.country,
        register_number=organisation.register_number,
        vat_id=organisation.vat_id,
    )


def asked(pack: AuditPack) -> Asked:
    """Say what a pack is made of; its facts must be loaded."""
    return Asked(
        scheme_id=pack.scheme_id,
        authority_id=pack.authority_id,
        year=pack.year,
        cut=Cut(pack.position, pack.log_size, pack.known_at),
        has_books=pack.has_books,
        has_obligations=pack.has_obligations,
        facts=Facts.model_validate(pack.facts),
    )


async def _insist_on_entries(session: AsyncSession, whole: Asked) -> None:
    kept = [
        *([whole.books] if whole.has_books else []),
        *([whole.social_return] if whole.has_obligations else []),
    ]
    if not any([await years.has_entries(session, year) for year in kept]):
        message = f"By position {whole.cut.position} nothing of {whole.year} stands in these books."
        raise NothingInYear(message)


async def make_again(session: AsyncSession, actor: Actor, pack: AuditPack) -> AuditPack:
    """Have a pack made once more, of the same things: it becomes the same, byte for byte.

    Raises:
        PackNotExpired: it is there, or on its way.
    """
    pack = await locked(session, AuditPack, pack.id)
    if pack.state not in {AuditPackState.EXPIRED, AuditPackState.FAILED}:
        message = f"It is {pack.state}: what expired or failed is made again."
        raise PackNotExpired(message, current_state=pack.state)
    pack.state, pack.failure, pack.ended_at = AuditPackState.WAITING, None, None
    pack.done_files = 0
    await session.flush()
    await jobs.enqueue(session, MAKE, pack_id=pack.id)
    events.record(session, "audit-pack.asked-again", pack.id, actor)
    return pack


async def expire_due(database: Database) -> None:
    """Remove the files of packs whose time is over: a chore."""
    async with database.reading() as session:
        due = await queries.packs.expired(session, clock.now(), AT_ONCE)
    await jobs.each_in_turn(database, due, expire)


async def expire(session: AsyncSession, pack_id: UUID) -> None:
    """Let a pack be gone, if its time is over."""
    pack = await locked(session, AuditPack, pack_id)
    is_over = pack.expires_at is not None and pack.expires_at <= clock.now()
    if pack.state is not AuditPackState.READY or not is_over or pack.file_id is None:
        return
    file_id, pack.file_id = pack.file_id, None
    pack.state = AuditPackState.EXPIRED
    await session.flush()
    await files.erase(session, file_id, CLOCK)
    events.record(session, "audit-pack.expired", pack.id, CLOCK)
