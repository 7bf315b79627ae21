"""A whole round over HTTP, from a scheme to a listing: DAM Nederland, 108 RIKX to start.

Staff, the operator, an entrepreneur, experts and the public each do their part. What is not known
of the real round (the price of a unit, the costs, what the experts found) is an assumption.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.ledger import balances, chart
from app.ledger.queries import entries
from app.organisations.models import Organisation, Role
from app.projects import queries
from app.projects.actions import market, panel, rounds
from tests import make
from tests.make import Member
from tests.schemes.conftest import said
from tests.schemes.test_schemes import set_up

WHY = {"reason": "As the rules of the scheme say."}
ESTIMATES = (110, 118, 122, 130)
STEP = timedelta(minutes=10)
DATES = ("plansOpenAt", "plansCloseAt", "scoresDueAt", "saleBeginsAt")

Headers = dict[str, str]


@dataclass
class Walk:
    """Who walks, and what they have come to."""

    client: httpx.AsyncClient
    database: Database
    staff: Headers

    async def do(self, method: str, path: str, headers: Headers, body: Any = None) -> Any:  # noqa: ANN401  JSON.
        """Do something that must succeed."""
        sent = {"Idempotency-Key": str(new_id()), "If-Match": "*", **headers}
        answer = await self.client.request(method, path, json=body, headers=sent)
        assert answer.is_success, (method, path, answer.text)
        return answer.json()

    async def set_up(self) -> None:
        """Staff opens a scheme in Rotterdam and Schiedam; its operator publishes the policy."""
        self.scheme, self.operator, _city = await set_up(
            self.client, self.database, self.staff, make.TERMS
        )
        async with self.database.work() as session:
            organisation = await session.get_one(Organisation, self.operator.organisation_id)
            self.clerk = await make.a_member(session, Role.MEMBER, organisation)
            self.approver = await make.a_member(session, Role.APPROVER, organisation)
            dam = await make.an_organisation(session, "DAM Nederland B.V.")
            self.dam: Member = await make.a_member(session, Role.ADMIN, dam)

    async def admit(self) -> None:
        """DAM Nederland asks to take part; the operator checks who it is and admits it."""
        body = {"schemeId": self.scheme.rpartition("/")[2], **WHY}
        home = f"/v1/organisations/{self.dam.organisation_id}"
        asked = await self.do("POST", f"{home}/admissions", self.dam.headers, body)
        admission = f"{self.scheme}/admissions/{asked['id']}"
        check = {
            "kind": "identity",
            "passed": True,
            "evidence": "Extract of the trade register.",
            "validUntil": (clock.today() + timedelta(days=365)).isoformat(),
        }
        await self.do("POST", f"{admission}/checks", self.clerk.headers, check)
        decision = {"kind": "admitted", **WHY}
        await self.do("POST", f"{admission}/decisions", self.approver.headers, decision)

    async def seat_five(self) -> None:
        """Five experts are invited by mail, and accept."""
        self.experts: list[tuple[str, Headers]] = []
        for _ in range(5):
            async with self.database.work() as session:
                user = await make.a_user(session)
                headers, email = await make.signed_in(session, user), user.email
            invited = {"email": email, "invitedAs": "expert"}
            await self.do("POST", f"{self.scheme}/invitations", self.clerk.headers, invited)
            [letter] = [each for each in await make.mails(self.database) if each.to == email]
            seat = await self.do("POST", "/v1/panel-members", headers, {"token": letter.token})
            self.experts.append((seat["id"], headers))

    async def plan_round(self) -> None:
        """The operator plans a round; from now on the clock moves it."""
        start = clock.now() + STEP
        moments = {name: start + n * STEP for n, name in enumerate(DATES)}
        moments["saleEndsAt"] = start + timedelta(days=30)
        body = {
            "name": {"nl": "Ronde 3", "en": "Round 3"},
            **{name: moment.isoformat() for name, moment in moments.items()},
        }
        made = await self.do("POST", f"{self.scheme}/rounds", self.clerk.headers, body)
        self.round, self.moments = made["id"], moments

    async def at(self, name: str) -> datetime:
        """Say when a date of the round has just come."""
        return self.moments[name] + timedelta(minutes=1)

    async def follow_clock(self) -> None:
        """Let the clock's job run."""
        async with self.database.work() as session:
            await rounds.follow_clock(session)

    async def submit(self) -> None:
        """DAM Nederland writes its plan together and submits it."""
        home = f"/v1/organisations/{self.dam.organisation_id}"
        begun = await self.do("POST", f"{home}/projects", self.dam.headers, {"roundId": self.round})
        self.project = f"/v1/projects/{begun['id']}"
        self.project_id = UUID(begun["id"])
        lacking = await self.do("GET", f"{self.project}/completeness", self.dam.headers)
        assert lacking["lacks"]
        await self.do("PATCH", f"{self.project}/plan", self.dam.headers, make.a_plan())
        await self.do("POST", f"{self.project}/submissions", self.dam.headers)

    async def value(self) -> None:
        """Five experts are asked, one is recused, four score under seal; somebody else adopts."""
        accepted = {"kind": "accepted", **WHY}
        decisions = f"{self.project}/eligibility-decisions"
        await self.do("POST", decisions, self.approver.headers, accepted)
        asked = []
        for member_id, _headers in self.experts:
            body = {"panelMemberId": member_id}
            path = f"{self.project}/assignments"
            asked.append(await self.do("POST", path, self.clerk.headers, body))
        conflict = {"reason": "My brother works for the entrepreneur."}
        path = f"/v1/assignments/{asked[4]['id']}/recusals"
        await self.do("POST", path, self.experts[4][1], conflict)
        for number, estimate in enumerate(ESTIMATES):
            path = f"/v1/assignments/{asked[number]['id']}/scores"
            await self.do("POST", path, self.experts[number][1], make.a_sheet(estimate))
        async with self.database.work() as session:
            sitting = await queries.panel.last(session, self.project_id)
            assert sitting is not None
            await panel.open_scores(session, sitting.id)
        await self.do("POST", f"{self.project}/valuations", self.approver.headers, WHY)


@pytest.fixture
async def staff(database: Database) -> Headers:
    """The headers of the platform's staff."""
    async with database.work() as session:
        return await make.signed_in(session, await make.a_user(session, staff=True))


async def test_a_whole_round(client: httpx.AsyncClient, database: Database, staff: Headers) -> None:
    walk = Walk(client, database, staff)
    await walk.set_up()
    await walk.admit()
    await walk.seat_five()
    await walk.plan_round()
    with clock.travelled(await walk.at("plansOpenAt")):
        await walk.follow_clock()
        await walk.submit()
    with clock.travelled(await walk.at("plansCloseAt")):
        await walk.follow_clock()
        await walk.value()
        valuation = await walk.do("GET", f"{walk.project}/valuation", walk.dam.headers)
        assert valuation["document"]["aggregation"]["arithmetic"] == (
            "median of 110, 118, 122, 130 = 120; rounded down = 120"
        )
        assert (await client.get("/v1/market/projects")).json()["items"] == []
    with clock.travelled(await walk.at("saleBeginsAt")):
        await walk.follow_clock()
        await market.keep_fresh(database)
        await on_the_market(walk)
        await in_the_books(walk)


async def on_the_market(walk: Walk) -> None:
    """The public sees it, and only what is public."""
    [item] = (await walk.client.get("/v1/market/projects?text=chauffeurs")).json()["items"]
    assert item["entrepreneur"]["legalName"] == "DAM Nederland B.V."
    assert (item["thresholdUnits"], item["impactUnits"]) == (108, 120)
    assert (item["remainingUnits"], item["soldUnits"], item["sale"]) == (120, 0, "running")
    page = await walk.client.get(f"/v1/market/projects/{walk.project_id}")
    assert len(page.json()["valuation"]["recusals"]) == 1
    assert "brother" not in page.text
    assert make.a_plan()["partners"] not in page.text
    again = await walk.client.post(
        f"{walk.project}/listings",
        json=WHY,
        headers={**walk.approver.headers, "Idempotency-Key": "again"},
    )
    assert said(again) == (409, "/problems/project-state-forbids")


async def in_the_books(walk: Walk) -> None:
    """One entry says what is for sale."""
    scheme_id = UUID(walk.scheme.rpartition("/")[2])
    async with walk.database.reading() as session:
        story = await entries(
            session, PageRequest(), frozenset({scheme_id}), f"project/{walk.project_id}"
        )
        [entry] = story.items
        assert entry.reference == f"project/{walk.project_id}/listed"
        assert [(line.kind, line.side, line.amount) for line in entry.lines] == [
            ("for_sale", "debit", 120),
            ("issued", "credit", 120),
        ]
        account = chart.FOR_SALE.of(scheme_id, walk.project_id)
        assert (await balances.now(session, account)).available == 120
