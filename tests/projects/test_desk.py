"""The entrepreneur's desk: figures from the books, payments from the policy, page after page."""

from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.ledger import journal
from app.organisations.models import Organisation, Role
from app.projects.contents import PlanChange, Sales, expectation
from app.projects.models import Project, ProjectState, RoundState
from app.schemes.terms import PolicyTerms
from tests import make
from tests.make import Member
from tests.projects.test_market import a_hold, paid

TERMS = PolicyTerms.model_validate(make.TERMS)


async def an_entrepreneur(session: AsyncSession) -> Member:
    entrepreneur = await make.an_organisation(session, "DAM Nederland B.V.")
    return await make.a_member(session, Role.VIEWER, entrepreneur)


async def desk_of(client: httpx.AsyncClient, member: Member, **paging: int | str) -> dict[str, Any]:
    path = f"/v1/organisations/{member.organisation_id}/desk"
    answer = await client.get(path, params=paging, headers=member.headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_figures_follow_the_books(client: httpx.AsyncClient, database: Database) -> None:
    async with database.work() as session:
        viewer = await an_entrepreneur(session)
        entrepreneur = await session.get_one(Organisation, viewer.organisation_id)
        scheme = await make.a_scheme(session)
        await make.an_admission(session, scheme, entrepreneur)
        in_round = await make.a_round(session, scheme, state=RoundState.ON_SALE)
        listing = await make.a_listing(session, in_round, entrepreneur)
        await make.a_listing(session)
    async with database.work() as session:
        await journal.post(
            session, a_hold(listing, 20), a_hold(listing, 5, minutes=10), paid(listing, 54)
        )
    [on_desk] = (await desk_of(client, viewer))["projects"]
    assert on_desk["units"] == {"issued": 120, "sold": 54, "reserved": 25, "forSale": 41}
    assert on_desk["expectedCents"] == 540_000
    assert on_desk["expected"]["isConditional"] is True
    assert [each["amountCents"] for each in on_desk["expected"]["payments"]] == [1_080_000, 0, 0]
    with clock.travelled(clock.now() + timedelta(minutes=15)):
        [on_desk] = (await desk_of(client, viewer))["projects"]
        assert on_desk["units"] == {"issued": 120, "sold": 54, "reserved": 20, "forSale": 46}

    with clock.travelled(clock.now() + timedelta(minutes=45)):
        async with database.work() as session:
            await journal.post(session, paid(listing, 46), paid(listing, 14))
            # Orders do this with the payment that reaches the threshold.
            (await session.get_one(Project, listing.project_id)).state = ProjectState.FUNDED
        [on_desk] = (await desk_of(client, viewer))["projects"]
    assert on_desk["units"] == {"issued": 120, "sold": 114, "reserved": 0, "forSale": 6}
    expected = on_desk["expected"]
    assert (expected["isConditional"], expected["thresholdUnits"]) == (False, 108)
    assert [
        (each["part"], each["moment"], each["amountCents"], each["atMostCents"])
        for each in expected["payments"]
    ] == [
        ("start-part", "start", 1_080_000, 1_080_000),
        ("result-part", "interim-report", 24_000, 48_000),
        ("result-part", "final-report", 36_000, 72_000),
    ]
    starts, ends = (listing.content[name] for name in ("startsOn", "endsOn"))
    assert [each["earliestOn"] for each in expected["payments"]] == [starts, starts, ends]


async def test_a_long_desk_is_read_page_by_page(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        viewer = await an_entrepreneur(session)
        entrepreneur = await session.get_one(Organisation, viewer.organisation_id)
        in_round = await make.a_round(session, state=RoundState.OPEN)
        made = [
            await make.a_project(session, in_round, entrepreneur, state=ProjectState.DRAFT)
            for _ in range(3)
        ]
    newest_first = [str(project.id) for project in reversed(made)]
    first = await desk_of(client, viewer, limit=2)
    assert [each["project"]["id"] for each in first["projects"]] == newest_first[:2]
    assert first["next"] == newest_first[1]
    last = await desk_of(client, viewer, limit=2, after=first["next"])
    assert [each["project"]["id"] for each in last["projects"]] == newest_first[2:]
    assert last["next"] is None


def test_payments_come_as_policy_round_and_plan_say() -> None:
    today = clock.today()
    plan = PlanChange.model_validate(make.a_plan(startsOn=str(today + timedelta(days=10))))
    sales = Sales(today + timedelta(days=20), sold_units=0, impact_units=None, is_funded=False)
    found = expectation(plan, TERMS, sales)
    assert found is not None
    assert (found.payment_term_days, found.debit_wait_days) == (30, 56)
    # The plan would start before the sale begins: no money is there by then.
    assert [each.earliest_on for each in found.payments] == [
        today + timedelta(days=20),
        today + timedelta(days=20),
        today + timedelta(days=300),
    ]
    assert found.payments[0].latest_on == today + timedelta(days=50)
    assert [each.at_most_cents for each in found.payments] == [1_080_000, None, None]


def test_a_plan_that_says_little_lets_little_be_expected() -> None:
    sales = Sales(clock.today(), sold_units=0, impact_units=None, is_funded=False)
    assert expectation(PlanChange(), TERMS, sales) is None
    found = expectation(PlanChange.model_validate({"thresholdUnits": 7}), TERMS, sales)
    assert found is not None
    assert [each.earliest_on for each in found.payments] == [None, None, None]
    assert found.payments[0].amount_cents == 70_000
