import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from app.core.settings import Settings
from tests.conftest import served
from tests.core.files.trial import trial_app


def adjusted(settings: Settings, **changes: Any) -> Settings:  # noqa: ANN401  Those of Settings.
    """Read the settings anew with some of them changed, so that they are checked."""
    return Settings.model_validate({**settings.model_dump(), **changes})


@dataclass
class Cabinet:
    """Somebody who puts files into drawers, over a real socket."""

    client: httpx.AsyncClient

    async def put(
        self,
        content: bytes | AsyncIterator[bytes],
        name: str,
        kind: str,
        *,
        drawer: int | str = 1,
        key: str = "brass",
    ) -> httpx.Response:
        """Send a file."""
        headers = {
            "Content-Type": kind,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Key": key,
        }
        return await self.client.post(
            f"/v1/drawers/{drawer}/files", content=content, headers=headers
        )

    async def get(self, file_id: str, **options: Any) -> httpx.Response:  # noqa: ANN401  Those of httpx.
        """Ask for a file."""
        return await self.client.get(f"/v1/drawers/files/{file_id}/content", **options)


@pytest.fixture
async def cabinet(settings: Settings) -> AsyncIterator[Cabinet]:
    """The trial application on the test's own installation."""
    async with opened(settings) as found:
        yield found


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Cabinet]:
    """Serve the trial application with these settings."""
    async with (
        served(trial_app(settings)) as address,
        httpx.AsyncClient(base_url=address, timeout=30) as client,
    ):
        yield Cabinet(client)


def sha256(content: bytes) -> str:
    """Hash as everybody does."""
    return hashlib.sha256(content).hexdigest()
