"""A round is cancelled: where each of its projects ends, who hears of it, what stays sealed."""

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.database import Database
from app.ledger import balances, chart, journal
from app.organisations.models import Organisation
from app.projects.actions import market, panel
from app.projects.models import (
    Listing,
    Project,
    ProjectDecision,
    ProjectState,
    Round,
    RoundState,
)
from tests import make
from tests.projects.conftest import Fair, events_of, said
from tests.projects.test_market import a_hold, paid
from tests.projects.test_sealing import ESTIMATE, REMARK, SECRETS
from tests.projects.valuing import Headers, a_case, assigned, opened, score

WHY = "Too few plans came in."
S = ProjectState
WRITTEN = (S.DRAFT, S.SUBMITTED, S.RETURNED, S.ELIGIBLE, S.REJECTED, S.WITHDRAWN)
ENDS = dict.fromkeys(
    (S.DRAFT, S.SUBMITTED, S.RETURNED, S.ELIGIBLE, S.VALUED, S.LISTED), S.CANCELLED
)
STAYS = {state: state for state in (S.REJECTED, S.WITHDRAWN)}


async def cancel(client: httpx.AsyncClient, round_id: UUID, headers: Headers) -> httpx.Response:
    body = {"kind": "cancelled", "reason": WHY}
    return await client.post(f"/v1/rounds/{round_id}/decisions", json=body, headers=headers)


async def a_full_round(database: Database, fair: Fair) -> dict[ProjectState, UUID]:
    """A project in every state that one can be in while its round is valued."""
    async with database.work() as session:
        in_round = await session.get_one(Round, fair.round_id)
        in_round.state = RoundState.VALUING
        owner = await session.get_one(Organisation, fair.entrepreneur_id)
        made = {state: (await fair.a_project(session, state)).id for state in WRITTEN}
        made[S.VALUED] = (await make.a_valued_project(session, in_round, owner)).id
        made[S.LISTED] = (await make.a_listing(session, in_round, owner)).project_id
        return made


async def states_of(database: Database, made: dict[ProjectState, UUID]) -> dict[S, S]:
    async with database.reading() as session:
        found = await session.execute(sa.select(Project.id, Project.state))
        now = {row.id: row.state for row in found}
    return {before: now[project_id] for before, project_id in made.items()}


async def test_every_project_comes_to_its_end_once(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    made = await a_full_round(database, fair)
    before = len(await make.mails(database))
    assert said(await cancel(client, fair.round_id, fair.approver.headers)) == (201, None)
    assert await states_of(database, made) == {**ENDS, **STAYS}

    for state in ENDS:
        path = f"/v1/projects/{made[state]}"
        read = await client.get(f"{path}/decisions", headers=fair.owner.headers)
        decision = read.json()["items"][0]
        assert (decision["kind"], decision["reason"]) == ("round-cancelled", WHY)
        assert decision["data"] == {"stateBefore": state}
        assert (await events_of(database, made[state]))[-1] == "project.round-cancelled"
        saved = await client.patch(
            f"{path}/plan", json={"notes": "x"}, headers={**fair.owner.headers, "If-Match": "*"}
        )
        assert said(saved) == (409, "/problems/project-state-forbids")
    told = (await make.mails(database))[before:]
    owners = [mail for mail in told if mail.to == fair.owner.email]
    subjects = [mail.subject for mail in owners]
    assert subjects == ["De ronde van uw project gaat niet door"] * len(ENDS)
    assert all(WHY in mail.text for mail in owners)

    again = await cancel(client, fair.round_id, fair.approver.headers)
    assert said(again) == (409, "/problems/round-state-forbids")
    assert len((await make.mails(database))[before:]) == len(told)
    async with database.reading() as session:
        query = sa.select(sa.func.count()).where(ProjectDecision.kind == "round-cancelled")
        assert await session.scalar(query) == len(ENDS)


async def test_units_that_nobody_bought_lapse(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    made = await a_full_round(database, fair)
    project_id = made[S.LISTED]
    await cancel(client, fair.round_id, fair.approver.headers)
    async with database.reading() as session:
        found = {
            kind.code: (await balances.now(session, kind.of(fair.scheme_id, project_id))).posted
            for kind in (chart.ISSUED, chart.FOR_SALE, chart.LAPSED)
        }
    assert found == {"issued": 120, "for_sale": 0, "lapsed": 120}
    await market.keep_fresh(database)
    shown = (await client.get(f"/v1/market/projects/{project_id}")).json()
    assert (shown["state"], shown["sale"]) == ("cancelled", "ended")
    assert (shown["soldUnits"], shown["remainingUnits"]) == (0, 0)
    desk = await client.get(
        f"/v1/organisations/{fair.entrepreneur_id}/desk", headers=fair.owner.headers
    )
    on_desk = next(
        each for each in desk.json()["projects"] if each["project"]["id"] == str(project_id)
    )
    assert on_desk["units"] == {"issued": 120, "sold": 0, "reserved": 0, "forSale": 0}
    assert on_desk["expected"] is None


@pytest.mark.parametrize("kind", ["reserved", "sold", "funded"])
async def test_a_round_with_a_buyer_is_not_cancelled(
    client: httpx.AsyncClient, database: Database, fair: Fair, kind: str
) -> None:
    made = await a_full_round(database, fair)
    async with database.work() as session:
        listing = (await session.scalars(sa.select(Listing))).one()
        if kind == "funded":
            (await session.get_one(Project, listing.project_id)).state = S.FUNDED
        else:
            bought = a_hold(listing, 1) if kind == "reserved" else paid(listing, 1)
            await journal.post(session, bought)
    before = await states_of(database, made)
    refused = await cancel(client, fair.round_id, fair.approver.headers)
    assert said(refused) == (409, "/problems/projects-underway")
    assert refused.json()["underway"] == 1
    assert await states_of(database, made) == before
    async with database.reading() as session:
        assert (await session.get_one(Round, fair.round_id)).state is RoundState.VALUING


async def test_experts_are_called_off_and_their_scores_stay_sealed(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database, experts=4)
    ids = await assigned(client, case)
    sheet = make.a_sheet(ESTIMATE, remarks=REMARK, panelRemarks=REMARK)
    for index in range(3):
        path = f"/v1/assignments/{ids[index]}/scores"
        sent = await client.post(path, json=sheet, headers=case.expert_headers[index])
        assert sent.status_code == 201
    recusal = {"reason": "A friend of mine."}
    path = f"/v1/assignments/{ids[3]}/recusals"
    await client.post(path, json=recusal, headers=case.expert_headers[3])
    before = len(await make.mails(database))

    assert said(await cancel(client, case.round_id, case.approver.headers)) == (201, None)

    told = (await make.mails(database))[before:]
    subject = "U hoeft een project niet meer te waarderen"
    called_off = [mail for mail in told if mail.subject == subject]
    assert len(called_off) == 3
    assert all(WHY in mail.text for mail in called_off)
    # All of them scored: but for the cancellation, the next job would have opened everything.
    with clock.travelled(clock.now() + timedelta(days=100)):
        async with database.work() as session:
            await panel.open_due(session)
        assert not await opened(database, case)
    for headers in (case.approver.headers, case.entrepreneur.headers, case.expert_headers[3]):
        for path in (f"{case.path}/panel", f"{case.path}/valuation/proposal", case.path):
            answer = await client.get(path, headers=headers)
            assert not any(secret in answer.text for secret in SECRETS)
    late = await score(client, case, 0, ids[0])
    assert said(late) == (409, "/problems/project-state-forbids")


async def test_an_objection_that_is_upheld_later_brings_nothing_back(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        rejected = await fair.a_project(session, S.REJECTED)
    path = f"/v1/projects/{rejected.id}"
    decisions = await client.get(f"{path}/decisions", headers=fair.owner.headers)
    objection = {"decisionId": decisions.json()["items"][0]["id"], "grounds": "It is near."}
    lodged = await client.post(f"{path}/objections", json=objection, headers=fair.owner.headers)
    await cancel(client, fair.round_id, fair.approver.headers)
    upheld = await client.post(
        f"{path}/objections/{lodged.json()['id']}/decisions",
        json={"kind": "upheld", "reason": "It is indeed."},
        headers=fair.second.headers,
    )
    assert said(upheld) == (201, None)
    read = await client.get(path, headers=fair.owner.headers)
    assert read.json()["state"] == "cancelled"


async def test_nothing_is_left_behind_that_begins_at_the_same_moment(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    path = f"/v1/organisations/{fair.entrepreneur_id}/projects"
    body = {"roundId": str(fair.round_id)}
    begun = [client.post(path, json=body, headers=fair.writer.headers) for _ in range(6)]
    calls = [*begun[:3], cancel(client, fair.round_id, fair.approver.headers), *begun[3:]]
    answers = await asyncio.gather(*calls)
    assert {said(answer) for answer in answers} <= {(201, None), (409, "/problems/plans-closed")}
    assert answers[3].status_code == 201
    async with database.reading() as session:
        states = set(await session.scalars(sa.select(Project.state)))
    assert states <= {S.CANCELLED}
