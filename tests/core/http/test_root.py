"""The front door of the interface."""

from datetime import UTC, datetime

from fastapi import FastAPI

from app import __version__
from app.core import clock
from app.core.settings import Settings
from app.main import create_app
from tests.conftest import SECRET, calling


def a_demo() -> FastAPI:
    return create_app(
        Settings.model_validate(
            {
                "database_url": "postgresql://nowhere/x",
                "secret": SECRET,
                "demo": True,
                "public_url": "https://baat.example",
            }
        )
    )


async def test_the_root_says_what_this_is_and_where_to_read_on() -> None:
    with clock.travelled(datetime(2031, 5, 1, 12, tzinfo=UTC)):
        async with calling(a_demo()) as client:
            answer = await client.get("/v1")
    assert answer.status_code == 200
    found = answer.json()
    assert found.pop("now").startswith("2031-05-01T12:00:00")
    assert found == {
        "name": "Baat",
        "version": __version__,
        "mode": "test",
        "isDemo": True,
        "links": {
            "documentation": "https://baat.example/docs",
            "openapi": "https://baat.example/v1/openapi.json",
            "problems": "https://baat.example/problems",
        },
    }


async def test_only_the_root_answers_with_a_slash_too() -> None:
    async with calling(a_demo()) as client:
        root = await client.get("/v1/")
        elsewhere = await client.get("/v1/scopes/")
    assert root.json()["name"] == "Baat"
    assert elsewhere.status_code == 404
    assert elsewhere.headers["content-type"] == "application/problem+json"
