import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import sealing
from app.core.database import open_database, settings_of

CONTENT = b"jan@example.org"


async def test_what_is_sealed_opens_for_its_purpose_only(session: AsyncSession) -> None:
    sealed = sealing.seal(session, "mail", CONTENT)
    assert CONTENT not in sealed
    assert sealed[:1] == sealing.FORMAT
    assert sealing.unseal(session, "mail", sealed) == CONTENT
    with pytest.raises(sealing.CannotOpen):
        sealing.unseal(session, "one-time codes", sealed)


async def test_the_same_content_never_looks_the_same(session: AsyncSession) -> None:
    assert sealing.seal(session, "mail", CONTENT) != sealing.seal(session, "mail", CONTENT)


async def test_another_secret_opens_nothing(session: AsyncSession) -> None:
    sealed = sealing.seal(session, "mail", CONTENT)
    other = settings_of(session).model_dump() | {
        "secret": "another secret, which is as long as this"
    }
    stranger = open_database(type(settings_of(session)).model_validate(other))
    async with stranger.sessions() as their_session:
        with pytest.raises(sealing.CannotOpen):
            sealing.unseal(their_session, "mail", sealed)
    await stranger.close()


@pytest.mark.parametrize("position", [0, 1, 12, 13, 20, -1])
async def test_a_changed_byte_is_noticed(session: AsyncSession, position: int) -> None:
    sealed = bytearray(sealing.seal(session, "mail", CONTENT))
    sealed[position] ^= 1
    with pytest.raises(sealing.CannotOpen):
        sealing.unseal(session, "mail", bytes(sealed))


@pytest.mark.parametrize("length", [0, 1, 12, 13, 20])
async def test_a_part_is_not_enough(session: AsyncSession, length: int) -> None:
    with pytest.raises(sealing.CannotOpen):
        sealing.unseal(session, "mail", sealing.seal(session, "mail", CONTENT)[:length])
