import asyncio
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import ids, installation
from app.core.database import Database, open_database, settings_of
from app.core.events import Event
from app.core.ids import new_id
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


async def test_a_process_goes_on_from_the_last_id_that_no_wrong_clock_made(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead, wrong = (UUID(int=new_id().int + (hours * 3_600_000 << 80)) for hours in (1, 9_000))
    for each in (ahead, wrong):
        session.add(Event(id=each, type="test.made", subject_id=each, actor="system:test"))
    await session.flush()
    monkeypatch.setattr(ids, "_last", 0)
    monkeypatch.setattr(ids, "_lead_ns", 0)

    await installation.check(session, settings_of(session))

    assert ahead < new_id() < wrong


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


async def test_another_secret_is_noticed(session: AsyncSession, database: Database) -> None:
    stranger = settings_of(session).model_copy(
        update={"secret": SecretStr("another secret, which is as long as this")}
    )
    async with open_database(
        database.settings.model_copy(update={"secret": stranger.secret})
    ) as theirs:
        for act in (installation.check, installation.create):
            async with theirs.sessions() as their_session:
                with pytest.raises(WrongInstallation, match="BAAT_SECRET is not the one"):
                    await act(their_session, stranger)


async def test_an_older_installation_gets_its_check(session: AsyncSession) -> None:
    await session.execute(sa.update(Installation).values(sealed_check=None))
    await installation.check(session, settings_of(session))
    found = await installation.create(session, settings_of(session))
    assert found.sealed_check is not None


async def test_two_who_make_the_installation_at_once_find_one(database: Database) -> None:
    async with database.work() as session:
        await session.execute(sa.text("SELECT 1"))

    async def create() -> UUID:
        async with database.work() as session:
            return (await installation.create(session, database.settings)).id

    assert len(set(await asyncio.gather(*(create() for _ in range(4))))) == 1
