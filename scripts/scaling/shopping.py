"""Who buys while processes and servers go, and who only looks: what was answered, and when."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import pairwise
from uuid import UUID

import httpx

from scripts.benchmarks.stalls import Shopper
from scripts.disasters.buying import Buyers

LOOK_EVERY_SECONDS = 0.05
LOOK_SECONDS = 15.0


@dataclass
class Shoppers(Buyers):
    """Buyers who read each order as soon as they made it: as themselves, and as a stranger."""

    acknowledged: list[float] = field(default_factory=list)
    """When something was written, by the clock that only goes on."""
    own: Counter[int] = field(default_factory=Counter)
    """What they were answered who sent back how far they had written."""
    plain: Counter[int] = field(default_factory=Counter)
    """What they were answered who did not."""

    async def post(
        self, path: str, body: dict[str, object], by: Shopper, key: str | None = None
    ) -> httpx.Response:
        """Write, and note when it was acknowledged."""
        answer = await super().post(path, body, by, key)
        if answer.is_success:
            self.acknowledged.append(time.monotonic())
        return answer

    async def order(
        self, by: Shopper, project_id: UUID, units: int = 1, key: str | None = None
    ) -> httpx.Response:
        """Order, and read the order."""
        answer = await super().order(by, project_id, units, key)
        if answer.status_code == HTTPStatus.CREATED:
            path = f"/v1/orders/{answer.json()['id']}"
            forgetful = Buyers(self.installation, self.client)
            self.plain[(await forgetful.get(path, by)).status_code] += 1
            self.own[(await self.get(path, by)).status_code] += 1
        return answer

    def between(self, begins: float, ends: float) -> int:
        """Count what was acknowledged in so much time."""
        return sum(begins < at < ends for at in self.acknowledged)

    def first_after(self, moment: float) -> float:
        """Say how many seconds after a moment something was acknowledged for the first time."""
        return min((at for at in self.acknowledged if at > moment), default=moment) - moment


@dataclass
class Looks:
    """What somebody was answered who looks again and again, and never asks twice."""

    seen: list[tuple[float, bool]] = field(default_factory=list)
    """When an answer came, and whether it was what he asked for."""

    def told(self, begins: float, ends: float) -> tuple[str, bool]:
        """Say how it went between two moments, and whether anything was seen."""
        there = [(at, right) for at, right in self.seen if begins <= at <= ends]
        right = [begins, *(at for at, is_right in there if is_right), ends]
        longest = max(after - before for before, after in pairwise(right))
        answered = sum(is_right for _, is_right in there)
        what = f"{answered} of {len(there)} reads answered, none for {longest:.1f} s at most"
        return what, answered > 0


@asynccontextmanager
async def looking(who: Buyers, by: Shopper) -> AsyncIterator[Looks]:
    """Let somebody look at the orders of an organisation, again and again."""
    looks = Looks()

    async def look() -> None:
        headers = {"Authorization": f"Bearer {by.token}"}
        path = f"/v1/organisations/{by.organisation_id}/orders?limit=1"
        while True:
            right = False
            with suppress(httpx.TransportError):
                answer = await who.client.get(path, headers=headers, timeout=LOOK_SECONDS)
                right = answer.status_code == HTTPStatus.OK
            looks.seen.append((time.monotonic(), right))
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    task = asyncio.create_task(look())
    try:
        yield looks
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
