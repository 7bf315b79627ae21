"""A buyer that owes something to two authorities, and who audits one of them."""

import zipfile
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core.ids import new_id
from app.ledger import positions
from app.obligations.models import Obligation
from app.organisations.models import Organisation, Role
from app.schemes.models import Authority, Scheme
from app.transparency import queries as of_log
from app.transparency.actions import publishing
from tests import make
from tests.fulfilments.conftest import Claims, claims, settings, town
from tests.make import Member
from tests.make.payments import jobs_done

__all__ = ["claims", "settings", "town"]


@dataclass(frozen=True)
class Desk:
    """Who asks for packs of the first authority and the scheme that it counts."""

    claims: Claims
    scheme_id: UUID
    authority_id: UUID
    auditor: dict[str, str]
    """Of the authority."""
    controller: dict[str, str]
    """Of the authority and of the operator."""
    order_id: UUID
    claim: str
    """The path of what counts."""
    key: str = ""

    async def ask(self, by: dict[str, str], **more: Any) -> httpx.Response:  # noqa: ANN401  JSON.
        """Ask for a pack of this year."""
        body = {
            "schemeId": str(self.scheme_id),
            "authorityId": str(self.authority_id),
            "year": 2026,
            **more,
        }
        headers = {**by, "Idempotency-Key": str(new_id())}
        return await self.claims.stall.client.post("/v1/audits/packs", json=body, headers=headers)

    async def get(self, path: str, by: dict[str, str]) -> httpx.Response:
        """Read something of packs."""
        return await self.claims.stall.client.get(f"/v1/audits/packs{path}", headers=by)

    async def again(self, pack_id: str, by: dict[str, str]) -> httpx.Response:
        """Have a pack made again."""
        headers = {**by, "Idempotency-Key": str(new_id())}
        path = f"/v1/audits/packs/{pack_id}/makings"
        return await self.claims.stall.client.post(path, headers=headers)

    async def made(self, by: dict[str, str], **more: Any) -> tuple[dict[str, Any], bytes]:  # noqa: ANN401  JSON.
        """Ask for a pack, have it made, and download it."""
        asked = await self.ask(by, **more)
        assert asked.status_code == 202, asked.text
        return await self.fetched(asked.json()["id"], by)

    async def fetched(self, pack_id: str, by: dict[str, str]) -> tuple[dict[str, Any], bytes]:
        """Have a pack made, and download it."""
        await jobs_done(self.claims.stall.database)
        told = (await self.get(f"/{pack_id}", by)).json()
        assert told["state"] == "ready", told
        file = await self.get(f"/{pack_id}/file", by)
        assert file.headers["etag"] == f'"{told["sha256"]}"'
        return told, file.content

    async def seal(self) -> None:
        """Let the books and the log take up all that happened."""
        await positions.sequence_all(self.claims.stall.database)
        await publishing.seal(self.claims.stall.database)


def contents(pack: bytes) -> dict[str, bytes]:
    """Unpack a pack."""
    with zipfile.ZipFile(BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def approved(claims: Claims, units: int) -> tuple[UUID, str]:
    """Have units bought and approved for the first debt, and the rest of the threshold bought."""
    order_id = await claims.stall.ordered(units)
    await claims.stall.pay(order_id)
    await claims.bought(108 - units)
    await claims.split(order_id, units, 0)
    claim = await claims.draft(order_id, claims.first, units)
    await claims.post(f"{claim}/submissions")
    assert (await claims.decide(claim, claims.first)).json()["state"] == "approved"
    return order_id, claim


@pytest.fixture
async def desk(claims: Claims) -> Desk:
    """Ten units counted for the first authority, and the log signed for all of it."""
    order_id, claim = await approved(claims, 10)
    async with claims.stall.database.work() as session:
        obligation = await session.get_one(Obligation, claims.first.obligation_id)
        authority = await session.get_one(Authority, obligation.authority_id)
        scheme = await session.get_one(Scheme, claims.stall.listing.scheme_id)
        city = await session.get_one(Organisation, authority.organisation_id)
        operator = await session.get_one(Organisation, scheme.operator_id)
        users = [await make.a_user(session), await make.a_user(session)]
        for user in users:
            await make.an_auditor(session, city, user)
        await make.an_auditor(session, operator, users[1])
        auditor, controller = [await make.signed_in(session, user) for user in users]
    found = Desk(claims, scheme.id, authority.id, auditor, controller, order_id, claim)
    await found.seal()
    async with claims.stall.database.reading() as session:
        keys = await of_log.keys(session)
    return replace(found, key=str(of_log.key_of(keys[0])))


async def a_clerk(desk: Desk) -> Member:
    """A member of the authority who is no administrator."""
    async with desk.claims.stall.database.work() as session:
        authority = await session.get_one(Authority, desk.authority_id)
        city = await session.get_one(Organisation, authority.organisation_id)
        return await make.a_member(session, Role.MEMBER, city)
