"""A second kind of scheme, by data alone: small fixed grants that one authority buys."""

from uuid import UUID

import httpx

from app.core import clock
from app.core.database import Database
from app.schemes import queries
from app.schemes.terms import BuyerKind, Part
from tests import make
from tests.make import Member
from tests.schemes.conftest import said
from tests.schemes.test_schemes import set_up

WHY = "Ten workshops for newcomers."


async def test_fixed_grants_are_a_scheme_like_any_other(
    client: httpx.AsyncClient, database: Database, staff: dict[str, str], company: Member
) -> None:
    path, operator, city = await set_up(
        client,
        database,
        staff,
        make.GRANTS,
        code="workshops-rotterdam",
        name={"nl": "Workshops in de wijk", "en": "Workshops in the neighbourhood"},
        unitName="workshop",
        region=["GM0599"],
    )
    scheme_id = path.rpartition("/")[2]

    async def enrol(who: Member) -> httpx.Response:
        body = {"schemeId": scheme_id, "reason": WHY}
        organisation = f"/v1/organisations/{who.organisation_id}"
        return await client.post(f"{organisation}/enrolments", json=body, headers=who.headers)

    assert said(await enrol(company)) == (409, "/problems/buyer-not-allowed")
    assert (await enrol(city)).json()["state"] == "active"
    asked = await client.post(
        f"/v1/organisations/{company.organisation_id}/admissions",
        json={"schemeId": scheme_id, "reason": WHY},
        headers=company.headers,
    )
    assert asked.status_code == 201
    listed = await client.get(f"{path}/admissions", headers=operator.headers)
    assert [row["state"] for row in listed.json()["items"]] == ["requested"]

    async with database.reading() as session:
        policy = await queries.policies.applying(session, UUID(scheme_id), clock.today())
    assert policy is not None
    terms = policy.read_terms()
    assert terms.buyers.who is BuyerKind.RECOGNISING_AUTHORITIES
    assert terms.quote(1).total_cents == 500_000
    assert [share.amount_cents for share in terms.shares(Part.START, 500_000)] == [500_000]
