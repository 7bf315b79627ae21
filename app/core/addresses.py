"""Addresses in the settings, checked while the operator looks: databases, mail, files, proxies."""

import re
from email.headerregistry import Address
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

_SCHEMES = {"postgres", "postgresql", "postgresql+asyncpg"}
_TLS = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
_WRITABLE = {"primary", "read-write"}
POSTGRESQL_PORT = 5432
_OPTIONS = {
    *("host", "port", "ssl", "passfile", "target_session_attrs", "krbsrvname", "gsslib"),
    "prepared_statement_cache_size",
}


def database(url: SecretStr) -> SecretStr:
    """Write the address of a database as the driver reads it; hosts hand out libpq's form.

    Raises:
        ValueError: it is none that the driver understands; the message never repeats it.
    """
    # SQLAlchemy 2.1 reads a bare postgresql:// as psycopg, and managed databases hand out both.
    scheme, _, rest = url.get_secret_value().partition("://")
    if scheme not in _SCHEMES or not rest:
        message = "must look like postgresql://user:password@host:5432/database"
        raise ValueError(message)
    try:
        address = make_url(f"postgresql+asyncpg://{_with_hosts(rest)}")
    except (ArgumentError, ValueError):
        message = "can't be read: write odd characters of the password as %XX"
        raise ValueError(message) from None
    address = _with_tls(address)
    if strange := sorted(set(address.query) - _OPTIONS):
        message = (
            f"has options that the driver doesn't know: {', '.join(strange)}"
            " (certificates are named in PGSSLROOTCERT, PGSSLCERT and PGSSLKEY)"
        )
        raise ValueError(message)
    return SecretStr(address.render_as_string(hide_password=False))


def _with_hosts(rest: str) -> str:
    """Write hosts that stand between commas, as libpq has them, as the driver reads them."""
    place, slash, behind = rest.partition("/")
    who, at, hosts = place.rpartition("@")
    if "," not in hosts:
        return rest
    named = (host if ":" in host else f"{host}:{POSTGRESQL_PORT}" for host in hosts.split(","))
    options = "&".join(f"host={host}" for host in named)
    return f"{who}{at}{slash}{behind}{'&' if '?' in behind else '?'}{options}"


def primary(url: SecretStr) -> SecretStr:
    """Insist that several hosts are several places of which the one is used that can be written.

    Raises:
        ValueError: a standby might be taken for the database.
    """
    options = make_url(url.get_secret_value()).query
    many = not isinstance(options.get("host", ""), str)
    if many and options.get("target_session_attrs") not in _WRITABLE:
        message = "names several hosts: add target_session_attrs=primary, so that one that"
        raise ValueError(f"{message} only reads is passed over")
    return url


def _with_tls(address: URL) -> URL:
    # What libpq calls sslmode is called ssl here, and takes the same words.
    mode = address.query.get("sslmode", address.query.get("ssl"))
    if mode is None:
        return address
    if mode not in _TLS:
        message = f"has an sslmode that isn't one of {', '.join(sorted(_TLS))}"
        raise ValueError(message)
    others = address.difference_update_query(["sslmode", "ssl"])
    return others.update_query_dict({"ssl": mode})


def mail_server(url: SecretStr) -> SecretStr:
    """Insist on `smtp://` or `smtps://` with a host and nothing behind it.

    Raises:
        ValueError: it is not; the message never repeats it.
    """
    message = (
        "must look like smtp://user:password@host:587 or smtps://user:password@host:465"
        " (write odd characters of the password as %XX)"
    )
    try:
        parts = urlsplit(url.get_secret_value())
        wrong = parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.port == 0
    except ValueError:
        raise ValueError(message) from None
    if wrong or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(message)
    return url


def sender(text: str) -> str:
    """Insist on what can stand in the From line of a mail.

    Raises:
        ValueError: it can't.
    """
    name, address = parseaddr(text)
    message = "must look like `Baat <no-reply@baat.example>`, the address in ASCII"
    try:
        read = Address(name, addr_spec=address)
    except ValueError:
        raise ValueError(message) from None
    if not (read.username and read.domain and address.isascii()):
        raise ValueError(message)
    return text


def proxies(text: str) -> str:
    """Insist on addresses or networks, separated by commas, or `*` for everybody.

    Raises:
        ValueError: one of them is something else.
    """
    for each in text.split(","):
        try:
            if text.strip() != "*":
                ip_network(each.strip())
        except ValueError:
            message = (
                f"{each.strip()!r} is no IP address and no network such as 10.0.0.0/8"
                " (separate them by commas)"
            )
            raise ValueError(message) from None
    return text


_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9._-]+)*/?")
_FOLDER = re.compile(r"file:///[^?#]+")


def file_store(url: str) -> str:
    """Insist on `file:///folder` or `s3://bucket/prefix`.

    Raises:
        ValueError: it is neither.
    """
    if not (_BUCKET.fullmatch(url) or _FOLDER.fullmatch(url)):
        message = "must look like file:///var/lib/baat/files or s3://bucket/prefix"
        raise ValueError(message)
    return url


_SCANNER = re.compile(
    r"clamd://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?|clamd:///[^?#]+"
)


def virus_scanner(url: str) -> str:
    """Insist on `clamd://host:port` or `clamd:///path/of/the.socket`.

    Raises:
        ValueError: it is neither.
    """
    if not _SCANNER.fullmatch(url):
        message = "must look like clamd://host:3310 or clamd:///run/clamav/clamd.ctl"
        raise ValueError(message)
    return url


def readable_file(path: Path) -> Path:
    """Insist on a file that this process can read.

    Raises:
        ValueError: it is none; found out at the start, and not by the first who signs up.
    """
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        message = f"{path} can't be read: {error.strerror}"
        raise ValueError(message) from None
