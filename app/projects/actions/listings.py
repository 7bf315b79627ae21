"""Bring valued projects to the market: frozen, and in the impact book, in one transaction."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.events import Actor
from app.core.languages import DEFAULT
from app.core.problems import Problem
from app.ledger import journal
from app.ledger.drafts import Draft
from app.projects import postings, queries
from app.projects.actions import letters
from app.projects.contents import public_document, public_part
from app.projects.models import (
    Listing,
    MarketEntry,
    PlanVersion,
    Project,
    ProjectDecision,
    ProjectDecisionKind,
    ProjectState,
    Round,
    RoundState,
    Sale,
    Valuation,
)
from app.projects.problems import (
    NotAdmitted,
    ObjectionPending,
    ProjectStateForbids,
    RoundStateForbids,
    ValuationOutdated,
)
from app.schemes.actions import books
from app.schemes.models import Scheme
from app.schemes.queries import participants

SALES = {RoundState.VALUING: Sale.UPCOMING, RoundState.ON_SALE: Sale.RUNNING}
"""While a round is in these states, its valued projects come to the market."""


async def publish(session: AsyncSession, actor: Actor, project: Project, reason: str) -> Listing:
    """Bring one valued project to the market, for good.

    Raises:
        RoundStateForbids: its round is not valuing or on sale.
        ProjectStateForbids: it is not valued, or was listed before.
        ObjectionPending: its entrepreneur contests the valuation, and nobody has decided yet.
        ValuationOutdated: an expert whose scores count in the valuation was recused since.
        NotAdmitted: its entrepreneur takes no part in the scheme now.
    """
    # The round first, always: who begins the sale locks them in this order, too.
    in_round = await queries.rounds.shared(session, project.round_id)
    if in_round.state not in SALES:
        message = (
            f"The round is {in_round.state}: projects come to the market before its sale ends."
        )
        raise RoundStateForbids(message, current_state=in_round.state)
    project = await queries.projects.locked(session, project.id)
    if project.state is not ProjectState.VALUED:
        message = f"The project is {project.state}; this needs it to be {ProjectState.VALUED}."
        raise ProjectStateForbids(message, current_state=project.state)
    if obstacle := await _obstacle(session, project):
        raise obstacle
    [listing] = await _list(session, actor, in_round, [project], reason)
    return listing


async def _obstacle(session: AsyncSession, project: Project) -> Problem | None:
    """Say what keeps a valued project from the market, if anything does."""
    if await queries.listings.is_contested(session, project.id):
        return ObjectionPending(
            "The entrepreneur contests the valuation: decide about the objection first."
        )
    if await queries.valuations.lost_a_score(session, project.id):
        return ValuationOutdated(
            "An expert whose scores count in the valuation was recused: adopt what is left of it."
        )
    if not await participants.is_admitted(session, project.scheme_id, project.entrepreneur_id):
        return NotAdmitted(f"{project.entrepreneur.legal_name} is not admitted to the scheme now.")
    return None


async def publish_valued(
    session: AsyncSession, actor: Actor, in_round: Round, reason: str
) -> Sequence[Listing]:
    """Bring all valued projects of a round to the market, when its sale begins.

    The caller has locked the round and put it on sale. What `publish` would refuse stays behind,
    and is published once that has changed.
    """
    valued = await session.scalars(
        sa.select(Project.id)
        .where(Project.round_id == in_round.id, Project.state == ProjectState.VALUED)
        .order_by(Project.id)
    )
    found = []
    for project_id in valued.all():
        project = await queries.projects.locked(session, project_id)
        is_valued = project.state is ProjectState.VALUED
        if is_valued and await _obstacle(session, project) is None:
            found.append(project)
    return await _list(session, actor, in_round, found, reason)


async def _list(
    session: AsyncSession,
    actor: Actor,
    in_round: Round,
    projects: Sequence[Project],
    reason: str,
) -> Sequence[Listing]:
    """Write all that belongs to it; the books last, for their locks, in one call."""
    if not projects:
        return []
    scheme = in_round.scheme
    listings = []
    for project in projects:
        valuation, version = await queries.listings.valued(session, project.id)
        listing = _frozen(actor, project, version, valuation)
        project.state = ProjectState.LISTED
        session.add_all([listing, _entry(listing, in_round, project)])
        _note(session, actor, listing, reason)
        await letters.listed(session, project, listing)
        listings.append(listing)
    await session.flush()
    # A scheme that opened before its books did has none yet.
    await books.open_books(session, scheme)
    await journal.post(session, *(_draft(listing, scheme) for listing in listings))
    return listings


def _frozen(actor: Actor, project: Project, version: PlanVersion, valuation: Valuation) -> Listing:
    plan = public_part(version.read_plan())
    policy = project.round.policy
    if policy is None:
        message = f"The project {project.id} is valued in a round without a policy."
        raise RuntimeError(message)
    terms = policy.read_terms()
    document = public_document(valuation.read_document())
    return Listing(
        project_id=project.id,
        scheme_id=project.scheme_id,
        round_id=project.round_id,
        entrepreneur_id=project.entrepreneur_id,
        plan_version_id=version.id,
        valuation_id=valuation.id,
        policy_id=policy.id,
        title=plan.title.model_dump(),
        summary=plan.summary.model_dump(),
        municipality=plan.place.municipality,
        target_groups=[count.group.value for count in plan.target_groups],
        content=plan.model_dump(mode="json", by_alias=True),
        attachments=_public(version),
        valuation=document.model_dump(mode="json", by_alias=True),
        threshold_units=valuation.threshold_units,
        impact_units=valuation.impact_units,
        unit_price_cents=terms.unit_price_cents,
        buyer_price_cents=terms.quote(1).total_cents,
        listed_by=str(actor),
        listed_at=clock.now(),
    )


def _public(version: PlanVersion) -> list[dict[str, object]]:
    return [attached for attached in version.attachments if attached["isPublic"]]


def _entry(listing: Listing, in_round: Round, project: Project) -> MarketEntry:
    return MarketEntry(
        project_id=listing.project_id,
        listed_at=listing.listed_at,
        buyer_price_cents=listing.buyer_price_cents,
        state=ProjectState.LISTED,
        sale=SALES[in_round.state],
        entrepreneur_name=project.entrepreneur.legal_name,
        sale_begins_at=in_round.sale_begins_at,
        sale_ends_at=in_round.sale_ends_at,
        sold_units=0,
        reserved_units=0,
        remaining_units=listing.impact_units,
        progress_percent=0,
    )


def _note(session: AsyncSession, actor: Actor, listing: Listing, reason: str) -> None:
    session.add(
        ProjectDecision(
            project_id=listing.project_id,
            kind=ProjectDecisionKind.LISTED,
            reason=reason,
            plan_version_id=listing.plan_version_id,
            decided_by=str(actor),
            data={"impactUnits": listing.impact_units, "unitPriceCents": listing.unit_price_cents},
        )
    )
    events.record(
        session,
        "project.listed",
        listing.project_id,
        actor,
        schemeId=str(listing.scheme_id),
        roundId=str(listing.round_id),
        thresholdUnits=listing.threshold_units,
        impactUnits=listing.impact_units,
        unitPriceCents=listing.unit_price_cents,
    )


def _draft(listing: Listing, scheme: Scheme) -> Draft:
    return postings.listed(
        scheme.id,
        listing.project_id,
        title=letters.titled(listing.title, DEFAULT),
        unit_name=scheme.unit_name,
        impact_units=listing.impact_units,
        listed_at=listing.listed_at,
    )
