"""A buyer that owes something to two authorities, and a project that it may buy of."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database
from app.core.events import Actor
from app.core.ids import new_id
from app.core.settings import Settings
from app.fulfilments.actions import adjusting, lapsing, recognising
from app.obligations.actions import contracts
from app.obligations.actions.contracts import Registrar
from app.obligations.models import Obligation
from app.organisations.models import Organisation, Role
from app.schemes.models import Scheme
from tests import make
from tests.conftest import Cluster, Furnished, furnished
from tests.make import Member
from tests.make.obligations import RULES, a_rule_version, an_obligation, rules, says
from tests.make.payments import jobs_done
from tests.orders.conftest import People, Stall, people


@dataclass(frozen=True, slots=True)
class Debt:
    """What the buyer owes to an authority, and who decides there."""

    obligation_id: UUID
    officer: Member
    judge: Member
    """Who decides about objections to what the officer decided."""


@dataclass(frozen=True, slots=True)
class Owing:
    """A market, and a buyer that owes something to two authorities."""

    people: People
    first: Debt
    second: Debt


async def owing(session: AsyncSession) -> Owing:
    """Let a buyer of the market owe EUR 50,000 to one authority, and 12,500 to another.

    To the first units count for what came of their project, in the end.
    """
    there = await people(session)
    debts: list[Debt] = []
    for sums in (100_000_000, 25_000_000):
        scheme = await session.get_one(Scheme, there.listing.scheme_id)
        organisation = await make.an_organisation(session, "Gemeente")
        authority = await make.an_authority(session, organisation, recognising=scheme)
        by_result = {**RULES["units"], "result": {"counted": "took-part"}}
        its_own = rules(overClaiming="refused") if debts else rules(units=by_result)
        await a_rule_version(session, authority, its_own)
        buyer = there.buyer.organisation
        obligation = await an_obligation(session, authority, buyer, contract_sum_cents=sums)
        organisation = await session.get_one(Organisation, authority.organisation_id)
        who = [await make.a_member(session, Role.APPROVER, organisation) for _ in range(2)]
        debts.append(Debt(obligation.id, *who))
    return Owing(there, *debts)


@dataclass(frozen=True, slots=True)
class Claims:
    """What the buyer and the authorities do over HTTP."""

    stall: Stall
    first: Debt
    second: Debt

    async def post(
        self,
        path: str,
        by: Member | None = None,
        *,
        if_match: str = "*",
        **body: Any,  # noqa: ANN401  JSON.
    ) -> httpx.Response:
        """Send something, as the buyer's clerk if nobody else is named."""
        who = (by or self.stall.buyer.clerk).headers
        headers = {**who, "Idempotency-Key": str(new_id()), "If-Match": if_match}
        return await self.stall.client.post(f"/v1{path}", json=body, headers=headers)

    async def bought(self, *quantities: int) -> list[UUID]:
        """Have units ordered and paid."""
        orders = []
        for quantity in quantities:
            orders.append(await self.stall.ordered(quantity))
            await self.stall.pay(orders[-1])
        return orders

    async def split(self, order_id: UUID, first: int, second: int) -> httpx.Response:
        """Say how many units are meant for which of the two."""
        return await self.post(f"/orders/{order_id}/splits", parts=self.parts(first, second))

    def parts(self, first: int, second: int) -> list[dict[str, Any]]:
        """Write down how many units are meant for which of the two."""
        units = {self.first.obligation_id: first, self.second.obligation_id: second}
        return [
            {"obligationId": str(each), "quantityUnits": number}
            for each, number in units.items()
            if number
        ]

    async def meant(self, order_id: UUID | str) -> list[dict[str, Any]]:
        """Read for what the units of an order are meant."""
        path, headers = f"/v1/orders/{order_id}/split", self.stall.buyer.clerk.headers
        parts = (await self.stall.client.get(path, headers=headers)).json()["parts"]
        return [{name: part[name] for name in ("obligationId", "quantityUnits")} for part in parts]

    async def draft(self, order_id: UUID, debt: Debt, units: int) -> str:
        """Prepare a claim, and give its path."""
        path, obligation_id = f"/orders/{order_id}/fulfilments", str(debt.obligation_id)
        answer = await self.post(path, obligationId=obligation_id, quantityUnits=units)
        assert answer.status_code == 201, answer.text
        return f"/fulfilments/{answer.json()['id']}"

    async def decide(self, claim: str, debt: Debt, verdict: str = "approved") -> httpx.Response:
        """Let the authority's officer decide."""
        reason = "As the rules say."
        return await self.post(f"{claim}/decisions", debt.officer, verdict=verdict, reason=reason)

    async def raised(self, debt: Debt) -> None:
        """Let a contract become twice as large, and its authority confirm that."""
        async with self.stall.database.work() as session:
            obligation = await session.get_one(Obligation, debt.obligation_id)
            contract = await contracts.kept(session, obligation.contract_id)
            sums = contract.terms.contract_sum_cents or 0
        await self.amended(debt, 2 * sums)

    async def amended(self, debt: Debt, contract_sum_cents: int) -> None:
        """Let a contract be for another sum, and its authority confirm what follows."""
        async with self.stall.database.work() as session:
            obligation = await session.get_one(Obligation, debt.obligation_id)
            contract = await contracts.kept(session, obligation.contract_id)
            registrar = Registrar(contract.registered_by_id, Actor.system("test"))
            told = says(contract_sum_cents=contract_sum_cents)
            await contracts.append(session, registrar, contract, told, "More schools.")
        path = f"/v1/obligations/{debt.obligation_id}/confirmations"
        once = {"Idempotency-Key": str(new_id()), "If-Match": "*"}
        answer = await self.stall.client.post(
            path, json={"reason": "As amended."}, headers={**debt.officer.headers, **once}
        )
        assert answer.status_code == 201, answer.text
        await jobs_done(self.stall.database)

    async def recognise(self) -> None:
        """Let the chores and all jobs do their work."""
        await recognising.recognise_due(self.stall.database)
        await adjusting.adjust_due(self.stall.database)
        await lapsing.lapse_due(self.stall.database)
        await jobs_done(self.stall.database)

    async def balance(self, debt: Debt) -> dict[str, int]:
        """Read how an obligation stands: what is not nothing, without `Cents`."""
        path = f"/v1/obligations/{debt.obligation_id}/balance"
        answer = await self.stall.client.get(path, headers=debt.officer.headers)
        found = {name: cents for name, cents in answer.json().items() if name.endswith("Cents")}
        return {name.removesuffix("Cents"): cents for name, cents in found.items() if cents}


@pytest.fixture(scope="session")
async def town(cluster: Cluster) -> AsyncIterator[Furnished[Owing]]:
    """The buyer and its debts, made once."""
    async with furnished(cluster, owing) as there:
        yield there


@pytest.fixture
async def settings(
    cluster: Cluster, town: Furnished[Owing], tmp_path: Path
) -> AsyncIterator[Settings]:
    """The settings of an installation of the test's own, in which the town stands."""
    async with cluster.clone(town.name) as name:
        yield cluster.settings(name, tmp_path)


@pytest.fixture
def claims(client: httpx.AsyncClient, database: Database, town: Furnished[Owing]) -> Claims:
    """The buyer and its debts."""
    world = town.world
    return Claims(world.people.stall(client, database), world.first, world.second)
