"""A receiver of webhooks on this machine, and an organisation that has things sent to it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.core import events
from app.core.database import Database
from app.core.events import Actor
from app.core.ids import new_id
from app.core.settings import Settings
from app.webhooks.actions import delivering, sequencing
from tests import make
from tests.conftest import Cluster, served
from tests.make import Member


@dataclass(frozen=True, slots=True)
class Heard:
    """A webhook as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """What a receiver tells repeats by."""
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Takes webhooks, and answers what it is told to; 204 by itself."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answers: dict[str, list[Response]] = field(default_factory=dict)
    """By path; the last one stays."""
    slow: asyncio.Event = field(default_factory=asyncio.Event)
    """Whoever calls `/slow` waits for it."""
    came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: Request) -> Response:
        """Take one."""
        path = request.url.path
        async with self.came:
            self.heard.append(Heard(path, dict(request.headers), await request.body()))
            self.came.notify_all()
        if path == "/slow":
            await self.slow.wait()
        answers = self.answers.get(path, [Response(status_code=204)])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def hears(self, count: int, path: str = "/hook") -> None:
        """Wait until so many came in there."""
        async with asyncio.timeout(20), self.came:
            await self.came.wait_for(lambda: len(self.ids(path)) >= count)

    def ids(self, path: str = "/hook") -> list[str]:
        """Give the ids of what came in there, in that order."""
        return [each.id for each in self.heard if each.path == path]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Somebody who takes webhooks."""
    receiver = Receiver()
    routes = [Route("/{path:path}", receiver.take, methods=["GET", "POST"])]
    async with served(Starlette(routes=routes)) as url:
        receiver.url = url
        yield receiver
        receiver.slow.set()  # A server ends when it has answered everybody.


@pytest.fixture
async def settings(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Settings]:
    """The settings of an installation that may send webhooks to this machine."""
    async with cluster.clone() as name:
        here = {"webhooks_to_loopback": True}
        yield cluster.settings(name, tmp_path).model_copy(update=here)


@dataclass(frozen=True)
class Office:
    """An organisation's admin, who makes endpoints and looks at what became of deliveries."""

    client: httpx.AsyncClient
    database: Database
    admin: Member
    receiver: Receiver

    async def call(
        self,
        method: str,
        path: str = "",
        by: Member | None = None,
        **body: Any,  # noqa: ANN401  JSON.
    ) -> httpx.Response:
        """Do something with the endpoints of the admin's organisation."""
        by = by or self.admin
        return await self.client.request(
            method,
            f"/v1/organisations/{self.admin.organisation_id}/webhook-endpoints{path}",
            json=body if method in {"POST", "PATCH"} else None,
            headers={**by.headers, "If-Match": "*", "Idempotency-Key": str(new_id())},
        )

    async def endpoint(self, path: str = "/hook", **more: Any) -> dict[str, Any]:  # noqa: ANN401  JSON.
        """Make an endpoint at the receiver, which wants to hear of organisations."""
        wanted = {"types": ["organisation.*"], **more}
        answer = await self.call("POST", url=f"{self.receiver.url}{path}", **wanted)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def happen(self, *kinds: str) -> None:
        """Let things happen to the organisation, and be placed."""
        async with self.database.work() as session:
            for kind in kinds:
                organisation_id = self.admin.organisation_id
                events.record(session, kind, organisation_id, Actor.system("test"))
        await sequencing.sequence_all(self.database)

    async def deliver(self) -> None:
        """Let the chore do its work."""
        await delivering.deliver_due(self.database)

    async def deliveries(self, endpoint: dict[str, Any], **query: str) -> list[dict[str, Any]]:
        """Look at what was sent, oldest first."""
        wanted = "&".join(f"{name}={value}" for name, value in query.items())
        answer = await self.call("GET", f"/{endpoint['id']}/deliveries?{wanted}")
        items: list[dict[str, Any]] = answer.json()["items"]
        return items[::-1]

    async def traced(self, endpoint: dict[str, Any], delivery_id: UUID | str) -> dict[str, Any]:
        """Look at how the attempts of one went."""
        answer = await self.call("GET", f"/{endpoint['id']}/deliveries/{delivery_id}")
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
async def office(client: httpx.AsyncClient, database: Database, receiver: Receiver) -> Office:
    """An organisation that wants to hear of things."""
    async with database.work() as session:
        admin = await make.a_member(session)
    return Office(client, database, admin, receiver)


@pytest.fixture
def no_jitter(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let nobody draw how much longer to wait."""
    with monkeypatch.context() as patch:
        patch.setattr("app.webhooks.schedule.JITTER", 0)
        yield
