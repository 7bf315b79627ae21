"""Routers that are passed over where nothing of them fits."""

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from app.core.http.routing import router
from app.core.settings import Settings


async def test_a_path_finds_its_route_whatever_its_parameters_are_called(
    settings: Settings,
) -> None:
    app = FastAPI(redirect_slashes=False)
    app.state.settings = settings
    things, parts = router("/things", "Things"), router("", "Parts")

    @things.get("")
    @things.get("/{thing_id}")
    @things.get("/{thing_id}/{part_id}")
    @parts.get("/things/{thing_id}/parts/{part_id}/size")
    @parts.get("")
    async def found() -> dict[str, str]:
        return {}

    for shaped in (things, parts):
        app.include_router(shaped)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        asked = ("/v1", "/v1/things", "/v1/things/1", "/v1/things/1/2")
        for path in (*asked, "/v1/things/1/parts/2/size"):
            assert (await client.get(path)).status_code == 200, path
        for path in ("/", "/v1/", "/v1/part", "/v1/things/1/parts/2", "/v1/things/1/parts/2/x"):
            assert (await client.get(path)).status_code == 404, path
        assert (await client.delete("/v1/things/1")).status_code == 405


async def test_a_path_must_begin_with_what_it_is_about() -> None:
    app = FastAPI()
    nameless = router("", "Nameless")

    @nameless.get("/{anything}/parts")
    async def never() -> None: ...

    app.include_router(nameless)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        with pytest.raises(ValueError, match="must say by its noun"):
            await client.get("/v1/things/parts")
