"""Validators that a process keeps: a 304 for what is public, without a question to the database.

- A public noun keeps a *version* in the database, counted up by every transaction that changes
  what it shows, and says the new one on a channel. Each process hears it (`Validator.hear`).
- A route marks its answer with `Validator.tag` of the version that it read *with* the answer; so
  an answer never claims to be newer than it is, not even one of a standby.
- `NotModified` gives a 304 to whoever has the tag of the version that this process knows.

How old a 304 can be: as long as it takes to hear of a version, which is milliseconds. Where
notifications don't arrive, the listener asks every `job_poll_seconds`; a process that has heard
nothing for twice as long answers from the database again.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core import clock

CACHE_CONTROL = "public, max-age=1"


@dataclass(frozen=True, slots=True)
class Told:
    """What stands for a route where none was reached: the access log names it."""

    path: str


class Validator:
    """What this process knows of the version of one public noun."""

    def __init__(
        self, path: str, trusted_seconds: float, time: Callable[[], float] = monotonic
    ) -> None:
        self.path = path
        """Of the noun's list; what lies below it has the same version."""
        self.told = Told(path)
        self._trusted_seconds = trusted_seconds
        self._time = time
        self._version: int | None = None
        self._heard_at = 0.0

    def hear(self, said: str) -> None:
        """Learn the version that was committed last. One that came late changes nothing."""
        version = int(said)
        if self._version is None or version >= self._version:
            self._version, self._heard_at = version, self._time()

    def speaks_about(self, path: str) -> bool:
        """Tell whether a path is the noun's list, or below it."""
        return path.startswith(self.path) and path[len(self.path) : len(self.path) + 1] in {"", "/"}

    def current(self, scope: Scope) -> str | None:
        """Give the tag that an answer to this request has now, if that is known for certain."""
        if self._version is None or self._time() - self._heard_at > self._trusted_seconds:
            return None
        return tag(scope, self._version, clock.today())


def tag(scope: Scope, version: int, day: date) -> str:
    """Make the ETag of what a request asks for: by version and day, for this address alone.

    How many days are left changes with the day. It is weak, for what was added since the last
    version may be in the answer already.
    """
    address = scope["path"].encode() + b"?" + scope["query_string"]
    return f'W/"{version}-{day:%Y%m%d}-{zlib.crc32(address):08x}"'


def mark(request: Request, response: Response, version: int, day: date) -> None:
    """Say which version of a public noun the answer shows, and of which day it counts."""
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["ETag"] = tag(request.scope, version, day)


class NotModified:
    """The innermost middleware: answers who has the newest version already."""

    def __init__(self, app: ASGIApp, validators: Sequence[Validator]) -> None:
        self.app = app
        self.validators = tuple(validators)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a 304 if that is certainly right, or pass the request on."""
        if scope["type"] == "http" and scope["method"] == "GET":
            for validator in self.validators:
                if validator.speaks_about(scope["path"]) and (known := _known(scope)):
                    current = validator.current(scope)
                    if current is not None and current.removeprefix("W/").encode() in known:
                        await _not_modified(scope, send, validator, current)
                        return
        await self.app(scope, receive, send)


def _known(scope: Scope) -> bytes:
    return b",".join(value for name, value in scope["headers"] if name == b"if-none-match")


async def _not_modified(scope: Scope, send: Send, validator: Validator, current: str) -> None:
    scope["route"] = validator.told
    headers = [(b"etag", current.encode()), (b"cache-control", CACHE_CONTROL.encode())]
    await send({"type": "http.response.start", "status": 304, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
