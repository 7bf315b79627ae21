from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import installation
from app.core.database import Database, settings_of
from app.core.installation import Installation, WrongInstallation
from app.core.settings import Mode


@pytest.mark.parametrize("otherwise", [{"mode": Mode.LIVE}, {"demo": True}])
async def test_settings_that_do_not_fit_are_refused(
    session: AsyncSession, otherwise: dict[str, Any]
) -> None:
    settings = settings_of(session).model_copy(update=otherwise)
    with pytest.raises(WrongInstallation, match="fixed at creation"):
        await installation.check(session, settings)
    with pytest.raises(WrongInstallation, match="fixed at creation"):
        await installation.create(session, settings)


async def test_making_an_installation_twice_finds_the_first(session: AsyncSession) -> None:
    found = await installation.create(session, settings_of(session))
    assert await installation.check(session, settings_of(session)) is found


async def test_there_is_one_installation(database: Database) -> None:
    with pytest.raises(exc.IntegrityError, match="uq_installations_only_one"):
        await another(database)


async def another(database: Database) -> None:
    async with database.work() as session:
        session.add(Installation(mode=Mode.TEST, demo=False))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE installations SET demo = true",
        "UPDATE installations SET mode = 'live'",
        "DELETE FROM installations",
    ],
)
async def test_what_it_is_for_is_fixed(session: AsyncSession, change: str) -> None:
    with pytest.raises(exc.DBAPIError, match="fixed when an installation is created"):
        await session.execute(sa.text(change))
    await session.rollback()
