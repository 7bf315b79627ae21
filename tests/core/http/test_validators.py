"""A 304 from the memory of a process: right, or not given."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from app.core import clock
from app.core.http import validators
from app.core.http.validators import NotModified, Validator

TRUSTED_SECONDS = 10.0


class Noticeboard:
    """A public noun that counts how often it is asked."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.version = 1
        self.asked = 0
        self.validator = Validator("/notices", TRUSTED_SECONDS, lambda: self.seconds)
        self.app = FastAPI()
        self.app.add_middleware(NotModified, validators=(self.validator,))
        self.app.get("/notices/{number}")(self.read)
        self.app.get("/notices")(self.read)
        self.app.post("/notices")(self.read)
        self.app.get("/noticeboards")(self.read)

    async def read(self, request: Request, response: Response) -> int:
        """Answer from the database, so to say."""
        self.asked += 1
        validators.mark(request, response, self.version, clock.today())
        return self.version

    def change(self) -> None:
        """Change what it shows, and say so."""
        self.version += 1
        self.validator.hear(str(self.version))


@pytest.fixture
async def board() -> Noticeboard:
    return Noticeboard()


@pytest.fixture
async def reader(board: Noticeboard) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(board.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://board.test") as client:
        yield client


async def again(client: httpx.AsyncClient, path: str, tag: str) -> int:
    return (await client.get(path, headers={"If-None-Match": tag})).status_code


async def test_who_has_it_is_told_so_without_a_question(
    board: Noticeboard, reader: httpx.AsyncClient
) -> None:
    board.validator.hear("1")
    first = await reader.get("/notices/7")
    known = await reader.get("/notices/7", headers={"If-None-Match": first.headers["ETag"]})

    assert (known.status_code, known.content, board.asked) == (304, b"", 1)
    assert known.headers["ETag"] == first.headers["ETag"]
    assert known.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert await again(reader, "/notices/7", f'"old", W/{first.headers["ETag"]}') == 304


async def test_a_change_is_read(board: Noticeboard, reader: httpx.AsyncClient) -> None:
    board.validator.hear("1")
    tag = (await reader.get("/notices")).headers["ETag"]
    board.change()
    assert await again(reader, "/notices", tag) == 200
    # What was said first arrives last: nothing goes back.
    board.validator.hear("1")
    assert await again(reader, "/notices", tag) == 200


async def test_nothing_heard_nothing_trusted(board: Noticeboard, reader: httpx.AsyncClient) -> None:
    tag = (await reader.get("/notices")).headers["ETag"]
    assert await again(reader, "/notices", tag) == 200
    board.validator.hear("1")
    assert await again(reader, "/notices", tag) == 304
    board.seconds = TRUSTED_SECONDS + 0.1
    assert await again(reader, "/notices", tag) == 200
    board.validator.hear("1")
    assert await again(reader, "/notices", tag) == 304


async def test_an_answer_of_a_standby_that_is_behind_claims_no_more(
    board: Noticeboard, reader: httpx.AsyncClient
) -> None:
    board.validator.hear("2")
    tag = (await reader.get("/notices")).headers["ETag"]  # The body is of version 1 still.
    assert await again(reader, "/notices", tag) == 200


async def test_a_tag_is_of_one_address_and_of_one_day(
    board: Noticeboard, reader: httpx.AsyncClient
) -> None:
    board.validator.hear("1")
    tag = (await reader.get("/notices?limit=1")).headers["ETag"]
    for path in ("/notices?limit=2", "/notices/1", "/notices", "/noticeboards"):
        assert await again(reader, path, tag) == 200
    assert await again(reader, "/notices?limit=1", tag) == 304
    with clock.travelled(clock.now() + timedelta(days=1)):
        assert await again(reader, "/notices?limit=1", tag) == 200


async def test_only_reading_is_spared(board: Noticeboard, reader: httpx.AsyncClient) -> None:
    board.validator.hear("1")
    tag = (await reader.get("/notices")).headers["ETag"]
    answer = await reader.post("/notices", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert await again(reader, "/notices", "*") == 200
