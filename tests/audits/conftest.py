"""A market whose buyer owes something to two authorities, and those who audit it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.invariants import INVARIANTS
from app.core.database import Database, open_database
from app.core.invariants import all_faults
from app.core.settings import Settings
from app.fulfilments.models import Fulfilment
from app.ledger import positions
from app.obligations.models import Obligation
from app.organisations.models import Organisation, Role
from app.schemes.models import Authority, Scheme
from app.transparency.actions import publishing
from tests import make
from tests.conftest import Cluster, Furnished, furnished
from tests.fulfilments.conftest import Claims, Debt, Owing, owing
from tests.ledger.conftest import as_owner, break_books, names
from tests.make import Member, contents

__all__ = ["as_owner", "break_books", "names"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Audited:
    """Whom somebody audits, and who audits them."""

    organisation_id: UUID
    keeper_id: UUID
    """The authority, or the scheme."""
    admin: Member
    auditor_id: UUID
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class World:
    """The market, and who audits the first authority and the operator."""

    owing: Owing
    authority: Audited
    operator: Audited


async def _world(session: AsyncSession) -> World:
    there = await owing(session)
    obligation = await session.get_one(Obligation, there.first.obligation_id)
    authority = await session.get_one(Authority, obligation.authority_id)
    scheme = await session.get_one(Scheme, there.people.listing.scheme_id)
    return World(
        there,
        await _audited(session, authority.organisation_id, authority.id),
        await _audited(session, scheme.operator_id, scheme.id),
    )


async def _audited(session: AsyncSession, organisation_id: UUID, keeper_id: UUID) -> Audited:
    organisation = await session.get_one(Organisation, organisation_id)
    admin = await make.a_member(session, Role.ADMIN, organisation)
    user = await make.a_user(session, "Ada van Rekenkamer")
    await make.an_auditor(session, organisation, user)
    headers = await make.signed_in(session, user)
    return Audited(organisation_id, keeper_id, admin, user.id, headers)


@dataclass(frozen=True, slots=True)
class Audit:
    """What auditors do over HTTP."""

    claims: Claims
    database: Database
    authority: Audited
    operator: Audited

    @property
    def client(self) -> httpx.AsyncClient:
        """Where they call."""
        return self.claims.stall.client

    async def get(self, path: str, by: Audited | None = None) -> httpx.Response:
        """Read something as the authority's auditor, if nobody else is named."""
        return await self.client.get(path, headers=(by or self.authority).headers)

    async def read(self, path: str, by: Audited | None = None) -> Json:
        """Read JSON that is there."""
        answer = await self.get(path, by)
        assert answer.status_code == 200, (path, answer.text)
        found: Json = answer.json()
        return found

    async def approved_claim(self, units: int = 6) -> tuple[UUID, str]:
        """Have units bought, claimed with a file and approved; and all of it sealed."""
        first = self.claims.first
        order_id, _ = await self.claims.bought(10, 98)
        await self.claims.split(order_id, units, 3)
        await self.claims.recognise()
        claim = await self.claims.draft(order_id, first, units)
        await self.attach(claim)
        assert (await self.claims.post(f"{claim}/submissions")).status_code == 201
        assert (await self.claims.decide(claim, first)).status_code == 201
        await self.seal()
        return order_id, claim

    async def later(self) -> None:
        """Let the books go on: what was approved is revoked."""
        async with self.database.reading() as session:
            [fulfilment_id] = await session.scalars(sa.select(Fulfilment.id))
        officer, why = self.first.officer, "It was paid back."
        revoked = await self.claims.post(
            f"/fulfilments/{fulfilment_id}/revocations", officer, reason=why
        )
        assert revoked.status_code == 201, revoked.text
        await self.seal()

    async def attach(self, claim: str) -> None:
        """Attach a file to a claim."""
        headers = {
            **self.claims.stall.buyer.clerk.headers,
            "Content-Type": "application/pdf",
            "Content-Disposition": "attachment; filename*=UTF-8''factuur.pdf",
        }
        answer = await self.client.post(
            f"/v1{claim}/evidence", content=contents.a_pdf(), headers=headers
        )
        assert answer.status_code == 201, answer.text

    async def seal(self) -> None:
        """Let the chores give positions, and seal."""
        await positions.sequence_all(self.database)
        await publishing.seal(self.database)

    @property
    def first(self) -> Debt:
        """What the buyer owes to the authority that is audited."""
        return self.claims.first


@pytest.fixture(scope="session")
async def town(cluster: Cluster) -> AsyncIterator[Furnished[World]]:
    """The market with those who audit it, made once."""
    async with furnished(cluster, _world) as there:
        yield there


@pytest.fixture
async def settings(
    cluster: Cluster, town: Furnished[World], tmp_path: Path
) -> AsyncIterator[Settings]:
    """The settings of an installation of the test's own, in which the town stands."""
    async with cluster.clone(town.name) as name:
        yield cluster.settings(name, tmp_path)


@pytest.fixture
def audit(client: httpx.AsyncClient, database: Database, town: Furnished[World]) -> Audit:
    """The auditors, and what is audited."""
    there = town.world
    claims = Claims(
        there.owing.people.stall(client, database), there.owing.first, there.owing.second
    )
    return Audit(claims, database, there.authority, there.operator)


async def faults_behind_its_back(database: Database, name: str, statement: str) -> list[int]:
    """Count what breaks an invariant, before and after its owner changes rows unseen; undo that."""
    [kept] = [each for each in INVARIANTS if each.name == name]
    owner = SecretStr(database.settings.owner_url)
    settings = database.settings.model_copy(update={"database_url": owner})
    table = statement.split()[1]
    async with open_database(settings) as opened, opened.sessions() as session:
        await session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        before = [fault async for fault in all_faults(session, [kept])]
        await session.execute(sa.text(statement))
        after = [fault async for fault in all_faults(session, [kept])]
        await session.rollback()
    return [len(before), len(after)]
