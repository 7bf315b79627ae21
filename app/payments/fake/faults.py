"""What goes wrong on the way: ordered beforehand, and used up one by one."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum


class Trouble(StrEnum):
    """What goes wrong."""

    TOO_MANY = "too-many"
    """429: asked too often; nothing was done."""
    BROKEN = "broken"
    """500: nothing was done."""
    HANG = "hang"
    """No answer for a long time, and nothing was done."""
    LATE = "late"
    """It is answered a while later, with what was true when it was asked."""
    LOST = "lost"
    """It was done, and the answer does not come."""


@dataclass
class Fault:
    """So often, for requests whose method and path begin so."""

    trouble: Trouble
    on: str
    """`POST /v1/refunds`."""
    times: int = 1
    seconds: float = 30.0
    """How long an answer does not come."""


@dataclass
class Faults:
    """All that was ordered."""

    ordered: list[Fault] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, so that nobody waits any more: the player ends."""

    def order(self, trouble: Trouble, on: str, times: int = 1, seconds: float = 30.0) -> None:
        """Let something go wrong, the next so many times."""
        self.ordered.append(Fault(Trouble(trouble), on, times, seconds))

    def next(self, request: str) -> Fault | None:
        """Use up what was ordered for such a request."""
        for fault in self.ordered:
            if fault.times > 0 and request.startswith(fault.on):
                fault.times -= 1
                return fault
        return None

    async def wait(self, seconds: float) -> None:
        """Let no answer come for a while."""
        try:
            async with asyncio.timeout(seconds):
                await self.released.wait()
        except TimeoutError:
            return
