"""Paths, methods and what goes wrong inside: every refusal, as a client sees it."""

import asyncio
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from httpx import AsyncClient
from pydantic import SecretStr

from app.core.database import Database, open_database
from app.core.settings import Settings
from tests.conftest import calling, living
from tests.core.conftest import Printed
from tests.core.http.answers import dressed, places, refused
from tests.core.http.trial import LEAK, Note, trial_app


async def titles(database: Database) -> list[str]:
    async with database.reading() as session:
        return list((await session.scalars(sa.select(Note.title).order_by(Note.title))).all())


@pytest.mark.parametrize("path", ["/", "/v2/trials", "/v1/trials/nowhere", "/%C3%A9%20x%0Ay"])
async def test_a_path_that_leads_nowhere_is_404(quiet: AsyncClient, path: str) -> None:
    members = refused(await quiet.post(path), 404, "not-found")

    assert members["instance"] == path


@pytest.mark.parametrize("path", ["/v1/trials/notes/", "/health/live/", "//v1/trials/notes"])
async def test_a_trailing_slash_leads_nowhere(quiet: AsyncClient, path: str) -> None:
    refused(await quiet.get(path), 404, "not-found")


async def test_a_method_that_a_resource_lacks_is_405_and_allow_lists_all_others(
    quiet: AsyncClient,
) -> None:
    answer = await quiet.delete("/v1/trials/notes")

    refused(answer, 405, "method-not-allowed")
    assert answer.headers.get_list("allow") == ["GET, HEAD, POST"]


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "BREW", "get"])
async def test_a_method_that_nobody_knows_is_405(quiet: AsyncClient, method: str) -> None:
    answer = await quiet.request(method, "/v1/trials/orders")

    refused(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/trials/echo/%00",
        "/v1/trials/echo/%FF",
        "/v1/trials/echo/%ED%A0%80",
        "/v1/trials/echo/x?word=%00",
        "/v1/trials/echo/x?word=%FF",
        "/v1/trials/echo/x?%C3=1",
        "/nowhere/%00",
    ],
)
async def test_bytes_that_are_no_text_are_refused(quiet: AsyncClient, path: str) -> None:
    answer = await quiet.get(path)

    refused(answer, 400, "invalid-request")
    assert {code for _, _, code in places(answer)} == {"not-text"}


async def test_every_other_text_reaches_the_database_and_comes_back(trial: AsyncClient) -> None:
    answer = await trial.get("/v1/trials/echo/a%09%E2%82%AC%25%3F", params={"word": "b\n€&=%00"})

    assert answer.json() == {"text": "a\t€%?", "word": "b\n€&=%00"}


async def test_a_changed_resource_asks_which_version_is_changed(trial: AsyncClient) -> None:
    written = await trial.post("/v1/trials/notes", json={"title": "one"})
    path = f"/v1/trials/notes/{written.json()['id']}"
    assert written.headers["etag"] == '"1"'

    refused(await trial.patch(path, json={"title": "two"}), 428, "precondition-required")

    for tag in ["3", "'1'", '"1', '"1" "2"', ""]:
        answer = await trial.patch(path, json={"title": "two"}, headers={"If-Match": tag})
        refused(answer, 400, "invalid-request")
        assert places(answer) == {("header", "If-Match", "not-an-etag")}

    for tag in ['"2"', 'W/"1"', '"2", "3"']:
        answer = await trial.patch(path, json={"title": "two"}, headers={"If-Match": tag})
        refused(answer, 412, "precondition-failed")

    for number, tag in enumerate(['"1"', '"7", "2"', "*"], start=2):
        answer = await trial.patch(path, json={"title": f"{number}"}, headers={"If-Match": tag})
        assert (answer.status_code, answer.headers["etag"]) == (200, f'"{number}"')
    assert (await trial.get(path)).json()["title"] == "4"


async def test_two_changes_of_one_version_at_once_are_one_change(trial: AsyncClient) -> None:
    written = await trial.post("/v1/trials/notes", json={"title": "one"})
    path = f"/v1/trials/notes/{written.json()['id']}"

    answers = await asyncio.gather(
        *(
            trial.patch(path, json={"title": f"met {n}"}, headers={"If-Match": '"1"'})
            for n in range(5)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
    [loser, *_] = [answer for answer in answers if answer.status_code == 412]
    refused(loser, 412, "precondition-failed")
    assert (await trial.get(path)).json()["version"] == 2


async def test_a_version_does_not_vouch_for_the_whole_answer(trial: AsyncClient) -> None:
    written = await trial.post("/v1/trials/notes", json={"title": "one"})
    path = f"/v1/trials/notes/{written.json()['id']}"

    for known in ['"1"', "*"]:
        answer = await trial.get(path, headers={"If-None-Match": known})
        assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
        assert answer.json()["title"] == "one"


async def test_who_has_this_very_list_is_not_sent_it_again(trial: AsyncClient) -> None:
    tag = (await trial.get("/v1/trials/notes")).headers["etag"]

    for known in [tag, f"W/{tag}", f'"0", {tag}', "*"]:
        answer = await trial.get("/v1/trials/notes", headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
        dressed(answer)
    for stranger in ['"2"', tag.strip('"')]:
        answer = await trial.get("/v1/trials/notes", headers={"If-None-Match": stranger})
        assert answer.status_code == 200


async def test_a_public_list_is_kept_until_it_changes(trial: AsyncClient) -> None:
    before = await trial.get("/v1/trials/notes")
    known = {"If-None-Match": before.headers["etag"]}
    assert before.headers["cache-control"] == "public, max-age=60"

    again = await trial.get("/v1/trials/notes", headers=known)
    assert again.status_code == 304
    assert again.headers["cache-control"] == "public, max-age=60"

    await trial.post("/v1/trials/notes", json={"title": "one"})
    assert (await trial.get("/v1/trials/notes", headers=known)).status_code == 200


async def test_a_public_stream_is_sent_without_a_tag(quiet: AsyncClient) -> None:
    answer = await quiet.get("/v1/trials/stream")

    assert (answer.status_code, answer.text) == (200, "part 0\npart 1\npart 2\n")


async def test_a_get_cannot_write(trial: AsyncClient, database: Database) -> None:
    refused(await trial.get("/v1/trials/writing"), 500, "server-fault")
    refused(await trial.get("/v1/trials/writing"), 500, "server-fault")

    assert await titles(database) == []


async def test_a_bug_shows_nothing_of_the_inside_and_is_found_by_its_request_id(
    trial: AsyncClient, database: Database, printed: Printed
) -> None:
    answer = await trial.post("/v1/trials/broken")

    members = refused(answer, 500, "server-fault")
    assert LEAK not in answer.text
    assert "Traceback" not in answer.text
    lines = printed()
    [line] = [line for line in lines if line["event"] == "server_fault"]
    assert line["request_id"] == members["requestId"]
    assert LEAK in line["exception"]
    assert await titles(database) == []


async def test_a_refused_request_leaves_nothing_but_what_was_written_aside(
    trial: AsyncClient, database: Database
) -> None:
    answer = await trial.post("/v1/trials/refusing")

    members = refused(answer, 409, "refused")
    assert (members["detail"], members["reason"]) == ("I will not.", "none")
    assert answer.headers["retry-after"] == "7"
    assert await titles(database) == ["written aside"]


async def test_what_the_database_refuses_at_the_end_is_no_201(
    trial: AsyncClient, database: Database
) -> None:
    refused(await trial.post("/v1/trials/too-late"), 500, "server-fault")

    assert await titles(database) == []


async def test_a_lost_connection_is_503_and_the_next_request_works(
    trial: AsyncClient, database: Database
) -> None:
    answer = await trial.post("/v1/trials/killed")

    refused(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert (await trial.post("/v1/trials/notes", json={"title": "next"})).status_code == 201
    assert await titles(database) == ["next"]


async def test_no_connection_left_is_503(trial_settings: Settings) -> None:
    small = trial_settings.model_copy(
        update={"database_pool_size": 1, "database_wait_seconds": 0.05}
    )
    async with living(trial_app(small)) as app, calling(app) as client:
        database: Database = app.state.database
        async with database.work() as session:
            await session.execute(sa.text("SELECT 1"))
            for answer in await asyncio.gather(
                client.get("/v1/trials/notes"),
                client.post("/v1/trials/notes", json={"title": "one"}),
            ):
                refused(answer, 503, "unavailable")
                assert answer.headers["retry-after"] == "1"
        assert (await client.get("/v1/trials/notes")).status_code == 200


async def test_no_database_is_503(trial_settings: Settings) -> None:
    nowhere = trial_settings.model_copy(
        update={"database_url": SecretStr("postgresql+asyncpg://x@127.0.0.1:1/x")}
    )
    app = trial_app(trial_settings)
    async with open_database(nowhere) as gone:
        app.state.database = gone
        async with calling(app) as client:
            for answer in [
                await client.get("/v1/trials/notes"),
                await client.post("/v1/trials/notes", json={"title": "one"}),
            ]:
                refused(answer, 503, "unavailable")
                assert answer.headers["retry-after"] == "1"
                assert "127.0.0.1" not in answer.text


async def test_what_takes_too_long_is_503(trial_settings: Settings, database: Database) -> None:
    hasty = trial_settings.model_copy(
        update={"statement_timeout_seconds": 2.0, "lock_timeout_seconds": 0.05}
    )
    async with living(trial_app(hasty)) as app, calling(app) as client:
        refused(await client.get("/v1/trials/slow"), 503, "unavailable")
        async with database.work() as session:
            await session.execute(sa.select(sa.func.pg_advisory_xact_lock(7)))
            answer = await client.post("/v1/trials/locks/7")
        members = refused(answer, 503, "unavailable")
        assert "holds what this request needs" in str(members["detail"])
        assert (await client.post("/v1/trials/locks/7")).status_code == 200


async def test_when_every_connection_is_lent_a_request_waits_a_little_and_is_503(
    trial_settings: Settings,
) -> None:
    # Connecting has to be done in that time, too.
    small = trial_settings.model_copy(
        update={"database_pool_size": 1, "database_wait_seconds": 2.0}
    )
    async with living(trial_app(small)) as app, calling(app) as client:
        async with app.state.database.work() as session:
            await session.execute(sa.text("SELECT 1"))
            answer = await client.get("/v1/trials/notes")
        members = refused(answer, 503, "unavailable")
        assert "All connections" in str(members["detail"])
        assert answer.headers["retry-after"] == "1"
        assert (await client.get("/v1/trials/notes")).status_code == 200


async def test_over_the_wire_head_is_get_without_a_body_and_reads_only(wire: AsyncClient) -> None:
    got = await wire.get("/v1/trials/read-only")
    head = await wire.head("/v1/trials/read-only")

    assert got.json() == {"readOnly": "on"}
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["x-read-only"] == "on"
    volatile = {"date", "ratelimit", "x-request-id"}
    assert {k: v for k, v in head.headers.items() if k not in volatile} == {
        k: v for k, v in got.headers.items() if k not in volatile
    }
    assert (await wire.head("/v1/trials/nowhere")).status_code == 404
    assert (await wire.head("/v1/trials/orders")).status_code == 405
    assert (await wire.get("/v1/trials/read-only")).json() == {"readOnly": "on"}


async def test_over_the_wire_who_reads_201_sees_the_row(
    wire: AsyncClient, database: Database
) -> None:
    for number in range(20):
        answer = await wire.post("/v1/trials/notes", json={"title": f"{number:02}"})
        assert answer.status_code == 201
        assert len(await titles(database)) == number + 1


async def test_over_the_wire_a_refused_body_does_not_spoil_the_next_request(
    wire: AsyncClient,
) -> None:
    for _ in range(2):
        answer = await wire.post("/v1/trials/anything", content=b" " * 2_000_000)
        refused(answer, 413, "body-too-large")
        assert (await wire.get("/v1/trials/read-only")).status_code == 200


async def _say(address: str, said: bytes, *, then_hang_up: bool = False) -> bytes:
    """Send bytes as they are; read until the server hangs up."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(said)
    if then_hang_up:
        writer.write_eof()
    heard = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    return heard


@pytest.mark.parametrize(
    "said",
    [
        b"\x00\xff\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: a\x00b\r\n\r\n",
        b"POST /v1/trials/anything HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/trials/anything HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /v1/trials/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
        b"GET /" + b"a" * 200_000,
        b"",
    ],
)
async def test_over_the_wire_broken_http_breaks_nothing(wire: AsyncClient, said: bytes) -> None:
    heard = await _say(str(wire.base_url), said, then_hang_up=True)

    assert not heard.startswith((b"HTTP/1.1 2", b"HTTP/1.1 5"))
    assert (await wire.get("/health/live")).status_code == 200


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /v1/trials/echo/\xff HTTP/1.1\r\nHost: x", b"400"),
        (b"GET /v1/trials/echo/x?word=\xff HTTP/1.1\r\nHost: x", b"400"),
        (b"GET /nowhere?word=\xff HTTP/1.1\r\nHost: x", b"400"),
        (b"GET /nowhere HTTP/1.1\r\nHost: [", b"404"),
        (b"GET /nowhere HTTP/1.1\r\nHost: a/b?c#d", b"404"),
        (b"GET http://[/nowhere HTTP/1.1\r\nHost: x", b"400"),
        (b"GET /nowhere HTTP/1.1\r\nHost: x\r\nTraceparent: \xff", b"404"),
        (b"GET /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999", b"400"),
    ],
)
async def test_over_the_wire_odd_requests_get_a_plain_answer(
    wire: AsyncClient, line: bytes, status: bytes
) -> None:
    heard = await _say(str(wire.base_url), line + b"\r\nConnection: close\r\n\r\n")

    assert heard.startswith(b"HTTP/1.1 " + status), heard
    if status == b"404":
        assert b'"instance": "/nowhere"' in heard


async def test_over_the_wire_half_an_answer_is_broken_off(wire: AsyncClient) -> None:
    heard = await _say(
        str(wire.base_url), b"GET /v1/trials/half HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )

    assert b"half of it" in heard
    assert not heard.endswith(b"0\r\n\r\n")  # The client sees that the end is missing.
    assert LEAK.encode() not in heard
