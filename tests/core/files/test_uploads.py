import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from app.core import clock, events, files, jobs
from app.core.database import Database
from app.core.files import File, FileArrival
from app.core.ids import new_id
from app.core.jobs import JobState
from app.core.problems import Unavailable
from app.core.settings import Settings
from tests.core.files.conftest import Cabinet, adjusted, opened, sha256
from tests.core.files.trial import FULL
from tests.core.http.answers import refused
from tests.make import contents
from tests.make.jobs import all_are, eventually

REMOVING = jobs.outside(files.REMOVE, files.remove_content)


def stored(settings: Settings) -> list[Path]:
    folder = settings.home / "files"
    return sorted(folder.iterdir()) if folder.exists() else []


async def counted(database: Database) -> tuple[int, int]:
    """How many files there are, and how many arrivals."""
    async with database.reading() as session:
        return (
            await session.scalar(sa.select(sa.func.count()).select_from(File)) or 0,
            await session.scalar(sa.select(sa.func.count()).select_from(FileArrival)) or 0,
        )


async def test_a_file_comes_back_as_it_was_and_only_to_be_saved(
    cabinet: Cabinet, settings: Settings, database: Database
) -> None:
    content = contents.a_pdf(3_000_000)
    answer = await cabinet.put(content, "Begroting “één”.pdf", "application/pdf")

    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["name"] == "Begroting “één”.pdf"
    assert (told["mediaType"], told["sizeBytes"]) == ("application/pdf", len(content))
    assert told["sha256"] == sha256(content)
    assert told["erasedAt"] is None
    assert [path.stat().st_mode & 0o777 for path in stored(settings)] == [0o600]
    assert not list((settings.home / "uploads").iterdir())
    assert await counted(database) == (1, 0)

    given = await cabinet.get(told["id"])
    assert given.content == content
    headers = given.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-length"] == str(len(content))
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "private, no-store"
    assert headers["content-disposition"] == (
        'attachment; filename="Begroting ___n_.pdf";'
        " filename*=UTF-8''Begroting%20%E2%80%9C%C3%A9%C3%A9n%E2%80%9D.pdf"
    )
    assert headers["etag"] == f'"{sha256(content)}"'


async def test_who_has_the_content_hears_so(cabinet: Cabinet) -> None:
    told = (await cabinet.put(contents.a_png(), "a.png", "image/png")).json()
    tag = f'"{told["sha256"]}"'

    known = await cabinet.get(told["id"], headers={"If-None-Match": tag})
    other = await cabinet.get(told["id"], headers={"If-None-Match": '"else"'})
    public = await cabinet.get(told["id"], params={"public": True})

    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)
    assert (other.status_code, other.content) == (200, contents.a_png())
    assert public.headers["cache-control"].startswith("public, ")


async def test_a_text_says_its_letters(cabinet: Cabinet) -> None:
    told = (await cabinet.put("naam;één\n".encode(), "lijst.csv", "text/csv; charset=utf-8")).json()
    given = await cabinet.get(told["id"])
    assert told["mediaType"] == "text/csv"
    assert given.headers["content-type"] == "text/csv; charset=utf-8"
    assert given.text == "naam;één\n"


async def test_a_slow_sender_holds_no_connection_and_no_transaction(
    settings: Settings, database: Database
) -> None:
    narrow = adjusted(settings, database_pool_size=2, worker_concurrency=1)
    content = contents.a_pdf(300_000)
    half, goes_on = asyncio.Barrier(3), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield content[:200_000]
        await half.wait()
        await goes_on.wait()
        yield content[200_000:]

    async def nobody_is_in_a_transaction() -> bool:
        async with database.reading() as session:
            query = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in trans%'"
            mine = sa.text(f"{query} AND datname = current_database()")
            return int(await session.scalar(mine) or 0) == 0

    async with opened(narrow) as cabinet:
        sending = asyncio.gather(
            *(cabinet.put(slowly(), "plan.pdf", "application/pdf") for _ in range(2))
        )
        await half.wait()
        quick = await cabinet.put(contents.a_png(), "a.png", "image/png")
        assert quick.status_code == 201  # There are two connections, and two slow senders.
        await eventually(nobody_is_in_a_transaction)
        assert not sending.done()
        goes_on.set()
        answers = await sending

    assert [answer.status_code for answer in answers] == [201, 201]
    assert {answer.json()["sha256"] for answer in answers} == {sha256(content)}


async def test_bytes_are_read_only_behind_every_guard(cabinet: Cabinet, settings: Settings) -> None:
    read = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield contents.a_pdf()
        read.set()

    forbidden = await cabinet.put(endless(), "a.pdf", "application/pdf", key="tin")
    refused(forbidden, 403, "not-allowed")
    malformed = await cabinet.put(contents.a_pdf(), "a.pdf", "application/pdf", drawer="none")
    refused(malformed, 400, "invalid-request")
    assert not (settings.home / "uploads").exists()


async def test_what_is_announced_too_large_is_refused_unread(settings: Settings) -> None:
    async with opened(adjusted(settings, file_limit_bytes=2_000_000)) as cabinet:
        answer = await cabinet.put(contents.a_pdf(2_000_000), "a.pdf", "application/pdf")
        json = await cabinet.client.post(
            "/v1/sessions", content=b" " * 1_500_000, headers={"Content-Type": "application/json"}
        )
    assert refused(answer, 413, "file-too-large")["limitBytes"] == 2_000_000
    refused(json, 413, "body-too-large")
    assert stored(settings) == []


async def test_what_turns_out_too_large_is_refused_on_the_way(
    settings: Settings, database: Database
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 100_000

    async with opened(adjusted(settings, file_limit_bytes=2_000_000)) as cabinet:
        answer = await cabinet.put(pieces(), "a.txt", "text/plain")

    assert refused(answer, 413, "file-too-large")["limitBytes"] == 2_000_000
    assert stored(settings) == []
    assert await counted(database) == (0, 0)


async def test_a_file_must_arrive_in_time(settings: Settings) -> None:
    async def until_answered() -> AsyncIterator[bytes]:
        yield b"x"
        await eventually(answered)
        yield b"y"

    async def answered() -> bool:
        return any(line["event"] == "request" for line in log)

    with capture_logs() as log:
        async with opened(adjusted(settings, upload_seconds=0.2)) as cabinet:
            answer = await cabinet.put(until_answered(), "a.txt", "text/plain")
    refused(answer, 408, "upload-too-slow")


async def test_a_sender_who_hangs_up_leaves_nothing(
    cabinet: Cabinet, settings: Settings, database: Database
) -> None:
    begun = asyncio.Event()

    async def breaking() -> AsyncIterator[bytes]:
        yield b"x" * 2_000_000
        begun.set()
        await asyncio.Event().wait()

    with capture_logs() as log:
        sending = asyncio.create_task(cabinet.put(breaking(), "a.txt", "text/plain"))
        await begun.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

        async def answered() -> bool:
            return any(line["event"] == "request" for line in log)

        await eventually(answered)
    assert [line for line in log if line["log_level"] == "error"] == []
    assert stored(settings) == []
    assert await counted(database) == (0, 0)


async def test_a_content_that_nobody_kept_goes_after_a_day(
    cabinet: Cabinet, settings: Settings, database: Database
) -> None:
    kept = (await cabinet.put(contents.a_png(), "a.png", "image/png")).json()
    rolled_back = await cabinet.put(contents.a_png(), "a.png", "image/png", drawer=FULL)
    refused(rolled_back, 409, "drawer-full")
    assert await counted(database) == (1, 1)
    assert len(stored(settings)) == 2

    for passed, left in ((timedelta(hours=23), 1), (timedelta(hours=25), 0)):
        with clock.travelled(clock.now() + passed):
            async with database.work() as session:
                assert await files.forget_arrivals(session, 30) == 1 - left
    with clock.travelled(clock.now() + timedelta(days=2)):
        async with jobs.Worker(database, [REMOVING]):
            await all_are(database, JobState.DONE)

    assert [path.name for path in stored(settings)] == [kept["id"]]
    assert (await cabinet.get(kept["id"])).content == contents.a_png()


async def test_keeping_and_forgetting_never_both_win(
    database: Database, settings: Settings
) -> None:
    arrived = [await a_received(database) for _ in range(5)]
    with clock.travelled(clock.now() + timedelta(hours=25)):
        *refused_or_not, forgotten = await asyncio.gather(
            *(_kept(database, received) for received in arrived),
            _forgotten(database),
            return_exceptions=True,
        )
        async with database.work() as session:  # Something to wait for, whoever won.
            await jobs.enqueue(session, files.REMOVE, file_id=new_id())
        async with jobs.Worker(database, [REMOVING]):
            await all_are(database, JobState.DONE)

    async with database.reading() as session:
        kept = {str(file_id) for file_id in await session.scalars(sa.select(File.id))}
    assert {path.name for path in stored(settings)} == kept
    refusals = [each for each in refused_or_not if each is not None]
    assert len(refusals) == forgotten == len(arrived) - len(kept)
    assert all(isinstance(each, Unavailable) for each in refusals)


async def _kept(database: Database, received: files.Received) -> None:
    async with database.work() as session:
        await files.keep(session, received, events.Actor.system("test"))


async def _forgotten(database: Database) -> int:
    async with database.work() as session:
        return await files.forget_arrivals(session, 30)


async def a_received(database: Database) -> files.Received:
    async def chunks() -> AsyncIterator[bytes]:
        yield contents.a_pdf()

    return await files.take(database, None, files.Sent("a.pdf", "application/pdf", chunks()))


async def test_the_content_of_a_kept_file_is_never_removed(database: Database) -> None:
    received = await a_received(database)
    await _kept(database, received)
    with pytest.raises(jobs.GiveUp, match="its content stays"):
        await files.remove_content(database, received.id)


async def test_erasure_takes_content_and_name_and_leaves_the_hash(
    cabinet: Cabinet, settings: Settings, database: Database
) -> None:
    told = (await cabinet.put(contents.a_pdf(), "cv jansen.pdf", "application/pdf")).json()
    for _ in range(2):
        assert (await cabinet.client.delete(f"/v1/drawers/files/{told['id']}")).status_code == 204
    async with jobs.Worker(database, [REMOVING]):
        await all_are(database, JobState.DONE)

    assert stored(settings) == []
    gone = refused(await cabinet.get(told["id"]), 410, "file-erased")
    assert gone["sha256"] == told["sha256"]
    async with database.reading() as session:
        file = await session.get_one(File, told["id"])
        kinds = list(await session.scalars(sa.select(events.Event.type)))
    assert (file.name, file.sha256.hex()) == (None, told["sha256"])
    assert kinds.count("file.erased") == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE files SET sha256 = decode(repeat('00', 32), 'hex')",
        "UPDATE files SET name = 'other.pdf'",
        "UPDATE files SET name = NULL, erased_at = now(), size_bytes = 1",
        "DELETE FROM files",
        "TRUNCATE files CASCADE",
    ],
)
async def test_the_database_refuses_every_other_change(
    database: Database, settings: Settings, change: str
) -> None:
    await _kept(database, await a_received(database))
    # As the owner of the tables: a trigger asks nobody who they are.
    connection = await asyncpg.connect(settings.owner_url.replace("+asyncpg", ""))
    try:
        with pytest.raises(asyncpg.PostgresError, match="refused"):
            await connection.execute(change)
    finally:
        await connection.close()


async def test_a_route_that_writes_before_it_receives_is_found_out(cabinet: Cabinet) -> None:
    answer = await cabinet.client.post(
        "/v1/drawers/1/written-before",
        content=contents.a_png(),
        headers={
            "Key": "brass",
            "Content-Type": "image/png",
            "Content-Disposition": 'attachment; filename="a.png"',
        },
    )
    refused(answer, 500, "server-fault")


async def test_bytes_that_changed_in_the_store_are_not_given_as_the_file(
    cabinet: Cabinet, settings: Settings
) -> None:
    content = contents.a_pdf(1_000_000)
    told = (await cabinet.put(content, "a.pdf", "application/pdf")).json()
    [path] = stored(settings)
    path.write_bytes(content.replace(b"Catalog", b"catalog"))
    with pytest.raises(httpx.RemoteProtocolError):
        await cabinet.get(told["id"])


async def test_a_content_that_the_store_lost_is_our_fault(
    cabinet: Cabinet, settings: Settings
) -> None:
    told = (await cabinet.put(contents.a_pdf(), "a.pdf", "application/pdf")).json()
    stored(settings)[0].unlink()
    refused(await cabinet.get(told["id"]), 500, "server-fault")


async def test_a_folder_that_can_not_be_written_is_a_pause(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "no-folder").write_text("a file")
    away = adjusted(settings, file_store_url=f"file://{tmp_path}/no-folder")
    async with opened(away) as cabinet:
        answer = await cabinet.put(contents.a_pdf(), "a.pdf", "application/pdf")
    refused(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "10"
    assert (await counted(database))[0] == 0
