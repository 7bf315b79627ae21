"""An authority with rules, and who is there, before the test begins."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database
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


@pytest.fixture
async def hall(database: Database) -> Hall:
    """An authority with rules."""
    async with database.work() as session:
        return await a_hall(session)
