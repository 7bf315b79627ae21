"""Draw samples, and keep them with their rows."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audits import sampling
from app.audits.models import AuditSample, AuditSampleItem, Population, SamplingMethod
from app.audits.problems import NothingToDraw
from app.audits.queries import samples
from app.audits.queries.samples import Scope
from app.audits.sampling import Drawn, Item
from app.audits.schemas.samples import AuditSampleRequest
from app.core import events
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.core.problems import NotFound
from app.ledger import positions
from app.ledger.chart import Book
from app.organisations.callers import Caller
from app.schemes.models import AuditorAppointment, Authority, Scheme

SEED_BYTES = 16


async def draw(
    session: AsyncSession, caller: Caller, audit: AuditorAppointment, request: AuditSampleRequest
) -> AuditSample:
    """Draw a sample of what an organisation's books say, as known at a position.

    Raises:
        NotFound: the keeper of these books is not of the organisation.
        NotKnownYet: the books have not come so far.
        NothingToDraw: there is nothing in that period.
    """
    book = await _book(session, audit.organisation_id, request)
    position = request.position
    position = await (
        positions.latest(session) if position is None else positions.insist(session, position)
    )
    scope = Scope(
        request.keeper_id, request.population, request.begins_at, request.ends_at, position
    )
    population = await samples.population(session, scope, book)
    if not population:
        message = f"No {request.population} stand in these books in that period."
        raise NothingToDraw(message)
    interval = request.interval_cents
    if request.method is SamplingMethod.MONETARY_UNITS and request.size is not None:
        interval = sampling.interval_of(population, request.size)
    sample = AuditSample(
        id=new_id(),
        organisation_id=audit.organisation_id,
        appointment_id=audit.id,
        drawn_by_id=caller.user_id,
        keeper_id=request.keeper_id,
        population=request.population,
        begins_at=request.begins_at,
        ends_at=request.ends_at,
        position=position,
        method=request.method,
        seed=request.seed or secrets.token_hex(SEED_BYTES),
        size=request.size,
        interval_cents=interval,
        population_count=len(population),
        population_cents=sum(item.amount_cents for item in population),
        population_sha256=sampling.digest(population),
    )
    session.add(sample)
    await session.flush()
    session.add_all(_row(sample, drawn) for drawn in _drawn(sample, population))
    events.record(session, "audit-sample.drawn", sample.id, caller.actor, position=position)
    await session.flush()
    return sample


async def _book(session: AsyncSession, organisation_id: UUID, request: AuditSampleRequest) -> Book:
    """Say in which book the population stands; its keeper is the organisation's own."""
    if request.population not in {Population.ORDERS, Population.PAYOUTS}:
        authority = await session.get(Authority, request.keeper_id)
        if authority is not None and authority.organisation_id == organisation_id:
            return Book.SOCIAL_RETURN
    if request.population not in {Population.OBLIGATIONS, Population.FULFILMENTS}:
        scheme = await session.get(Scheme, request.keeper_id)
        if scheme is not None and scheme.operator_id == organisation_id:
            return Book.MONEY
    message = f"{request.keeper_id} keeps no books of {request.population} for this organisation."
    raise NotFound(message)


def _drawn(sample: AuditSample, population: Sequence[Item]) -> list[Drawn]:
    if sample.method is SamplingMethod.RANDOM:
        return sampling.at_random(population, sample.seed, sample.size or 0)
    return sampling.by_value(population, sample.seed, sample.interval_cents or 1)


def _row(sample: AuditSample, drawn: Drawn) -> AuditSampleItem:
    return AuditSampleItem(
        # Made one after the other: they sort as the population does.
        id=new_id(),
        sample_id=sample.id,
        place=drawn.place,
        thing_id=drawn.item.id,
        amount_cents=drawn.item.amount_cents,
        is_certain=drawn.is_certain,
    )


@dataclass(frozen=True, slots=True)
class Redrawn:
    """Whether a sample that is drawn again is the same."""

    population_sha256: bytes
    items: int
    is_same: bool


async def population_of(
    session: AsyncSession, sample: AuditSample, paging: PageRequest | None = None
) -> list[Item]:
    """Read the population of a sample again, from the books: all of it, or a page and one."""
    scope = Scope(
        sample.keeper_id, sample.population, sample.begins_at, sample.ends_at, sample.position
    )
    is_scheme = await session.get(Scheme, sample.keeper_id) is not None
    book = Book.MONEY if is_scheme else Book.SOCIAL_RETURN
    return await samples.population(session, scope, book, paging)


async def redraw(session: AsyncSession, sample: AuditSample) -> Redrawn:
    """Draw a sample again, and compare its population and its rows."""
    population = await population_of(session, sample)
    drawn, kept = _drawn(sample, population), await samples.keeps(session, sample.id)
    again = [(each.place, each.item.id, each.item.amount_cents, each.is_certain) for each in drawn]
    before = [(row.place, row.thing_id, row.amount_cents, row.is_certain) for row in kept]
    digest = sampling.digest(population)
    is_same = again == before and digest == sample.population_sha256
    return Redrawn(digest, len(drawn), is_same)
