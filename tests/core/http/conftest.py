from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from app.core.settings import Settings
from tests.conftest import Cluster, calling, living, served
from tests.core.http.trial import make_notes, trial_app


@pytest.fixture
async def trial_settings(settings: Settings) -> Settings:
    """An installation that keeps notes."""
    await make_notes(settings)
    return settings


@pytest.fixture
async def trial(trial_settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the routes of the tests."""
    async with living(trial_app(trial_settings)) as app, calling(app) as client:
        yield client


@pytest.fixture
async def wire(trial_settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Calls them over a real socket."""
    async with (
        served(trial_app(trial_settings)) as address,
        httpx.AsyncClient(base_url=address, timeout=60) as client,
    ):
        yield client


@pytest.fixture(scope="session")
async def shared_trial_app(cluster: Cluster) -> AsyncIterator[FastAPI]:
    """One application for all tests that are refused before anything is written."""
    async with cluster.clone() as name:
        settings = cluster.settings(name).model_copy(update={"writes_per_minute": 1_000_000})
        async with living(trial_app(settings)) as app:
            yield app


@pytest.fixture
async def quiet(shared_trial_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the routes of the tests that need no table."""
    async with calling(shared_trial_app) as client:
        yield client
