"""Requests: each goes over HTTP in somebody's name, and is remembered to be told."""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeAlias

import httpx

from app.core.ids import new_id
from app.story.failures import Refused

Listener: TypeAlias = Callable[[str, str, object, int, object], None]

TIMEOUT_SECONDS = 60.0
JSON, PROBLEM = "application/json", "application/problem+json"
PLAYERS = "127.66.0.1" if sys.platform == "linux" else None
"""From where the cast calls: a network of its own, so that it spends nobody else's limits."""
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def without_ids(text: str) -> str:
    """Leave ids out of a path or a reference: they say nothing to who reads a story."""
    return _ID.sub("…", text)


class Wire:
    """The way to the server, for all the cast."""

    def __init__(self, url: str) -> None:
        headers = {"User-Agent": "baat story"}
        self._client = httpx.Client(
            base_url=url,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            transport=httpx.HTTPTransport(local_address=PLAYERS),
        )
        self._told: list[str] = []
        self.listener: Listener | None = None
        """Who hears of every request: what was asked, and what was answered."""

    def send(self, method: str, path: str, body: object, headers: dict[str, str]) -> Any:  # noqa: ANN401  JSON.
        """Ask for something and give the answer; None where it has no content.

        Raises:
            Refused: it is not done.
            httpx.HTTPError: there is no answer.
        """
        answer = self._client.request(method, path, json=body, headers=headers)
        self._tell(method, path, body, answer)
        if answer.is_error:
            raise Refused(f"{method} {path}", answer.status_code, _problem(answer))
        return answer.json() if answer.content else None

    def carry(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        """Send a file, or fetch one.

        Raises:
            Refused: it is not done.
            httpx.HTTPError: there is no answer.
        """
        answer = self._client.request(method, path, content=body, headers=headers)
        self._tell(method, path, None, answer)
        if answer.is_error:
            raise Refused(f"{method} {path}", answer.status_code, _problem(answer))
        return answer.content

    def _tell(self, method: str, path: str, body: object, answer: httpx.Response) -> None:
        if self.listener is not None:
            is_json = answer.headers.get("Content-Type") in {JSON, PROBLEM}
            said = answer.json() if is_json and answer.content else None
            self.listener(method, path, body, answer.status_code, said)

    def press(self, page: str, button: str) -> None:
        """Press a button on a page of the payment provider, as a payer does in a browser.

        Raises:
            httpx.HTTPError: there is no answer.
        """
        self._told.append(f"POST the provider's page: {button}")
        # It leads back to the payer's own site, which is nowhere.
        httpx.post(page, data={"do": button}, timeout=TIMEOUT_SECONDS, follow_redirects=False)

    def note(self, method: str, path: str) -> None:
        """Remember a request that belongs to the story."""
        self._told.append(without_ids(f"{method} {path}"))

    def told(self) -> list[str]:
        """Give the requests since the last time, each kind once, and forget them."""
        counted = Counter(self._told)
        self._told.clear()
        return [f"{line}, {count} times" if count > 1 else line for line, count in counted.items()]

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        problem: dict[str, Any] = answer.json()
    except json.JSONDecodeError:
        return {"detail": answer.text[:200]}
    return problem


class Visitor:
    """Somebody who calls without signing in."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get(self, path: str, *, told: bool = True) -> Any:  # noqa: ANN401  JSON.
        """Read something; `told` says whether it belongs to the story."""
        return self._send("GET", path, None, told=told)

    def sees(self, path: str, member: str, value: object) -> bool:
        """Tell whether a member of something is this at the moment; it is not told."""
        found: object = self.get(path, told=False)[member]
        return found == value

    def post(self, path: str, body: object = None) -> Any:  # noqa: ANN401  JSON.
        """Make something, or have something done."""
        return self._send("POST", path, body)

    def patch(self, path: str, body: object) -> Any:  # noqa: ANN401  JSON.
        """Change something."""
        return self._send("PATCH", path, body)

    def upload(
        self, path: str, content: bytes, name: str, media_type: str = "application/xml"
    ) -> Any:  # noqa: ANN401  JSON.
        """Send a file of that name: a message of a bank, if nothing else is said."""
        self._wire.note("POST", path)
        headers = {
            **self._headers(),
            "Content-Type": media_type,
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        }
        return json.loads(self._wire.carry("POST", path, content, headers))

    def download(self, path: str) -> bytes:
        """Fetch a file."""
        self._wire.note("GET", path)
        return self._wire.carry("GET", path, None, self._headers())

    def _send(self, method: str, path: str, body: object, *, told: bool = True) -> Any:  # noqa: ANN401  JSON.
        headers = self._headers()
        if told:
            self._wire.note(method, path)
        if method != "GET":
            # A person who acts alone need not say which version was read.
            headers |= {"Idempotency-Key": str(new_id()), "If-Match": "*"}
        return self._wire.send(method, path, body, headers)

    def _headers(self) -> dict[str, str]:
        return {}
