"""What is no request, or too long a one, or never becomes one: refused as a problem."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Message

from app.core.http import edge, heads
from app.core.problems import BodyTooSlow
from tests.conftest import served


async def _greet(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


GREETING = Starlette(routes=[Route("/{path:path}", _greet)])

READ = b"GET /hello HTTP/1.1\r\nHost: a\r\n"


async def _answers(address: str, *pieces: bytes) -> bytes:
    """Send pieces, each a little later than the one before, and read to the end."""
    host, _, port = address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.01)
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.transport.abort()


@pytest.mark.parametrize(
    ("pieces", "status", "problem"),
    [
        ([READ + b"X-A: " + b"x" * 70_000 + b"\r\n\r\n"], 431, "head-too-long"),
        ([READ, *([b"X: " + b"x" * 9_000 + b"\r\n"] * 9)], 431, "head-too-long"),
        ([READ + b"X-A: ", *([b"x" * 9_000] * 9)], 431, "head-too-long"),
        ([b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n"], 431, "head-too-long"),
        ([b"EHLO baat\r\n\r\n"], 400, "invalid-request"),
        ([READ + b"X-A: a\x00b\r\n\r\n"], 400, "invalid-request"),
        ([b"POST / HTTP/1.1\r\nContent-Length: two\r\n\r\n"], 400, "invalid-request"),
    ],
)
async def test_what_is_no_head_is_refused_as_a_problem(
    pieces: list[bytes], status: int, problem: str
) -> None:
    async with served(GREETING) as address:
        answer = await _answers(address, *pieces)

    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"content-type: application/problem+json" in answer.lower()
    assert b"x-content-type-options: nosniff" in answer.lower()
    assert f'"/problems/{problem}"'.encode() in answer
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("pieces", [[], [READ], [READ + b"\r\n", READ]])
async def test_a_head_that_never_ends_is_waited_for_no_longer(
    monkeypatch: pytest.MonkeyPatch, pieces: list[bytes]
) -> None:
    monkeypatch.setattr(heads, "LONGEST_SECONDS", 0.1)

    async with served(GREETING) as address:
        answer = await _answers(address, *pieces)

    assert answer.count(b"hello") == len(pieces[1:])
    assert b"HTTP/1.1 408 Request Timeout\r\n" in answer
    assert b"/problems/head-too-slow" in answer


async def test_heads_of_a_usual_length_pass_one_after_the_other() -> None:
    large = READ + b"X-A: " + b"x" * 40_000 + b"\r\n"

    async with served(GREETING) as address:
        answer = await _answers(
            address, *([large + b"\r\n"] * 3), large + b"Connection: close\r\n\r\n"
        )

    assert answer.count(b"HTTP/1.1 200 OK") == 4


async def test_a_body_that_never_ends_is_waited_for_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(edge, "LONGEST_BODY_SECONDS", 0.05)
    coming: asyncio.Queue[Message] = asyncio.Queue()
    coming.put_nowait({"type": "http.request", "body": b"a", "more_body": True})
    receive = edge._counted({"state": {}}, coming.get, 10)

    assert (await receive())["body"] == b"a"
    with pytest.raises(BodyTooSlow):
        await receive()


async def test_who_has_sent_all_may_wait_for_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "LONGEST_BODY_SECONDS", 0.05)
    coming: asyncio.Queue[Message] = asyncio.Queue()
    coming.put_nowait({"type": "http.request", "body": b"a", "more_body": False})
    receive = edge._counted({"state": {}}, coming.get, 10)
    await receive()

    later = asyncio.ensure_future(receive())
    await asyncio.sleep(0.1)
    coming.put_nowait({"type": "http.disconnect"})

    assert (await later)["type"] == "http.disconnect"
