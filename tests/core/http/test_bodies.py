from collections.abc import AsyncIterator

import httpx
import pytest
import sqlalchemy as sa

from app.core import wire
from app.core.database import Session
from app.core.http.routing import router as make_router
from app.core.settings import Settings
from app.main import create_app
from tests.conftest import calling, living


class Count(wire.Request):
    """A number without bounds of its own."""

    number: int


router = make_router("/counts", "Counts")


@router.post("")
async def count(request: Count, session: Session) -> int:
    """Show a number to the database."""
    query = sa.select(sa.cast(sa.bindparam("number", request.number, sa.BigInteger), sa.BigInteger))
    return int(await session.scalar(query) or 0)


@pytest.fixture
async def counting(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    app.include_router(router)
    async with living(app), calling(app) as client:
        yield client


async def _send(client: httpx.AsyncClient, body: str, kind: str) -> httpx.Response:
    return await client.post("/v1/counts", content=body, headers={"Content-Type": kind})


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**39])
async def test_a_number_that_the_database_can_not_keep_is_the_clients_fault(
    counting: httpx.AsyncClient, number: int
) -> None:
    answer = await _send(counting, f'{{"number": {number}}}', "application/json")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "number-too-large"
    assert str(number) not in answer.text


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
async def test_the_largest_numbers_arrive(counting: httpx.AsyncClient, number: int) -> None:
    answer = await _send(counting, f'{{"number": {number}}}', "application/json")

    assert (answer.status_code, answer.json()) == (200, number)


@pytest.mark.parametrize("kind", ["text/plain", "text/x+json", "image/svg+json", "json", ""])
async def test_json_under_another_name_is_refused(counting: httpx.AsyncClient, kind: str) -> None:
    answer = await _send(counting, '{"number": 1}', kind)

    assert answer.status_code == 415
    assert answer.json()["type"] == "/problems/unsupported-media-type"


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8"])
async def test_json_is_read(counting: httpx.AsyncClient, kind: str) -> None:
    assert (await _send(counting, '{"number": 1}', kind)).json() == 1
