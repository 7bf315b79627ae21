from uuid import UUID

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from app.core import files, jobs
from app.core.database import Database, open_database
from app.core.files import store
from app.core.ids import new_id
from app.core.jobs import JobState
from app.core.problems import Unavailable
from app.core.settings import Settings
from tests.core.files.bucket_server import KEY_ID, SECRET, a_bucket
from tests.core.files.conftest import adjusted, opened
from tests.core.files.test_uploads import counted
from tests.core.http.answers import refused
from tests.make import contents
from tests.make.jobs import all_are

REMOVING = jobs.outside(files.REMOVE, files.remove_content)


@pytest.mark.parametrize("size_bytes", [10, 12_000_000], ids=["at once", "in parts"])
async def test_a_bucket_takes_gives_and_forgets(settings: Settings, size_bytes: int) -> None:
    content = contents.a_pdf(size_bytes)
    async with a_bucket() as (server, chosen):
        there = adjusted(settings, **chosen)
        async with opened(there) as cabinet:
            told = (await cabinet.put(content, "a.pdf", "application/pdf")).json()
            given = await cabinet.get(told["id"])
            assert server.objects == {f"evidence/2026/{told['id']}": content}
            assert given.content == content
        await store.choose(there).remove(UUID(told["id"]))
        await store.choose(there).remove(UUID(told["id"]))  # S3 says yes again.
        assert server.objects == {}
        with pytest.raises(store.ContentMissing):
            await store.choose(there).get(new_id())
        elsewhere = adjusted(there, file_store_url="s3://another-bucket")
        with pytest.raises(Unavailable):
            await store.choose(elsewhere).remove(new_id())
    assert not (settings.home / "files").exists()


async def test_wrong_keys_are_the_operators_fault_and_stay_secret(
    settings: Settings, database: Database
) -> None:
    async with a_bucket() as (server, chosen):
        wrong = adjusted(settings, **chosen | {"file_store_secret": "wrong"})
        with capture_logs() as log:
            async with opened(wrong) as cabinet:
                answer = await cabinet.put(contents.a_pdf(), "a.pdf", "application/pdf")
    refused(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "10"
    assert server.objects == {}
    assert (await counted(database))[0] == 0
    assert "SignatureDoesNotMatch" in str(log)
    assert KEY_ID not in str(log) + answer.text
    assert SECRET not in str(log) + answer.text


async def test_a_store_that_is_down_keeps_nothing_half(
    settings: Settings, database: Database
) -> None:
    large = contents.a_pdf(12_000_000)
    async with a_bucket() as (server, chosen), opened(adjusted(settings, **chosen)) as cabinet:
        kept = (await cabinet.put(contents.a_pdf(), "a.pdf", "application/pdf")).json()
        server.breaks_at_completion = True
        refused(await cabinet.put(large, "b.pdf", "application/pdf"), 503, "unavailable")
        assert len(server.objects) == 1
        server.broken = True
        refused(await cabinet.put(contents.a_pdf(), "c.pdf", "application/pdf"), 503, "unavailable")
        refused(await cabinet.get(kept["id"]), 503, "unavailable")
    assert (await counted(database))[0] == 1


async def test_a_store_that_is_away_is_a_pause(settings: Settings) -> None:
    async with a_bucket() as (_, chosen):
        pass
    with pytest.raises(Unavailable):
        await store.choose(adjusted(settings, **chosen)).get(new_id())


async def test_a_folder_of_ones_own(settings: Settings) -> None:
    folder = settings.home / "else where"
    async with opened(
        adjusted(settings, file_store_url=f"file://{settings.home}/else%20where")
    ) as cabinet:
        told = (await cabinet.put(contents.a_png(), "a.png", "image/png")).json()
    assert [path.name for path in folder.iterdir()] == [told["id"]]
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "wrong",
    [
        {"file_store_url": "s3://bucket"},
        {"file_store_url": "s3://Bucket", "file_store_key_id": "a", "file_store_secret": "b"},
        {"file_store_url": "file://relative"},
        {"file_store_url": "https://bucket.example"},
        {"file_store_endpoint": "minio:9000"},
        {"virus_scanner_url": "tcp://127.0.0.1:3310"},
        {"virus_scanner_url": "clamd://"},
    ],
)
def test_settings_that_lead_nowhere_are_refused_at_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(
            {"database_url": "postgresql://nowhere/x", "secret": "x" * 32, **wrong}
        )


async def test_the_job_removes_from_the_bucket(settings: Settings) -> None:
    async with a_bucket() as (server, chosen):
        there = adjusted(settings, **chosen)
        async with opened(there) as cabinet:
            told = (await cabinet.put(contents.a_png(), "a.png", "image/png")).json()
            await cabinet.client.delete(f"/v1/drawers/files/{told['id']}")
        async with open_database(there) as database, jobs.Worker(database, [REMOVING]):
            await all_are(database, JobState.DONE)
        assert server.objects == {}
