"""Sending one webhook: one request to an address that was looked up once, and looked at.

The name is resolved once; if any of its addresses is not public nothing is sent; and the connection
goes to one of the addresses that were looked at, while certificate and `Host` are those of the
name. So a name that leads elsewhere a moment later changes nothing. Redirects are not followed,
proxies of the environment are ignored, and of the answer no more than its beginning is read.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TypeAlias

import httpx

from app.webhooks.destinations import Destination, is_public

TIMEOUT_SECONDS = 15.0
"""For all of it: finding the name, connecting, waiting for the answer."""
MOST_READ_BYTES = 4_096
EXCERPT_CHARACTERS = 500
MOST_ADDRESSES = 2
"""How many of a name's addresses are tried, where one does not answer."""

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Finds the addresses of a name."""

_threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="webhook-names")
"""Their own: a name that nobody answers for keeps one busy, long after we gave up."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended."""

    status: int | None = None
    """None: no answer came."""
    error: str | None = None
    """Why none came."""
    excerpt: str | None = None
    """How the answer begins."""
    duration_ms: int = 0
    retry_after_seconds: float | None = None

    @property
    def arrived(self) -> bool:
        """Tell whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004  HTTP's.


class _Unreachable(Exception):  # noqa: N818  Read aloud it says what happened.
    """Nothing was sent."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Find the addresses of a name, as this machine finds them."""
    found = await asyncio.get_running_loop().run_in_executor(
        _threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    return list(dict.fromkeys(str(each[4][0]) for each in found))


async def post(
    destination: Destination,
    headers: Mapping[str, str],
    body: bytes,
    resolve: Resolve = resolve,
) -> Outcome:
    """Send a webhook, and say how that went; whatever happens out there raises nothing."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            outcome = await _post(destination, headers, body, resolve)
    except TimeoutError:
        outcome = Outcome(error=f"No answer within {TIMEOUT_SECONDS:.0f} seconds.")
    except _Unreachable as error:
        outcome = Outcome(error=str(error))
    except httpx.HTTPError as error:
        outcome = Outcome(error=f"The connection failed: {type(error).__name__}.")
    taken = round((time.perf_counter() - began) * 1_000)
    return Outcome(
        outcome.status, outcome.error, outcome.excerpt, taken, outcome.retry_after_seconds
    )


async def _post(
    destination: Destination, headers: Mapping[str, str], body: bytes, resolve: Resolve
) -> Outcome:
    *others, last = await _addresses(destination, resolve)
    for address in others:
        try:
            return await _post_to(address, destination, headers, body)
        except httpx.ConnectError:
            continue  # Nothing was sent: another address of the same name may answer.
    return await _post_to(last, destination, headers, body)


async def _addresses(destination: Destination, resolve: Resolve) -> Sequence[str]:
    if destination.here:
        return [destination.host.replace("localhost", "127.0.0.1")]
    try:
        found = await resolve(destination.host, destination.port)
    except OSError as error:
        raise _Unreachable("The name of the host leads nowhere.") from error
    if not found:
        raise _Unreachable("The name of the host leads nowhere.")
    if not all(map(is_public, found)):
        raise _Unreachable("The name of the host leads to an address that is not public.")
    return found[:MOST_ADDRESSES]


async def _post_to(
    address: str, destination: Destination, headers: Mapping[str, str], body: bytes
) -> Outcome:
    # One connection for each: what is kept open could be another's by the next time.
    transport = httpx.AsyncHTTPTransport(verify=_trusting(), trust_env=False)
    async with (
        httpx.AsyncClient(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            timeout=TIMEOUT_SECONDS,
        ) as client,
        client.stream(
            "POST",
            destination.at(address),
            content=body,
            headers={**headers, "Host": destination.url.netloc.decode(), **_HEADERS},
            extensions={"sni_hostname": destination.host},
        ) as response,
    ):
        return Outcome(
            status=response.status_code,
            excerpt=await _beginning(response),
            retry_after_seconds=_asked(response.headers.get("retry-after")),
        )


_HEADERS = {
    "Accept-Encoding": "identity",  # A small answer that is unpacked may be a very large one.
    "Content-Type": "application/json",
    "User-Agent": "Baat-Webhooks/1",
}


@lru_cache
def _trusting() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


async def _beginning(response: httpx.Response) -> str | None:
    read = b""
    async for part in response.aiter_raw():
        read += part[: MOST_READ_BYTES - len(read)]
        if len(read) >= MOST_READ_BYTES:
            break
    text = read.decode(errors="replace")
    return (
        "".join(each if each.isprintable() else " " for each in text)[:EXCERPT_CHARACTERS] or None
    )


def _asked(header: str | None) -> float | None:
    """Read for how many seconds a receiver wants to be left alone."""
    if header is None:
        return None
    if header.isascii() and header.isdigit():
        return float(header[:9])
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):  # Whatever they write, a figure with forty digits say.
        return None
    if moment.tzinfo is None:
        return None
    # Their date is one of the world's clock, whatever a demo's says.
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
