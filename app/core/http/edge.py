"""The edge: what every answer carries and every request is asked, before any route.

Outermost: whatever breaks inside, the client gets a problem, a request id and the security
headers, and the log gets one line that names no person and shows no secret.
"""

import asyncio
import re
from time import perf_counter
from typing import Any
from urllib.parse import unquote_to_bytes

import structlog
from fastapi import Response
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import __version__
from app.core.database import READ_AFTER, unavailable
from app.core.http import refusing
from app.core.ids import new_id
from app.core.problems import BodyTooLarge, BodyTooSlow, InvalidRequest, Problem
from app.core.settings import Settings

logger = structlog.get_logger(__name__)

REQUESTS = Counter("baat_requests_total", "Answers given.", ["method", "route", "status"])
SECONDS = Histogram(
    "baat_request_seconds",
    "Time from a request to the end of its answer.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

# Dutch API Design Rules 2.1, /core/transport/security-headers. A route may say otherwise.
HEADERS = tuple(
    (name.lower().encode(), value.encode())
    for name, value in {
        "API-Version": __version__,
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }.items()
)

_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


class Edge:
    """The outermost middleware."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens inside."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = Exchange(scope, send)
        with structlog.contextvars.bound_contextvars(**exchange.names()):
            try:
                await self._answer(exchange, receive)
            except Exception as error:  # noqa: BLE001  The last place where a bug can be answered.
                await exchange.break_off(error, receive)
            finally:
                exchange.tell()

    async def _answer(self, exchange: "Exchange", receive: Receive) -> None:
        refusal = _unreadable(exchange.scope)
        if refusal is None:
            limit = self.settings.body_limit_bytes
            await self.app(exchange.scope, _counted(exchange.scope, receive, limit), exchange.send)
        else:
            await exchange.refuse(refusal, receive)


class Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.started = perf_counter()
        self.request_id = str(new_id())
        self.method = scope["method"]
        # A HEAD is routed like the GET that it asks about; the server keeps the scope it made.
        self.scope = {**scope, "method": "GET"} if self.method == "HEAD" else scope
        self.state: dict[str, Any] = self.scope.setdefault("state", {})
        self.state["request_id"] = self.request_id
        self.status = 0
        self._send = send

    def names(self) -> dict[str, str]:
        """What every log line of this request carries."""
        names = {"request_id": self.request_id}
        if trace := _TRACEPARENT.fullmatch(_header(self.scope, b"traceparent")):
            names["trace_id"] = trace[1].decode()
        return names

    async def send(self, message: Message) -> None:
        """Send a part of the answer, with the headers that all answers have."""
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            message = {**message, "headers": self._dressed(message.get("headers", ()))}
        elif self.method == "HEAD" and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def _dressed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        present = {name.lower() for name, _ in headers}
        dressed = [*headers, *(header for header in HEADERS if header[0] not in present)]
        dressed.append((b"x-request-id", self.request_id.encode()))
        if read_after := self.state.get("read_after"):
            dressed.append((READ_AFTER.lower().encode(), read_after.encode()))
        return dressed

    async def refuse(self, problem: Problem, receive: Receive) -> None:
        """Answer with a problem before any route was reached."""
        await self._respond(
            refusing.answer(problem, path=self._path(), request_id=self.request_id), receive
        )

    async def break_off(self, error: Exception, receive: Receive) -> None:
        """Answer something that nobody foresaw."""
        if self.status:
            # Half an answer is out: breaking the connection is all that tells the client.
            logger.error("answer_broken_off", exc_info=error)
            raise error
        if (passing := unavailable(error)) is not None:
            await self.refuse(passing, receive)
            return
        response = refusing.fault(error, path=self._path(), request_id=self.request_id)
        await self._respond(response, receive)

    async def _respond(self, response: Response, receive: Receive) -> None:
        await response(self.scope, receive, self.send)

    def _path(self) -> str:
        return str(self.scope["path"]).encode(errors="replace").decode()

    def tell(self) -> None:
        """Write the access line and count; the route's template, never the path's own values."""
        route = getattr(self.scope.get("route"), "path", "(none)")
        seconds = perf_counter() - self.started
        method = self.method if self.method in _METHODS else "(other)"
        REQUESTS.labels(method, route, self.status).inc()
        SECONDS.labels(method, route).observe(seconds)
        logger.info(
            "request",
            method=method,
            route=route,
            status=self.status,
            milliseconds=round(seconds * 1000, 2),
            actor=str(self.state.get("actor") or "nobody"),
        )


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def _unreadable(scope: Scope) -> Problem | None:
    """Refuse a path or a query that is no text, or that a database can't keep."""
    faults = [
        {"in": place, "parameter": place, "code": "not-text", "detail": _NOT_TEXT}
        for place, raw in (("path", scope.get("raw_path") or b""), ("query", scope["query_string"]))
        if (b"%" in raw or not raw.isascii()) and not _is_text(raw)
    ]
    return InvalidRequest(faults) if faults else None


_NOT_TEXT = "Percent-encoded bytes must be UTF-8 text without null characters."


def _is_text(raw: bytes) -> bool:
    try:
        return "\x00" not in unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return False


def announced_bytes(scope: Scope) -> int:
    """Say how long the body is by its own account; 0 if it has none, or does not tell."""
    length = _header(scope, b"content-length")
    return int(length) if length.isdigit() else 0


_UNCOUNTED = "body_is_uncounted"


def uncounted(scope: Scope) -> None:
    """Let a route read a body that it counts itself."""
    scope["state"][_UNCOUNTED] = True


LONGEST_BODY_SECONDS = 60.0
"""For a body to come that is no file: a megabyte at the pace of a bad telephone line."""


def _counted(scope: Scope, receive: Receive, limit: int) -> Receive:
    """Count a body while it comes: it may be longer than it says, or not say it, or never end."""
    read, is_whole = 0, False
    ends = asyncio.get_running_loop().time() + LONGEST_BODY_SECONDS

    async def count() -> Message:
        nonlocal read, is_whole
        # After its end the next message is that the client left, and that may take its time.
        if scope["state"].get(_UNCOUNTED) or is_whole:
            return await receive()
        try:
            async with asyncio.timeout_at(ends):
                message = await receive()
        except TimeoutError:
            seconds = f"{LONGEST_BODY_SECONDS:.0f} seconds"
            raise BodyTooSlow(f"The body did not arrive within {seconds}.") from None
        read += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if read > limit:
            raise BodyTooLarge(f"The body is larger than {limit} bytes.")
        return message

    return count


def _header(scope: Scope, name: bytes) -> bytes:
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return b""
