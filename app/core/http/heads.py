"""What comes before a request is one: heads that are no HTTP, too long, or never end.

The server beneath would remember a head of any length, wait for it for ever, and call a broken one
by a line of text. Here each is refused as everything else is.
"""

import asyncio
from typing import Any

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.core.http import refusing
from app.core.http.edge import HEADERS
from app.core.ids import new_id
from app.core.problems import HeadTooLong, HeadTooSlow, InvalidRequest, Problem

MOST_BYTES = 65_536
"""Of an address and all headers: more than any browser sends, and what proxies let pass."""
LONGEST_SECONDS = 30.0
"""For a head to come, from the beginning of a connection or of a further request on it."""

LINGERING_SECONDS = 1.0
"""For what is still on its way when a head is refused."""

_REASONS = {400: b"Bad Request", 408: b"Request Timeout", 431: b"Request Header Fields Too Large"}


class Heads(HttpToolsProtocol):
    """The server's own protocol, that waits for no head for ever and remembers none without end."""

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401  Those of uvicorn.
        super().__init__(*arguments, **named)
        self._in_head = True
        self._head_bytes = 0
        self._is_refused = False
        self._patience: asyncio.TimerHandle | None = None

    # The server's own protocol, too, says that it is more than what any protocol is given.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin to wait for a further head."""
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        if self._patience is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """Let a head pass that is short enough, however it came."""
        self._in_head = False
        self._stop_waiting()
        head = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if head > MOST_BYTES:
            # The parser calls this a fault of the request, and then `send_400_response`.
            self._head_bytes = head
            raise HttpParserError
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Read on, unless what was read is no head yet and too much already."""
        if self._is_refused:
            return
        super().data_received(data)
        if self._in_head and not self._is_refused:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_BYTES:
                self.send_400_response("")

    def send_400_response(self, msg: str) -> None:
        """Refuse a head, as the problem that it is."""
        if self._head_bytes > MOST_BYTES:
            self._refuse(HeadTooLong(f"A request's head may have {MOST_BYTES} bytes at most."))
            return
        fault = {"in": "header", "parameter": "*", "code": "not-http"}
        self._refuse(InvalidRequest([{**fault, "detail": msg or "This is no HTTP."}]))

    def _wait(self) -> None:
        self._patience = self.loop.call_later(LONGEST_SECONDS, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self) -> None:
        if not self._is_refused and not self.transport.is_closing():
            seconds = f"{LONGEST_SECONDS:.0f} seconds"
            self._refuse(HeadTooSlow(f"No request came within {seconds}. Connect anew."))

    def _refuse(self, problem: Problem) -> None:
        """Answer, and hang up: what else comes can't be understood."""
        self._is_refused = True
        self._stop_waiting()
        answer = refusing.answer(problem, path="", request_id=str(new_id()))
        lines = [
            b"HTTP/1.1 %d %s" % (answer.status_code, _REASONS[answer.status_code]),
            *(name + b": " + value for name, value in (*answer.raw_headers, *HEADERS)),
            b"connection: close",
        ]
        self.transport.write(b"\r\n".join([*lines, b"", bytes(answer.body)]))
        self.transport.write_eof()
        # Whoever hangs up on bytes that are on their way takes the answer back.
        self.loop.call_later(LINGERING_SECONDS, self.transport.close)
