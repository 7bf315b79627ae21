"""Who calls, as far as can be told without asking anybody."""

import hashlib
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

from starlette.types import Scope

COOKIE = b"__Host-baat-session"
BEARER = b"bearer "


class Caller(NamedTuple):
    """Where a request comes from, and what it shows."""

    network: str
    """An IPv4 address, or the /64 that one IPv6 subscriber has to himself."""
    credential: str | None
    """The SHA-256 of the credential, in hexadecimal digits."""


def caller_of(scope: Scope) -> Caller:
    """Tell who sent a request; whether the credential is good is for others to say."""
    client = scope.get("client")
    shown = _credential(scope)
    return Caller(
        network=_network(client[0]) if client else "unknown",
        credential=hashlib.sha256(shown).hexdigest() if shown else None,
    )


@lru_cache(maxsize=4096)
def _network(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:  # A proxy may send any word.
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address.packed, 64), strict=False))


def _credential(scope: Scope) -> bytes | None:
    """Find the bearer token, or else the cookie of a session."""
    cookie = None
    for name, value in scope["headers"]:
        if name == b"authorization" and value[: len(BEARER)].lower() == BEARER:
            return bytes(value[len(BEARER) :].strip())
        if name == b"cookie" and COOKIE in value:
            cookie = cookie or _from_cookies(value)
    return cookie


def _from_cookies(header: bytes) -> bytes | None:
    for pair in header.split(b";"):
        name, _, value = pair.partition(b"=")
        if name.strip() == COOKIE:
            return value.strip()
    return None
