"""From an OCDS file to settled contracts: one purchase, split over two authorities, over HTTP."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx

from app.core import clock
from app.core.ids import new_id
from app.organisations.models import Organisation, Role
from app.schemes.models import Scheme
from tests import make
from tests.fulfilments.conftest import Claims
from tests.make import Member
from tests.make.obligations import RULES, a_rule_version, rules
from tests.make.packages import a_contract, a_package, a_release, an_award
from tests.make.payments import jobs_done

ALL_OF_IT = rules(units={**RULES["units"], "maximumShareBasisPoints": None})
"""Units may fill a whole obligation, at 150 % of their price."""


@dataclass(frozen=True)
class City:
    """A city that recognises the marketplace, its people, and what one of its contracts is."""

    path: str
    number: str
    clerk: Member
    approver: Member
    contract: str
    contract_euros: int
    units: int


async def cities(claims: Claims) -> list[City]:
    """Two cities; of one 5 % is EUR 900, six units, and of the other EUR 600, four units."""
    stall = claims.stall
    async with stall.database.work() as session:
        scheme = await session.get_one(Scheme, stall.listing.scheme_id)
        buyer = await session.get_one(Organisation, stall.buyer.organisation.id)
        buyer.verified_at = clock.now()
        made = []
        for name, euros, units in (("Maasstad", 18_000, 6), ("Havenstad", 12_000, 4)):
            organisation = await make.an_organisation(session, f"Gemeente {name}")
            authority = await make.an_authority(session, organisation, recognising=scheme)
            await a_rule_version(session, authority, ALL_OF_IT)
            clerk, approver = [
                await make.a_member(session, role, organisation)
                for role in (Role.MEMBER, Role.APPROVER)
            ]
            path, number = f"/authorities/{authority.id}", organisation.register_number
            made.append(City(path, number, clerk, approver, f"C-{name}", euros, units))
        return made


def package(cities: list[City], supplier: str) -> bytes:
    """One file with a contract of each: supplies, so that they owe from the first euro."""
    today = clock.today()
    return a_package(*(release(each, supplier, today) for each in cities))


def release(city: City, supplier: str, today: date) -> dict[str, Any]:
    begins, ends = today - timedelta(days=30), today + timedelta(days=300)
    identifier = {"scheme": "NL-KVK", "id": supplier, "legalName": "Adviesbureau Maas"}
    contract = a_contract(
        id=city.contract,
        value={"amount": city.contract_euros, "currency": "EUR"},
        period={"startDate": f"{begins}T00:00:00Z", "endDate": f"{ends}T00:00:00Z"},
        dateSigned=f"{begins}T00:00:00Z",
    )
    return a_release(
        ocid=f"ocds-213czf-{city.number}",
        date=f"{begins}T09:00:00Z",
        buyer={"id": "B", "identifier": {"scheme": "NL-KVK", "id": city.number}},
        tender={"id": "T1", "title": "Chairs", "mainProcurementCategory": "goods"},
        awards=[an_award(date=f"{begins}T00:00:00Z", suppliers=[{"identifier": identifier}])],
        contracts=[contract],
    )


@dataclass
class Walk:
    """What everybody does over HTTP, and what they must be answered."""

    claims: Claims

    async def get(self, path: str, by: Member) -> Any:  # noqa: ANN401  JSON.
        """Read something."""
        answer = await self.claims.stall.client.get(f"/v1{path}", headers=by.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, by: Member, **body: Any) -> Any:  # noqa: ANN401  JSON.
        """Have something made or decided."""
        headers = {**by.headers, "Idempotency-Key": str(new_id()), "If-Match": "*"}
        answer = await self.claims.stall.client.post(f"/v1{path}", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def imported(self, city: City, content: bytes) -> None:
        """Send the file: a city takes up its own contract, and passes over that of the other."""
        headers = {
            **city.clerk.headers,
            "Content-Type": "application/json",
            "Content-Disposition": "attachment; filename*=UTF-8''contracts.json",
        }
        client: httpx.AsyncClient = self.claims.stall.client
        path = f"/v1{city.path}/ocds-imports?assumeClause=true"
        answer = await client.post(path, content=content, headers=headers)
        assert answer.status_code == 201, answer.text
        await jobs_done(self.claims.stall.database)
        outcomes = await self.get(
            f"{answer.headers['location'].removeprefix('/v1')}/outcomes", city.clerk
        )
        assert sorted(each["outcome"] for each in outcomes["items"]) == [
            "passed-over",
            "registered",
        ]

    async def obligation(self, city: City) -> str:
        """Confirm what follows from the contract, and give where it is."""
        [found] = (await self.get(f"{city.path}/obligations", city.clerk))["items"]
        assert (found["state"], found["computedCents"]) == ("registered", city.units * 15_000)
        path = f"/obligations/{found['id']}"
        confirmed = await self.post(f"{path}/confirmations", city.approver, reason="As awarded.")
        assert confirmed["state"] == "active"
        return path

    async def approved(self, city: City, order_id: UUID, obligation: str) -> str:
        """Claim the units of one city, and have them approved; give where the certificate is."""
        clerk = self.claims.stall.buyer.clerk
        claim = {
            "obligationId": obligation.rpartition("/")[2],
            "quantityUnits": city.units,
        }
        drafted = await self.post(f"/orders/{order_id}/fulfilments", clerk, **claim)
        path = f"/fulfilments/{drafted['id']}"
        await self.post(f"{path}/submissions", clerk)
        verdict = {"verdict": "approved", "reason": "As the rules say."}
        decided = await self.post(f"{path}/decisions", city.approver, **verdict)
        assert decided["valueCents"] == city.units * 15_000
        return f"{path}/certificate"


async def test_a_contract_is_walked_from_its_file_to_its_end(claims: Claims) -> None:
    walk, stall = Walk(claims), claims.stall
    clerk, both = stall.buyer.clerk, await cities(claims)
    content = package(both, stall.buyer.organisation.register_number)
    obligations = []
    for city in both:
        await walk.imported(city, content)
        obligations.append(await walk.obligation(city))

    split = [
        {"obligationId": path.rpartition("/")[2], "quantityUnits": city.units}
        for path, city in zip(obligations, both, strict=True)
    ]
    bought = {"projectId": str(stall.listing.project_id), "quantityUnits": 10, "split": split}
    path = f"/v1/organisations/{stall.buyer.organisation.id}/quotes"
    quoted = await stall.client.post(path, json=bought, headers=clerk.headers)
    assert [each["valueCents"] for each in quoted.json()["split"]] == [90_000, 60_000]
    order_id = await stall.ordered(10, split=split)
    await stall.pay(order_id)
    await claims.bought(98)
    await claims.recognise()
    for path, city in zip(obligations, both, strict=True):
        balance = await walk.get(f"{path}/balance", city.clerk)
        assert (balance["provisionalCents"], balance["openCents"]) == (city.units * 15_000, 0)

    await _settled(walk, order_id, both, obligations)


async def _settled(walk: Walk, order_id: UUID, both: list[City], obligations: list[str]) -> None:
    serials = []
    for city, obligation in zip(both, obligations, strict=True):
        certificate = await walk.approved(city, order_id, obligation)
        told = await walk.get(certificate, walk.claims.stall.buyer.clerk)
        assert (told["state"], told["stated"]["contract"]["reference"]) == (
            "valid",
            f"ocds-213czf-{city.number}/{city.contract}",
        )
        serials.append((told["counted"]["firstSerial"], told["counted"]["lastSerial"]))
        balance = await walk.get(f"{obligation}/balance", city.clerk)
        assert (balance["approvedCents"], balance["openCents"]) == (city.units * 15_000, 0)
        assert (await walk.get(obligation, city.clerk))["state"] == "fulfilled"
        settled = await walk.post(f"{obligation}/settlements", city.approver, reason="Done.")
        assert settled["state"] == "settled"
    numbers = [tuple(int(each.rpartition("-")[2]) for each in pair) for pair in serials]
    assert numbers == [(1, 6), (7, 10)]
