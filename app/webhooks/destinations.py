"""Where webhooks may go: to servers of the public internet, and to nothing that is inside.

Whoever makes an endpoint chooses an address that this installation will call from where it stands.
So an endpoint names a host by its name, over TLS; and whatever that name leads to, when a webhook
is sent, must be an address that anybody could reach (`is_public`). Pure.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx

LONGEST = 1_000
FIRST_FREE_PORT = 1_024
"""Below it are the ports of services that speak something else than HTTP."""
LAST_PORT = 65_535
HTTP_PORT, HTTPS_PORT = 80, 443

_HOST = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
)
"""A name with a dot whose last part begins with a letter: no number is one, however written."""
_AFTER_HOST = re.compile("[/?#]")
_INSIDE = (".localhost", ".local", ".internal", ".arpa", ".onion", ".alt")
"""Names that no server of the public internet has."""
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})


class NotADestination(Exception):  # noqa: N818  Read aloud it says what it is.
    """No webhook goes there; the message says why."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a webhook goes."""

    url: httpx.URL
    here: bool
    """On this machine, which an installation in test mode may allow."""

    @property
    def host(self) -> str:
        """The name, as certificates spell it."""
        return self.url.raw_host.decode()

    @property
    def port(self) -> int:
        """The port, whether it is written or not."""
        if self.url.port is not None:
            return self.url.port
        return HTTPS_PORT if self.url.scheme == "https" else HTTP_PORT

    def at(self, address: str) -> httpx.URL:
        """Give the address to connect to, by its number: nobody looks the name up again."""
        return self.url.copy_with(host=address)


def read(text: str, *, allow_here: bool) -> Destination:
    """Read where an endpoint is.

    Raises:
        NotADestination: no webhook may go there.
    """
    if len(text) > LONGEST or not text.isprintable() or set(text) & set(" \\"):
        raise NotADestination("Write an address without spaces and backslashes.")
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise NotADestination("This is no address.") from error
    if url.userinfo or "@" in _AFTER_HOST.split(text.partition("://")[2], maxsplit=1)[0]:
        raise NotADestination("Leave name and password out: a signature proves who sends.")
    if url.fragment or "#" in text:
        raise NotADestination("Leave out what follows the #: it would never be sent.")
    if url.scheme == "http" and url.raw_host.decode() in _HERE:
        if allow_here:
            return Destination(url, here=True)
        raise NotADestination(
            "Webhooks go over TLS only. To try a receiver on this machine, set"
            " BAAT_WEBHOOKS_TO_LOOPBACK=true (in test mode)."
        )
    return _public(url)


def _public(url: httpx.URL) -> Destination:
    if url.scheme != "https":
        raise NotADestination("Webhooks go over TLS only: write https://.")
    host = url.raw_host.decode()
    if not _HOST.fullmatch(host) or _name_shown(url) is None:
        raise NotADestination("Name a host of the public internet, by its full name.")
    if host.endswith(_INSIDE):
        raise NotADestination("This name leads to nothing on the public internet.")
    found = Destination(url, here=False)
    if found.port != HTTPS_PORT and not FIRST_FREE_PORT <= found.port <= LAST_PORT:
        raise NotADestination(f"Use port {HTTPS_PORT}, or one from {FIRST_FREE_PORT} on.")
    return found


def _name_shown(url: httpx.URL) -> str | None:
    try:
        return url.host
    except UnicodeError:
        return None  # It begins as names of other scripts do (`xn--`), and is none.


def is_public(text: str) -> bool:
    """Tell whether everybody could reach an address: the registry of special ones says no more."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in each for each in _SPECIAL_4)
    return _is_public_6(address)


def _is_public_6(address: IPv6Address) -> bool:
    if address.scope_id is not None or address not in _UNICAST_6 or not address.is_global:
        return False
    return not any(address in each for each in _SPECIAL_6)


_SPECIAL_4 = tuple(
    IPv4Network(each)
    for each in (
        *("0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "100.64.0.0/10",  # shared by the customers of a provider
        "192.88.99.0/24",  # relays of 6to4
        "168.63.129.16/32",  # what a cloud answers its own machines from
    )
)
_UNICAST_6 = IPv6Network("2000::/3")
"""All that was ever given out. Loopback, private, link-local, multicast, mapped and translated
IPv4 addresses lie outside."""
_SPECIAL_6 = tuple(
    IPv6Network(each)
    for each in (
        "2001::/23",  # protocols, Teredo among them, which hides an IPv4 address
        "2001:db8::/32",
        "2002::/16",  # 6to4, which hides one too
        "3fff::/20",
    )
)
