"""Rounds: planned, opened by the clock, their dates moved by decision."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.database import Database
from app.organisations.models import Organisation, OrganisationStatus
from app.projects import queries
from app.projects.actions.rounds import follow_clock
from app.projects.models import ProjectState, Round, RoundDecision, RoundState
from app.schemes.models import Scheme, SchemeState
from tests import make
from tests.projects.conftest import Fair, events_of, said, somebody_waits

NAME = {"nl": "Ronde 4", "en": "Round 4"}


def in_days(days: float) -> str:
    return (clock.now() + timedelta(days=days)).isoformat()


def a_request(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  A request is JSON.
    dates = {
        "plansOpenAt": in_days(1),
        "plansCloseAt": in_days(31),
        "scoresDueAt": in_days(60),
        "saleBeginsAt": in_days(60),
        "saleEndsAt": in_days(90),
    }
    return {"name": NAME, **dates, **changes}


async def test_a_round_is_planned_changed_and_public_once_open(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    headers = fair.approver.headers
    planned = await client.post(
        f"/v1/schemes/{fair.scheme_id}/rounds", json=a_request(), headers=headers
    )
    assert said(planned) == (201, None)
    told = planned.json()
    assert (told["number"], told["state"], told["policyId"]) == (2, "draft", None)
    settings = planned.headers["Location"]
    assert said(await client.get(f"/v1/rounds/{told['id']}")) == (404, "/problems/not-found")

    change = {"name": {"nl": "Vier", "en": "Four"}, "saleEndsAt": in_days(95)}
    stale = {**headers, "If-Match": '"7"'}
    assert (await client.patch(settings, json=change, headers=stale)).status_code == 412
    fresh = {**headers, "If-Match": planned.headers["ETag"]}
    changed = await client.patch(settings, json=change, headers=fresh)
    assert changed.json()["name"] == {"nl": "Vier", "en": "Four"}
    assert changed.headers["ETag"] == '"2"'

    opened = await client.post(
        f"/v1/rounds/{told['id']}/decisions",
        json={"kind": "opened", "reason": "Everybody is ready."},
        headers=headers,
    )
    assert said(opened) == (201, None)
    assert opened.json()["data"]["plansOpenAt"]["from"]
    public = await client.get(f"/v1/rounds/{told['id']}")
    assert public.json()["state"] == "open"
    assert public.json()["policyId"]
    known = {"If-None-Match": public.headers["ETag"]}
    assert (await client.get(f"/v1/rounds/{told['id']}", headers=known)).status_code == 304
    listed = await client.get(f"/v1/schemes/{fair.scheme_id}/rounds")
    assert [each["number"] for each in listed.json()["items"]] == [1, 2]
    assert await events_of(database, UUID(told["id"])) == [
        "round.planned",
        "round.changed",
        "round.opened",
    ]


async def test_dates_lie_ahead_and_follow_each_other(client: httpx.AsyncClient, fair: Fair) -> None:
    wrong = {
        "plansOpenAt": -1,
        "plansCloseAt": 0.5,
        "scoresDueAt": 20,
        "saleBeginsAt": 59,
        "saleEndsAt": 60,
    }
    for date, days in wrong.items():
        answer = await client.post(
            f"/v1/schemes/{fair.scheme_id}/rounds",
            json=a_request(**{date: in_days(days)}),
            headers=fair.approver.headers,
        )
        assert said(answer) == (409, "/problems/date-cannot-move")
        assert answer.json()["date"] == date


MOVES = {
    RoundState.DRAFT: {"plansOpenAt", "plansCloseAt", "scoresDueAt", "saleBeginsAt", "saleEndsAt"},
    RoundState.OPEN: {"plansCloseAt", "scoresDueAt", "saleBeginsAt", "saleEndsAt"},
    RoundState.VALUING: {"scoresDueAt", "saleBeginsAt", "saleEndsAt"},
    RoundState.ON_SALE: {"saleEndsAt"},
}


async def test_which_dates_move_depends_on_the_state(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    for state in RoundState:
        async with database.work() as session:
            made = await fair.a_round(session, state)
        assert await moved_dates(client, fair, made) == MOVES.get(state, set()), state


async def moved_dates(client: httpx.AsyncClient, fair: Fair, made: Round) -> set[str]:
    """Try to move every date of a round by an hour; say which moved."""
    read = await client.get(f"/v1/rounds/{made.id}/settings", headers=fair.viewer.headers)
    moved = set()
    for name in sorted(MOVES[RoundState.DRAFT]):
        later = datetime.fromisoformat(read.json()[name]) + timedelta(hours=1)
        answer = await client.post(
            f"/v1/rounds/{made.id}/date-moves",
            json={name: later.isoformat(), "reason": "A holiday lies between."},
            headers=fair.approver.headers,
        )
        if answer.is_success:
            moved.add(name)
            assert set(answer.json()["data"]) == {name}
        else:
            expected = "date-cannot-move" if made.state in MOVES else "round-state-forbids"
            assert said(answer) == (409, f"/problems/{expected}")
    return moved


async def test_the_clock_takes_every_step_that_is_due_once_and_in_order(
    database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        made = await fair.a_round(session, RoundState.DRAFT)
    with clock.travelled(clock.now() + timedelta(days=80)):
        for _ in range(2):
            async with database.work() as session:
                await follow_clock(session)
    async with database.reading() as session:
        assert (await session.get_one(Round, made.id)).state is RoundState.ON_SALE
        decided = await session.scalars(
            sa.select(RoundDecision).where(RoundDecision.round_id == made.id)
        )
        assert {decision.decided_by for decision in decided} == {"system:clock"}
    assert await events_of(database, made.id) == [
        "round.opened",
        "round.closed-to-plans",
        "round.sale-begun",
    ]


async def test_without_a_policy_no_round_opens(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        operator = await make.an_organisation(session)
        scheme = await make.a_scheme(session, operator, policy=None)
        made = await make.a_round(session, scheme, state=RoundState.DRAFT)
        admin = await make.a_member(session, organisation=operator)
    answer = await client.post(
        f"/v1/rounds/{made.id}/decisions",
        json={"kind": "opened", "reason": "Now."},
        headers=admin.headers,
    )
    assert said(answer) == (409, "/problems/no-policy-applies")
    with clock.travelled(clock.now() + timedelta(days=6)):
        async with database.work() as session:
            await follow_clock(session)
    async with database.reading() as session:
        assert (await session.get_one(Round, made.id)).state is RoundState.DRAFT


async def test_the_sale_does_not_begin_before_the_scores_are_due(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        made = await fair.a_round(session, RoundState.VALUING)
    answer = await client.post(
        f"/v1/rounds/{made.id}/decisions",
        json={"kind": "sale-begun", "reason": "Now."},
        headers=fair.approver.headers,
    )
    assert said(answer) == (409, "/problems/date-cannot-move")


async def test_a_round_is_settled_after_its_projects(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    for state in ProjectState:
        async with database.work() as session:
            made = await fair.a_round(session, RoundState.ENDED)
            await make.a_project(session, made, state=state)
        answer = await client.post(
            f"/v1/rounds/{made.id}/decisions",
            json={"kind": "settled", "reason": "All is paid."},
            headers=fair.approver.headers,
        )
        underway = state in {"listed", "funded", "running", "reporting"}
        expected = (409, "/problems/projects-underway") if underway else (201, None)
        assert said(answer) == expected, state


async def test_nobody_overtakes_a_change_of_a_draft(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        made = await fair.a_round(session, RoundState.DRAFT)
    headers = {**fair.approver.headers, "If-Match": '"1"'}
    path = f"/v1/rounds/{made.id}/settings"
    async with database.work() as session:
        first = await queries.rounds.locked(session, made.id)
        second = asyncio.create_task(client.patch(path, json={"name": NAME}, headers=headers))
        await somebody_waits(database)
        first.name_nl = "Ronde 5"
    assert (await second).status_code == 412
    async with database.reading() as session:
        assert (await session.get_one(Round, made.id)).name_nl == "Ronde 5"


@pytest.mark.parametrize(("change", "status"), [("name_en", 201), ("state", 409)])
async def test_a_round_is_planned_in_the_scheme_as_it_is_by_then(
    client: httpx.AsyncClient, database: Database, fair: Fair, change: str, status: int
) -> None:
    path = f"/v1/schemes/{fair.scheme_id}/rounds"
    async with database.work() as session:
        scheme = await session.get_one(Scheme, fair.scheme_id, with_for_update=True)
        planning = asyncio.create_task(
            client.post(path, json=a_request(), headers=fair.approver.headers)
        )
        await somebody_waits(database)
        setattr(scheme, change, {"name_en": "Another", "state": SchemeState.CLOSED}[change])
    assert (await planning).status_code == status


async def test_no_round_opens_in_a_scheme_that_is_being_closed(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        made = await fair.a_round(session, RoundState.DRAFT)
    async with database.work() as session:
        scheme = await session.get_one(Scheme, fair.scheme_id, with_for_update=True)
        opening = asyncio.create_task(
            client.post(
                f"/v1/rounds/{made.id}/decisions",
                json={"kind": "opened", "reason": "Everybody is ready."},
                headers=fair.approver.headers,
            )
        )
        await somebody_waits(database)
        scheme.state = SchemeState.CLOSED
    assert said(await opening) == (409, "/problems/scheme-state-forbids")


async def test_the_clock_begins_nothing_for_an_operator_who_is_suspended(
    database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        valuing = await fair.a_round(session, RoundState.VALUING)
        draft = await fair.a_round(session, RoundState.DRAFT)
        selling = await fair.a_round(session, RoundState.ON_SALE)
        operator = await session.get_one(Organisation, fair.approver.organisation_id)
        operator.status = OrganisationStatus.SUSPENDED

    async def states() -> list[RoundState]:
        with clock.travelled(clock.now() + timedelta(days=32)):
            async with database.work() as session:
                await follow_clock(session)
        async with database.reading() as session:
            return [
                (await session.get_one(Round, each.id)).state for each in (draft, valuing, selling)
            ]

    assert await states() == [RoundState.DRAFT, RoundState.VALUING, RoundState.ENDED]
    async with database.work() as session:
        operator = await session.get_one(Organisation, fair.approver.organisation_id)
        operator.status = OrganisationStatus.ACTIVE
    assert await states() == [RoundState.OPEN, RoundState.ON_SALE, RoundState.ENDED]


async def test_a_date_is_one_where_people_read_their_clocks(
    client: httpx.AsyncClient, fair: Fair
) -> None:
    # In the Netherlands this is the year 10000: the market could not say how many days are left.
    body = a_request(saleEndsAt="9999-12-31T23:30:00Z")
    answer = await client.post(
        f"/v1/schemes/{fair.scheme_id}/rounds", json=body, headers=fair.approver.headers
    )
    assert said(answer) == (400, "/problems/invalid-request")
    assert answer.json()["errors"][0]["pointer"] == "#/saleEndsAt"
