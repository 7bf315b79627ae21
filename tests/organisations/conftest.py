"""Callers that are there before the test begins, in the test's own database."""

import pytest

from app.core.database import Database
from app.organisations.models import Role
from tests import make
from tests.make import Member


@pytest.fixture
async def admin(database: Database) -> Member:
    """The only admin of an organisation."""
    async with database.work() as session:
        return await make.a_member(session)


@pytest.fixture
async def viewer(database: Database) -> Member:
    """Somebody who may only look, in an organisation of their own."""
    async with database.work() as session:
        return await make.a_member(session, Role.VIEWER)


@pytest.fixture
async def staff(database: Database) -> dict[str, str]:
    """The headers of the platform's only staff member."""
    async with database.work() as session:
        user = await make.a_user(session, "Pim van de Staf", staff=True)
        return await make.signed_in(session, user)
