"""The rows behind the figures of dashboards: obligations, their accounts, what was recognised.

Each list adds up to the figure that leads to it, as of the same moment and as known at the same
position of the books.
"""

from typing import Annotated

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf
from app.core.problems import refusals
from app.fulfilments import queries
from app.fulfilments.dashboards.linking import Links
from app.fulfilments.queries.reach import Reach
from app.fulfilments.queries.recognised import Narrowing, Recognised, Whose
from app.fulfilments.schemas.standings import (
    MovesRequest,
    MoveView,
    ReachRequest,
    ReachView,
    RecognisedFulfilmentView,
    RecognisedRequest,
    StandingsRequest,
    StandingView,
)
from app.ledger.problems import NotKnownYet
from app.obligations import queries as of_obligations
from app.obligations.access import BoundOrganisation, ReadableObligation, SeenAuthority
from app.obligations.queries.moves import Move
from app.obligations.queries.standings import Clock, Wanted
from app.obligations.schemas.obligations import BalanceRequest

router = router_of("", "Dashboards")

OF_AUTHORITY = "/authorities/{authority_id}"
OF_ORGANISATION = "/organisations/{organisation_id}"
AT = refusals(NotKnownYet)


async def asked_clock(session: AsyncSession, asked: BalanceRequest) -> Clock:
    """Take the clock that is asked for.

    Raises:
        NotKnownYet: the books have not come so far.
    """
    position = await of_obligations.standing.known(session, asked.position, asked.known_at)
    at = Clock(asked.as_of, position)
    await of_obligations.standings.insist(session, at)
    return at


@router.get(OF_AUTHORITY + "/standings", response_model=PageOf[StandingView], responses=AT)
async def list_standings_of_authority(
    authority: SeenAuthority, session: Session, asked: Annotated[StandingsRequest, Query()]
) -> PageOf[StandingView]:
    """List an authority's obligations, and how each stands, stood, or was known to stand."""
    at = await asked_clock(session, asked)
    wanted = Wanted(at, authority_id=authority.id, **asked.narrowing())
    return await _standings(session, asked, wanted, Links.of_authority(authority.id, at))


@router.get(OF_ORGANISATION + "/standings", response_model=PageOf[StandingView], responses=AT)
async def list_standings_of_organisation(
    organisation: BoundOrganisation,
    session: Session,
    asked: Annotated[StandingsRequest, Query()],
) -> PageOf[StandingView]:
    """List what an organisation owes, contract by contract: due, filled, open, and until when."""
    at = await asked_clock(session, asked)
    wanted = Wanted(at, organisation_id=organisation.id, **asked.narrowing())
    return await _standings(session, asked, wanted, Links.of_organisation(organisation.id, at))


async def _standings(
    session: AsyncSession, asked: StandingsRequest, wanted: Wanted, links: Links
) -> PageOf[StandingView]:
    found = await of_obligations.standings.listed(session, wanted, asked)
    ids = [each.id for each in found.items]
    counts = await queries.recognised.certificates(session, ids, wanted.organisation_id)
    items = [StandingView.of(each, counts.get(each.id, 0), links) for each in found.items]
    return PageOf(items=items, next=found.next)


@router.get("/obligations/{obligation_id}/moves", response_model=PageOf[MoveView], responses=AT)
async def list_moves(
    obligation: ReadableObligation, session: Session, asked: Annotated[MovesRequest, Query()]
) -> Page[Move]:
    """List what happened to an account of an obligation, oldest first: its balance in detail."""
    at = await asked_clock(session, asked)
    return await of_obligations.moves.of_account(session, obligation, asked.account, at, asked)


@router.get(
    OF_AUTHORITY + "/recognised-fulfilments",
    response_model=PageOf[RecognisedFulfilmentView],
    responses=AT,
)
async def list_recognised_fulfilments_of_authority(
    authority: SeenAuthority, session: Session, asked: Annotated[RecognisedRequest, Query()]
) -> Page[Recognised]:
    """List what an authority recognised for good and still counts, newest first."""
    whose = Whose(await asked_clock(session, asked), authority_id=authority.id)
    narrowing = Narrowing(asked.kind, asked.obligation_id)
    return await queries.recognised.listed(session, whose, narrowing, asked)


@router.get(
    OF_ORGANISATION + "/recognised-fulfilments",
    response_model=PageOf[RecognisedFulfilmentView],
    responses=AT,
)
async def list_recognised_fulfilments_of_organisation(
    organisation: BoundOrganisation,
    session: Session,
    asked: Annotated[RecognisedRequest, Query()],
) -> Page[Recognised]:
    """List what counts for an organisation's obligations, newest first, whoever claimed it."""
    whose = Whose(await asked_clock(session, asked), organisation_id=organisation.id)
    narrowing = Narrowing(asked.kind, asked.obligation_id)
    return await queries.recognised.listed(session, whose, narrowing, asked)


@router.get(OF_AUTHORITY + "/reach", response_model=PageOf[ReachView], responses=AT)
async def list_reach_of_authority(
    authority: SeenAuthority, session: Session, asked: Annotated[ReachRequest, Query()]
) -> PageOf[ReachView]:
    """List the projects and placements that an authority recognised, and whom they are for."""
    whose = Whose(await asked_clock(session, asked), authority_id=authority.id)
    narrowed = Reach(asked.target_group, asked.municipality)
    found = await queries.reach.sources(session, whose, narrowed, asked)
    page = Page(found, asked.limit)
    items = [ReachView.of(source, asked.target_group) for source in page.items]
    return PageOf(items=items, next=page.next)
