"""Somebody who plays the payment provider, beside a server that has no key of the real one."""

import http.client
import os
import secrets
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from . import children
from .children import Child
from .cluster import free_port
from .failures import LaunchError
from .home import Home
from .project import Project

HOST = "127.0.0.1"
BESIDE = 100
"""Its port is the server's and so many, if that is free: pages to pay on keep their address."""
START_SECONDS = 60.0
STOP_SECONDS = 5.0
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Played:
    """Where somebody plays the provider, and what opens it."""

    url: str
    key: str
    secret: str

    @property
    def variables(self) -> dict[str, str]:
        """What our commands must be told to speak to it."""
        return {
            "BAAT_STRIPE_URL": self.url,
            "BAAT_STRIPE_KEY": self.key,
            "BAAT_STRIPE_WEBHOOK_SECRET": self.secret,
        }


def is_wanted() -> bool:
    """Tell whether nobody real was named, and nothing real is at stake."""
    return not os.environ.get("BAAT_STRIPE_KEY") and os.environ.get("BAAT_MODE") != "live"


@contextmanager
def playing(
    project: Project, home: Home, variables: Mapping[str, str], port: int
) -> Iterator[Played | None]:
    """Have it played while this lasts; it remembers everything in a file of the home."""
    if not is_wanted():
        yield None
        return
    own = port + BESIDE if _is_free(port + BESIDE) else free_port()
    played = Played(
        f"http://{HOST}:{own}", "sk_test_" + secrets.token_hex(12), "whsec_" + secrets.token_hex(12)
    )
    command = [
        *(str(project.python), "-m", "app.payments.fake", "--port", str(own)),
        *("--file", str(home.folder / "payments" / "provider.json")),
        *("--webhooks", f"http://{HOST}:{port}/webhooks/stripe"),
    ]
    environment = {**variables, **played.variables}
    lock = (home.servers.descriptor,)
    process = Child(command, environment, project.root, alone=True, keep=lock).start()
    try:
        _wait_for_answer(own)
        yield played
    finally:
        children.end(process, (signal.SIGTERM, STOP_SECONDS))


def _is_free(port: int) -> bool:
    if port >= 2**16:
        return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind((HOST, port))
            return True
    return False


def _wait_for_answer(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(HOST, port, timeout=1.0)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/v1/balance")
            if connection.getresponse().status:
                return
        time.sleep(POLL_SECONDS)
    raise LaunchError("The payment provider that is played here gave no answer.")
