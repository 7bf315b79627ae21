"""A marketplace that is there before the test begins, in the test's own database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database
from app.core.settings import Settings
from app.organisations.models import Role
from tests import make
from tests.conftest import Cluster, Furnished, furnished
from tests.make import Member


@dataclass(frozen=True, slots=True)
class Market:
    """An open scheme, and the people of its operator."""

    id: UUID
    operator_id: UUID
    admin: Member
    approver: Member
    member: Member
    viewer: Member

    @property
    def path(self) -> str:
        """Where the scheme is."""
        return f"/v1/schemes/{self.id}"


async def a_market(session: AsyncSession) -> Market:
    """Open a scheme with one policy and one recognising authority."""
    operator = await make.an_organisation(session, "Stichting Rikx")
    scheme = await make.a_scheme(session, operator)
    await make.an_authority(session, recognising=scheme)
    admin, approver, member, viewer = [
        await make.a_member(session, role, operator)
        for role in (Role.ADMIN, Role.APPROVER, Role.MEMBER, Role.VIEWER)
    ]
    return Market(scheme.id, operator.id, admin, approver, member, viewer)


@pytest.fixture(scope="session")
async def square(cluster: Cluster) -> AsyncIterator[Furnished[Market]]:
    """An open scheme, made once."""
    async with furnished(cluster, a_market) as there:
        yield there


@pytest.fixture
async def settings(
    cluster: Cluster, square: Furnished[Market], tmp_path: Path
) -> AsyncIterator[Settings]:
    """The settings of an installation of the test's own, in which the scheme is open."""
    async with cluster.clone(square.name) as name:
        yield cluster.settings(name, tmp_path)


@pytest.fixture
def market(square: Furnished[Market]) -> Market:
    """An open scheme with one policy and one recognising authority."""
    return square.world


@pytest.fixture
async def staff(database: Database) -> dict[str, str]:
    """The headers of the platform's staff."""
    async with database.work() as session:
        return await make.signed_in(session, await make.a_user(session, staff=True))


@pytest.fixture
async def company(database: Database) -> Member:
    """The admin of an organisation that has nothing to do with any scheme."""
    async with database.work() as session:
        organisation = await make.an_organisation(session, "DAM Nederland B.V.")
        return await make.a_member(session, Role.ADMIN, organisation)


def said(answer: httpx.Response) -> tuple[int, str | None]:
    """Give the status of an answer, and why it refuses."""
    return answer.status_code, answer.json()["type"] if answer.is_error else None
