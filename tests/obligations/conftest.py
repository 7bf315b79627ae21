"""An authority with rules, and who is there, before the test begins."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.organisations.models import Organisation, Role
from tests import make
from tests.make import Member
from tests.make.obligations import a_rule_version


@dataclass(frozen=True, slots=True)
class Hall:
    """The city hall: an authority with rules from 2020 on, and its people."""

    id: UUID
    organisation_id: UUID
    rules_id: UUID | None
    admin: Member
    approver: Member
    member: Member
    viewer: Member

    @property
    def path(self) -> str:
        """Where the authority is."""
        return f"/v1/authorities/{self.id}"


async def a_hall(session: AsyncSession, *, with_rules: bool = True) -> Hall:
    """A city hall, whose rules say something about everything; or one without rules yet."""
    authority = await make.an_authority(session)
    version = await a_rule_version(session, authority) if with_rules else None
    organisation = await session.get_one(Organisation, authority.organisation_id)
    admin, approver, member, viewer = [
        await make.a_member(session, role, organisation)
        for role in (Role.ADMIN, Role.APPROVER, Role.MEMBER, Role.VIEWER)
    ]
    rules_id = version.id if version else None
    return Hall(authority.id, organisation.id, rules_id, admin, approver, member, viewer)


@dataclass(frozen=True, slots=True)
class Deal:
    """A city hall and a contractor, and what they do over HTTP."""

    client: httpx.AsyncClient
    database: Database
    hall: Hall
    contractor: Member
    register_number: str

    def contract(self, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  JSON.
        """What an officer sends about a contract of EUR 1,000,000, awarded yesterday."""
        today = clock.today()
        party = {
            "scheme": "NL-KVK",
            "identifier": self.register_number,
            "legalName": "Schoonmaak Zuid B.V.",
        }
        return {
            "reference": "2026-0412",
            "awardedOn": (today - timedelta(days=1)).isoformat(),
            "title": "Cleaning of schools",
            "kind": "services",
            "hasClause": True,
            "contractSumCents": 100_000_000,
            "startsOn": (today - timedelta(days=1)).isoformat(),
            "endsOn": (today + timedelta(days=364)).isoformat(),
            "parties": [party],
            **changes,
        }

    async def post(
        self,
        path: str,
        body: dict[str, Any],
        by: Member | None = None,
        key: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Send something, as an officer of the authority if nobody else is named."""
        who = (by or self.hall.member).headers
        once = {"Idempotency-Key": key or str(new_id())}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(f"/v1{path}", json=body, headers={**who, **once, **named})

    async def get(self, path: str, by: Member | None = None) -> Any:  # noqa: ANN401  JSON.
        """Read something, as a viewer of the authority if nobody else is named."""
        answer = await self.client.get(f"/v1{path}", headers=(by or self.hall.viewer).headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def registered(self, **changes: Any) -> tuple[str, str]:  # noqa: ANN401  JSON.
        """Register a contract; give its id and that of its obligation."""
        answer = await self.post(f"/authorities/{self.hall.id}/contracts", self.contract(**changes))
        assert answer.status_code == 201, answer.text
        contract_id = answer.json()["id"]
        listed = await self.get(f"/authorities/{self.hall.id}/obligations")
        [found] = [each for each in listed["items"] if each["contractId"] == contract_id]
        return contract_id, found["id"]

    async def confirm(
        self, obligation_id: str, by: Member | None = None, key: str | None = None
    ) -> httpx.Response:
        """Confirm an obligation as it is now."""
        path = f"/obligations/{obligation_id}/confirmations"
        return await self.post(path, REASON, by or self.hall.approver, key=key, If_Match="*")

    async def amend(self, contract_id: str, **changes: Any) -> httpx.Response:  # noqa: ANN401  JSON.
        """Say anew what a contract says."""
        said = self.contract(**changes)
        body = {
            name: said[name] for name in said if name not in {"reference", "awardedOn", "parties"}
        }
        return await self.post(f"/contracts/{contract_id}/amendments", {**body, **REASON})

    async def balance(self, obligation_id: str, query: str = "") -> dict[str, int]:
        """Read how an obligation stands: what is not nothing, without `Cents`."""
        found = await self.get(f"/obligations/{obligation_id}/balance{query}")
        amounts = {name: cents for name, cents in found.items() if name.endswith("Cents")}
        return {name.removesuffix("Cents"): cents for name, cents in amounts.items() if cents}


REASON = {"reason": "As the contract says."}


@pytest.fixture
async def deal(client: httpx.AsyncClient, database: Database, hall: Hall) -> Deal:
    """A city hall with rules, and a contractor whose register number is verified."""
    async with database.work() as session:
        organisation = await make.an_organisation(session, "Schoonmaak Zuid B.V.")
        organisation.verified_at = clock.now()
        contractor = await make.a_member(session, Role.ADMIN, organisation)
        return Deal(client, database, hall, contractor, organisation.register_number)


@pytest.fixture
async def hall(database: Database) -> Hall:
    """An authority with rules."""
    async with database.work() as session:
        return await a_hall(session)
