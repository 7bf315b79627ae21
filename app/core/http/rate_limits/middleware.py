"""Admit a request, or refuse it before it costs anything."""

from http import HTTPStatus
from time import monotonic
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.http import refusing
from app.core.http.rate_limits.buckets import WINDOW_SECONDS, Buckets, Clock, Recent, Standing
from app.core.http.rate_limits.callers import Caller, caller_of
from app.core.http.rate_limits.leases import Leases
from app.core.problems import TooManyRequests
from app.core.settings import Settings

PREFIX = "/v1"
READS = {"GET", "HEAD", "OPTIONS"}
RECOGNISED_SECONDS = 3600


class Judgement(NamedTuple):
    """Where a caller stands with the policy that speaks about this request."""

    policy: str
    limit: int
    standing: Standing

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Tell it to the client."""
        limit = f'"{self.policy}";q={self.limit};w={WINDOW_SECONDS}'
        left = f'"{self.policy}";r={self.standing.remaining};t={self.standing.reset_seconds}'
        return [(b"ratelimit-policy", limit.encode()), (b"ratelimit", left.encode())]

    def refusal(self) -> TooManyRequests:
        """Explain why not."""
        seconds = self.standing.reset_seconds
        return TooManyRequests(
            f"{_REASONS[self.policy].format(limit=self.limit)} Try again in {seconds} s.",
            retry_after_seconds=seconds,
            violated_policies=[self.policy],
        )


_REASONS = {
    "reads": "A caller may read {limit} times per minute.",
    "writes": "A caller may ask for {limit} changes per minute.",
    "failures": "Too many unknown credentials came from your network.",
}


class RateLimits:
    """The middleware that counts requests to the API; it stands inside the edge.

    A credential counts as recognised when a request with it got an `actor` in its state. Until
    then it is charged to its network, so that inventing credentials opens no new buckets.
    """

    def __init__(self, app: ASGIApp, settings: Settings, clock: Clock = monotonic) -> None:
        self.app = app
        self._reads = Buckets(settings.reads_per_minute, clock)
        self._writes = Leases("writes", settings.writes_per_minute, clock)
        self._failures = Buckets(settings.failures_per_minute, clock)
        self._recognised: Recent[bool] = Recent(RECOGNISED_SECONDS, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count one request, and pass it on or refuse it."""
        if scope["type"] != "http" or not _is_counted(scope["path"]):
            await self.app(scope, receive, send)
            return
        caller = caller_of(scope)
        judgement = await self._judge(scope, caller)

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._learn(caller, scope, message["status"])
                headers = [*message.get("headers", ()), *judgement.headers()]
                message = {**message, "headers": headers}
            await send(message)

        if judgement.standing.allowed:
            await self.app(scope, receive, tell)
        else:
            await _refuse(judgement, scope, receive, tell)

    async def _judge(self, scope: Scope, caller: Caller) -> Judgement:
        key = caller.network
        if caller.credential is not None:
            if self._recognised.get(caller.credential):
                key = caller.credential
            elif not (tried := self._failures.look(caller.network)).allowed:
                return Judgement("failures", self._failures.limit, tried)
        if scope["method"] in READS:
            return Judgement("reads", self._reads.limit, self._reads.take(key))
        standing = await self._writes.take(scope["app"].state.database, key)
        return Judgement("writes", self._writes.limit, standing)

    def _learn(self, caller: Caller, scope: Scope, status: int) -> None:
        """Remember whom others recognised by this credential, and who guesses."""
        if caller.credential is None:
            return
        if scope.get("state", {}).get("actor"):
            self._recognised.put(caller.credential, value=True)
        elif status == HTTPStatus.UNAUTHORIZED:
            self._recognised.forget(caller.credential)
            self._failures.take(caller.network)


def _is_counted(path: str) -> bool:
    return path.startswith(PREFIX) and path[len(PREFIX) : len(PREFIX) + 1] in {"", "/"}


async def _refuse(judgement: Judgement, scope: Scope, receive: Receive, send: Send) -> None:
    request_id = scope.get("state", {}).get("request_id", "")
    response = refusing.answer(judgement.refusal(), path=scope["path"], request_id=request_id)
    await response(scope, receive, send)
