from functools import cache
from typing import Any

import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from app.core.files.kinds import BY_MEDIA_TYPE
from app.core.settings import Settings
from tests.conftest import SECRET, served
from tests.core.files.conftest import adjusted
from tests.core.files.trial import trial_app
from tests.test_contract import fuzzed

BINARY = {"schema": {"type": "string", "format": "binary"}}


@cache
def document() -> dict[str, Any]:
    nowhere = {"database_url": "postgresql://nowhere/x", "secret": SECRET}
    return trial_app(Settings.model_validate(nowhere)).openapi()


def upload() -> dict[str, Any]:
    found: dict[str, Any] = document()["paths"]["/drawers/{drawer_id}/files"]["post"]
    return found


def download() -> dict[str, Any]:
    found: dict[str, Any] = document()["paths"]["/drawers/files/{file_id}/content"]["get"]
    return found


def test_it_is_openapi() -> None:
    OPENAPI_31_VALIDATOR.validate(document())


def test_an_upload_says_what_it_reads() -> None:
    body = upload()["requestBody"]
    assert body["required"] is True
    assert body["content"] == dict.fromkeys(BY_MEDIA_TYPE, BINARY)
    headers = {each["name"]: each for each in upload()["parameters"]}
    assert headers["Content-Disposition"]["required"] is True
    assert headers["Content-Disposition"]["schema"] == {"type": "string"}
    assert "Content-Encoding" not in headers


@pytest.mark.parametrize(
    ("status", "reasons"),
    [
        ("400", {"file-damaged", "file-infected", "file-name-refused", "file-unsafe"}),
        ("408", {"upload-too-slow"}),
        ("409", {"drawer-full"}),
        ("413", {"file-too-large"}),
        ("415", {"file-type-mismatch", "file-type-not-allowed"}),
    ],
)
def test_an_upload_says_why_it_may_refuse(status: str, reasons: set[str]) -> None:
    text = str(upload()["responses"][status]["description"])
    for reason in reasons:
        assert text.count(f"`/problems/{reason}`") == 1
    assert "body-too-large" not in text
    assert "JSON" not in text


def test_a_download_says_what_comes() -> None:
    answers = download()["responses"]
    assert answers["200"]["content"] == dict.fromkeys(BY_MEDIA_TYPE, BINARY)
    assert {"Content-Disposition", "ETag", "X-Request-Id"} <= set(answers["200"]["headers"])
    assert "304" in answers
    assert "file-erased" in answers["410"]["description"]


@pytest.mark.timeout(300)
async def test_uploads_and_downloads_get_only_documented_answers(settings: Settings) -> None:
    generous = adjusted(settings, reads_per_minute=1_000_000, writes_per_minute=1_000_000)
    app = trial_app(generous)
    # A fuzzer waits for it for ten seconds only.
    app.openapi()
    async with served(app) as address:
        report = await fuzzed(
            address,
            *("--header", "Key: brass", "--include-path-regex", "^/drawers/"),
            *("--exclude-operation-id", "writeTooEarly"),
        )
    assert not report, report
