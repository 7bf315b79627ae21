"""Whoever listens hears on, whatever becomes of the connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr
from sqlalchemy.engine import make_url

from app.core.listener import Channel, Listener
from app.core.settings import Settings
from tests.make.jobs import PATIENCE_SECONDS, eventually

LEAVE = b"SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
TAKES_LEAVE = b"E" + (len(LEAVE) + 4).to_bytes(4) + LEAVE


@asynccontextmanager
async def a_cable(settings: Settings) -> AsyncIterator[tuple[Settings, list[asyncio.StreamWriter]]]:
    """Lay a cable to the database; give its address, and the near ends of what it carries."""
    url = make_url(settings.database_url.get_secret_value())
    ends: list[asyncio.StreamWriter] = []

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(url.host, url.port)
        ends.append(writer)
        await asyncio.gather(_pump(reader, to_server), _pump(from_server, writer))

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    near = url.set(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
    address = SecretStr(near.render_as_string(hide_password=False))
    yield settings.model_copy(update={"database_url": address, "job_poll_seconds": 0.1}), ends
    server.close()
    await server.wait_closed()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.read(65_536):
        writer.write(said)
    writer.close()


async def test_a_server_that_takes_its_leave_and_does_not_hang_up_is_called_again(
    settings: Settings,
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    channels = [Channel("baat_trial", "SELECT 'latest'", heard.put_nowait)]
    async with a_cable(settings) as (through, ends), Listener(through, channels):
        assert await asyncio.wait_for(heard.get(), PATIENCE_SECONDS) == "latest"
        ends[0].write(TAKES_LEAVE)

        async def called_again() -> bool:
            return len(ends) == 2

        await eventually(called_again)
        while not heard.empty():
            heard.get_nowait()
        assert await asyncio.wait_for(heard.get(), PATIENCE_SECONDS) == "latest"
