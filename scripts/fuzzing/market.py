"""The demo that is asked: started with `dev.py run`, signed in to, and looked around in."""

import os
import re
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.story.addresses import PREFIX, Addresses
from scripts.launcher import children
from scripts.launcher.children import Child
from scripts.launcher.failures import LaunchError, last_lines
from scripts.launcher.project import Project

NO_LIMIT = "1000000"
LIMITS = (
    *("BAAT_READS_PER_MINUTE", "BAAT_WRITES_PER_MINUTE", "BAAT_FAILURES_PER_MINUTE"),
    *("BAAT_SIGN_IN_ATTEMPTS", "BAAT_SIGN_IN_ATTEMPTS_PER_NETWORK"),
)
"""How much one caller may ask; here it may be a great deal."""
START_SECONDS = 600.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.2
TRIED = 12
"""So many things of a kind are looked at, to find what stands below them."""
_PASSWORD = re.compile(r"everybody's password is: (\S+)")
_ROLE = re.compile(r"^    (\S.*?) {2,}(\S+@\S+\.example)$", re.MULTILINE)
_JSON = "application/json"


@dataclass(frozen=True)
class Caller:
    """Somebody who asks: a role of the demo, or nobody."""

    role: str
    token: str = ""

    @property
    def headers(self) -> list[str]:
        """How the caller is known."""
        return [f"Authorization: Bearer {self.token}"] if self.token else []


@dataclass(frozen=True)
class Market:
    """A demo that runs, and who can sign in to it."""

    address: str
    log: Path
    password: str
    emails: dict[str, str]
    """By role."""

    def document(self) -> dict[str, Any]:
        """Read the OpenAPI document."""
        read: dict[str, Any] = httpx.get(f"{self.address}/v1/openapi.json", timeout=120).json()
        return read

    def sign_in(self, role: str) -> Caller:
        """Sign in as a role."""
        given = {"email": self.emails[role], "password": self.password}
        answer = httpx.post(f"{self.address}/v1/sessions", json=given, timeout=60)
        return Caller(role, answer.raise_for_status().json()["token"])

    def look_around(self, document: dict[str, Any], caller: Caller) -> Addresses:
        """Read all that a caller may, from one thing to the next, and note where things stand."""
        addresses = Addresses(document["paths"])
        lists = [path for path, item in document["paths"].items() if _is_read(item.get("get", {}))]
        asked: set[str] = set()
        with httpx.Client(
            base_url=self.address,
            headers=dict(each.split(": ", 1) for each in caller.headers),
            timeout=60,
        ) as client:
            while fresh := [
                each
                for path in lists
                for each in addresses.fitting(path)[-TRIED:]
                if each not in asked and "{" not in each
            ]:
                for path in fresh:
                    answer = client.get(f"{PREFIX}{path}")
                    if answer.is_success:
                        addresses.learn(path, answer.json())
                asked.update(fresh)
        return addresses


def _is_read(operation: dict[str, Any]) -> bool:
    return _JSON in operation.get("responses", {}).get("200", {}).get("content", {})


@contextmanager
def opened(project: Project) -> Iterator[Market]:
    """Run a demo in a folder of its own, and remove both afterwards.

    Raises:
        LaunchError: it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="baat-fuzz-") as folder:
        home, log, port = Path(folder, "home"), Path(folder, "log"), _free_port()
        variables = {**os.environ, **dict.fromkeys(LIMITS, NO_LIMIT), "BAAT_HOME": str(home)}
        command = [str(project.python), str(project.root / "scripts/dev.py"), "run"]
        with log.open("wb") as output:
            running = Child([*command, "--port", str(port)], variables, project.root, alone=True)
            process = running.start(output.fileno())
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(process, f"{address}/health/ready", log)
            welcome = (home / "demo.txt").read_text()
            password = _PASSWORD.findall(welcome)[0]
            yield Market(address, log, password, dict(_ROLE.findall(welcome)))
        finally:
            children.end(process, (signal.SIGTERM, STOP_SECONDS))


def _wait(process: subprocess.Popen[bytes], ready: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(ready).is_success:
                return
        except httpx.TransportError:
            time.sleep(POLL_SECONDS)
    raise LaunchError(f"The demo does not start:\n{last_lines(log.read_text())}")


def _free_port() -> int:
    # The payment provider is played a hundred ports further on.
    while True:
        port = 20_000 + secrets.randbelow(40_000)
        with socket.socket() as one, socket.socket() as other:
            try:
                one.bind(("127.0.0.1", port))
                other.bind(("127.0.0.1", port + 100))
            except OSError:
                continue
            return port
