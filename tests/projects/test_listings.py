"""Bringing projects to the market: once, frozen, and in the books in the same transaction."""

from dataclasses import dataclass
from itertools import product
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database
from app.core.events import Actor, Event
from app.core.ids import new_id
from app.core.problems import Problem
from app.ledger import balances, chart
from app.ledger.models import LedgerEntry
from app.organisations.models import Organisation, OrganisationStatus, Role
from app.projects import queries
from app.projects.actions import listings
from app.projects.models import (
    Listing,
    Objection,
    Project,
    ProjectDecision,
    ProjectDecisionKind,
    ProjectState,
    RoundState,
)
from app.projects.problems import (
    NotAdmitted,
    ObjectionPending,
    ProjectStateForbids,
    RoundStateForbids,
)
from app.schemes.actions import books
from app.schemes.models import Admission, AdmissionState
from tests import make
from tests.make import Member

WHY = {"reason": "As the panel found."}
CLOCK = Actor.system("clock")


@dataclass(frozen=True, slots=True)
class Stand:
    """A round whose operator's approver is about to list a project."""

    project_id: UUID
    scheme_id: UUID
    approver: Member
    entrepreneur: Member

    async def publish(self, client: httpx.AsyncClient, key: str | None = None) -> httpx.Response:
        """List it."""
        headers = {**self.approver.headers, "Idempotency-Key": key or str(new_id())}
        path = f"/v1/projects/{self.project_id}/listings"
        return await client.post(path, json=WHY, headers=headers)


async def a_stand(
    database: Database,
    *,
    state: ProjectState = ProjectState.VALUED,
    round_state: RoundState = RoundState.ON_SALE,
    units: int = 120,
) -> Stand:
    async with database.work() as session:
        operator = await make.an_organisation(session, "Stichting Rikx")
        scheme = await make.a_scheme(session, operator)
        in_round = await make.a_round(session, scheme, state=round_state)
        entrepreneur = await make.an_organisation(session, "DAM Nederland B.V.")
        await make.an_admission(session, scheme, entrepreneur)
        project = await make.a_valued_project(session, in_round, entrepreneur, units=units)
        project.state = state
        return Stand(
            project.id,
            scheme.id,
            await make.a_member(session, Role.APPROVER, operator),
            await make.a_member(session, Role.ADMIN, entrepreneur),
        )


async def test_a_valued_project_comes_to_the_market(
    client: httpx.AsyncClient, database: Database
) -> None:
    stand = await a_stand(database)
    answer = await stand.publish(client)

    assert answer.status_code == 201
    said = answer.json()
    assert (said["thresholdUnits"], said["impactUnits"]) == (108, 120)
    # 100 euro, 5 % fee that the buyer bears, 21 % VAT on the fee; the sale is outside VAT.
    assert (said["unitPriceCents"], said["buyerPriceCents"]) == (10_000, 10_605)
    assert (await client.get(answer.headers["Location"])).json()["remainingUnits"] == 120
    async with database.reading() as session:
        project = await session.get_one(Project, stand.project_id)
        assert project.state is ProjectState.LISTED
        for kind in (chart.FOR_SALE, chart.ISSUED):
            account = kind.of(stand.scheme_id, stand.project_id)
            assert (await balances.now(session, account)).posted == 120
        entry = (await session.scalars(sa.select(LedgerEntry))).one()
        assert entry.reference == f"project/{stand.project_id}/listed"
        decision = await session.scalar(
            sa.select(ProjectDecision).where(ProjectDecision.kind == ProjectDecisionKind.LISTED)
        )
        assert decision is not None
        assert decision.decided_by == f"user:{stand.approver.user_id}"
        event = await session.scalar(sa.select(Event).where(Event.type == "project.listed"))
        assert event is not None
        assert event.data["impactUnits"] == 120


async def test_the_entrepreneur_hears_of_it(client: httpx.AsyncClient, database: Database) -> None:
    stand = await a_stand(database)
    await stand.publish(client)
    [letter] = await make.mails(database)
    assert (letter.to, letter.subject) == (
        stand.entrepreneur.email,
        "Uw project staat op de markt",
    )
    text = " ".join(letter.text.split())
    assert "gewaardeerd op 120 RIKX" in text
    assert "zodra er 108 RIKX verkocht zijn" in text


async def test_it_happens_once(client: httpx.AsyncClient, database: Database) -> None:
    stand = await a_stand(database)
    first = await stand.publish(client, "the-key")
    replay = await stand.publish(client, "the-key")
    again = await stand.publish(client)

    assert replay.json() == first.json()
    assert again.status_code == 409
    assert again.json()["type"] == "/problems/project-state-forbids"
    assert again.json()["currentState"] == "listed"
    async with database.reading() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry)) == 1


SELLING = (RoundState.VALUING, RoundState.ON_SALE)
"""While a round is in these, its valued projects come to the market."""


async def test_every_pair_of_states(session: AsyncSession) -> None:
    made = await make.a_round(session, state=RoundState.VALUING)
    in_round = await queries.rounds.locked(session, made.id)
    project = await make.a_valued_project(session, in_round)
    pairs = set(product(ProjectState, RoundState))
    allowed = {(ProjectState.VALUED, state) for state in SELLING}
    assert len(pairs) == len(ProjectState) * len(RoundState)
    for project.state, in_round.state in sorted(pairs - allowed):
        await session.flush()
        refused = await refusal_of(session, project)
        if in_round.state in SELLING:
            assert isinstance(refused, ProjectStateForbids)
            assert refused.extra == {"current_state": project.state}
        else:
            assert isinstance(refused, RoundStateForbids)
            assert refused.extra == {"current_state": in_round.state}
    for state in SELLING:
        valued = await make.a_valued_project(session, in_round)
        in_round.state = state
        await session.flush()
        listing = await listings.publish(session, CLOCK, valued, "Now.")
        assert (listing.impact_units, valued.state) == (120, ProjectState.LISTED)
    assert await session.scalar(sa.select(sa.func.count()).select_from(Listing)) == len(SELLING)


async def refusal_of(session: AsyncSession, project: Project) -> Problem:
    """Try to bring a project to the market that must not come there; say why not."""
    with pytest.raises(Problem) as refused:
        await listings.publish(session, CLOCK, project, "Now.")
    return refused.value


async def test_all_valued_projects_come_when_the_sale_begins(session: AsyncSession) -> None:
    made = await make.a_round(session, state=RoundState.ON_SALE)
    in_round = await queries.rounds.locked(session, made.id)
    valued = [await make.a_valued_project(session, in_round, units=n) for n in (108, 200, 130)]
    other = await make.a_project(session, in_round, state=ProjectState.ELIGIBLE)
    elsewhere = await make.a_valued_project(session)

    found = await listings.publish_valued(session, CLOCK, in_round, "The sale begins.")

    assert {listing.project_id for listing in found} == {project.id for project in valued}
    for project in valued:
        account = chart.FOR_SALE.of(in_round.scheme_id, project.id)
        assert (await balances.now(session, account)).posted in {108, 200, 130}
    assert elsewhere.state is ProjectState.VALUED
    assert other.state is ProjectState.ELIGIBLE
    assert await listings.publish_valued(session, CLOCK, in_round, "Again.") == []


async def test_what_is_contested_waits(session: AsyncSession) -> None:
    project = await make.a_valued_project(session)
    decision = await session.scalar(
        sa.select(ProjectDecision).where(ProjectDecision.project_id == project.id).limit(1)
    )
    assert decision is not None
    session.add(
        Objection(
            project_id=project.id,
            decision_id=decision.id,
            grounds="It is worth more.",
            lodged_by_id=project.created_by_id,
        )
    )
    await session.flush()
    with pytest.raises(ObjectionPending):
        await listings.publish(session, CLOCK, project, "Now.")
    in_round = await queries.rounds.locked(session, project.round_id)
    assert await listings.publish_valued(session, CLOCK, in_round, "The sale begins.") == []


async def test_what_counts_a_recused_experts_scores_waits(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        operator = await make.an_organisation(session, "Stichting Rikx")
        scheme = await make.a_scheme(session, operator)
        in_round = await make.a_round(session, scheme, state=RoundState.ON_SALE)
        project = await make.a_project(session, in_round, state=ProjectState.VALUED)
        sitting = await make.an_opened_sitting(session, project, 500, 108, 109, 110)
        await make.a_valuation(session, project)
        approver = await make.a_member(session, Role.APPROVER, operator)
    async with database.reading() as session:
        first = (await queries.panel.sitting(session, sitting.id)).assignments[0]
    recused = await client.post(
        f"/v1/assignments/{first.id}/recusals",
        json={"reason": "They are related."},
        headers=approver.headers,
    )
    assert recused.status_code == 201
    stand = Stand(project.id, scheme.id, approver, approver)
    refused = await stand.publish(client)
    assert refused.json()["type"] == "/problems/valuation-outdated"
    async with database.work() as session:
        locked = await queries.rounds.locked(session, in_round.id)
        assert await listings.publish_valued(session, CLOCK, locked, "The sale begins.") == []
    path = f"/v1/projects/{project.id}/valuations"
    adopted = await client.post(path, json=WHY, headers=approver.headers)
    assert adopted.json()["impactUnits"] == 109
    assert (await stand.publish(client)).json()["impactUnits"] == 109


@pytest.mark.parametrize("who", ["admission", "organisation"])
async def test_nothing_is_sold_for_an_entrepreneur_who_is_suspended(
    session: AsyncSession, who: str
) -> None:
    project = await make.a_valued_project(session)
    if who == "admission":
        suspend = sa.update(Admission).values(state=AdmissionState.SUSPENDED)
        await session.execute(suspend.where(Admission.organisation_id == project.entrepreneur_id))
    else:
        owner = await session.get_one(Organisation, project.entrepreneur_id)
        owner.status = OrganisationStatus.BANKRUPT
        await session.flush()
    in_round = await queries.rounds.locked(session, project.round_id)
    assert await listings.publish_valued(session, CLOCK, in_round, "The sale begins.") == []
    with pytest.raises(NotAdmitted):
        await listings.publish(session, CLOCK, project, "Now.")


async def test_fixed_grants_come_to_the_market_too(session: AsyncSession) -> None:
    scheme = await make.a_scheme(session, policy=make.GRANTS)
    in_round = await make.a_round(session, scheme, state=RoundState.ON_SALE)
    plan = make.a_plan(thresholdUnits=1)
    listing = await make.a_listing(session, in_round, units=1, plan=plan)
    assert (listing.threshold_units, listing.impact_units) == (1, 1)
    assert listing.buyer_price_cents == 500_000
    assert listing.valuation["kind"] == "fixed"


async def test_a_listing_never_changes(session: AsyncSession) -> None:
    listing = await make.a_listing(session)
    with pytest.raises(DBAPIError):
        await session.execute(sa.update(Listing).values(impact_units=1_000_000))
    await session.rollback()
    assert listing.impact_units == 120


async def test_the_books_of_a_scheme_open_once(session: AsyncSession) -> None:
    scheme = await make.a_scheme(session)
    await books.open_books(session, scheme)
    await books.open_books(session, scheme)
    kept = await session.scalars(
        sa.text("SELECT book FROM ledgers WHERE keeper_id = :id ORDER BY book"), {"id": scheme.id}
    )
    assert list(kept) == ["impact", "money"]


async def test_schemes_stay_apart(session: AsyncSession) -> None:
    here, there = [await make.a_listing(session) for _ in range(2)]
    entries = await session.execute(
        sa.text("SELECT DISTINCT entry_id, ledger_id FROM ledger_lines WHERE about_id = ANY(:ids)"),
        {"ids": [here.project_id, there.project_id]},
    )
    assert len({row.ledger_id for row in entries}) == 2
