"""The dependency of a route that takes a file: its head is read at once, its bytes when asked.

FastAPI solves all dependencies even where one of the others failed: bytes that a dependency read
would be read for callers who may not send them. So the route asks for them, when all guards stand
behind it.
"""

from collections.abc import AsyncIterator
from email.message import Message
from typing import Annotated

from fastapi import Depends, Header, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import ClientDisconnect

from app.core.database import Database, Session, release
from app.core.files import names, problems, taking
from app.core.files.kinds import JSON, KINDS, XML, Kind
from app.core.files.scanning import Scanner
from app.core.files.taking import Received, Sent
from app.core.http.edge import announced_bytes, uncounted
from app.core.http.routing import BodyReader
from app.core.problems import InvalidRequest


class Incoming:
    """A file whose head is read and whose bytes are still on the line."""

    def __init__(self, request: Request, session: AsyncSession, name: str) -> None:
        self._request = request
        self._session = session
        self._name = name
        self.kinds: tuple[Kind, ...] = KINDS

    async def receive(self) -> Received:
        """Take the bytes, check them and store them; no connection to the database is held.

        Call it after what must be refused was refused, and before anything is written: it ends
        the transaction of the guards, and what it read may have changed when this returns.

        Raises:
            Problem: why the file is not taken (see `taking.take`).
            RuntimeError: something was written already.
        """
        if hasattr(self._request.state, "idempotency_claim"):
            message = "A route that takes a file takes no Idempotency-Key."
            raise RuntimeError(message)
        await release(self._session)
        database: Database = self._request.app.state.database
        scanner: Scanner | None = self._request.app.state.scanner
        uncounted(self._request.scope)
        limit_bytes = database.settings.file_limit_bytes
        if announced_bytes(self._request.scope) > limit_bytes:
            raise problems.FileTooLarge(limit_bytes)
        sent = Sent(self._name, _claimed(self._request), _chunks(self._request), self.kinds)
        return await taking.take(database, scanner, sent)


def _claimed(request: Request) -> str:
    message = Message()
    message["content-type"] = request.headers.get("content-type", "")
    return message.get_content_type() if message["content-type"] else ""


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        # Nobody hears this; but the log must not call it a fault of ours.
        raise _fault("body", "#", "broken-off", "The connection ended before the file.") from None


async def _incoming(
    request: Request,
    session: Session,
    content_disposition: Annotated[
        str | None,
        Header(
            alias=names.HEADER,
            description="Required: the file's name, as `attachment; filename*=UTF-8''…`"
            " (RFC 6266, RFC 8187). A name, without folders.",
            examples=["attachment; filename*=UTF-8''begroting.pdf"],
        ),
    ] = None,
    content_encoding: Annotated[str, Header(include_in_schema=False)] = "identity",
) -> Incoming:
    if content_encoding.lower() != "identity":
        raise _fault("header", "Content-Encoding", "encoded", "Send the file's own bytes.")
    name = names.read_header("attachment" if content_disposition is None else content_disposition)
    return Incoming(request, session, name)


def _fault(place: str, where: str, code: str, detail: str) -> InvalidRequest:
    key = "pointer" if place == "body" else "parameter"
    return InvalidRequest([{"in": place, key: where, "code": code, "detail": detail}])


async def _incoming_xml(incoming: Annotated[Incoming, Depends(_incoming)]) -> Incoming:
    incoming.kinds = (XML,)
    return incoming


async def _incoming_json(incoming: Annotated[Incoming, Depends(_incoming)]) -> Incoming:
    incoming.kinds = (JSON,)
    return incoming


def _reader(kinds: tuple[Kind, ...]) -> BodyReader:
    return BodyReader(
        request_body={
            "required": True,
            "description": "The bytes of the file, under its own media type.",
            "content": {
                kind.media_type: {"schema": {"type": "string", "format": "binary"}}
                for kind in kinds
            },
        },
        reasons=(
            problems.FileDamaged,
            problems.FileInfected,
            problems.FileNameRefused,
            problems.FileUnsafe,
            problems.UploadTooSlow,
            problems.FileTooLarge,
            problems.FileTypeMismatch,
            problems.FileTypeNotAllowed,
        ),
    )


Upload = Annotated[Incoming, Depends(_incoming), _reader(KINDS)]
"""A file that comes as the body of a request."""
XmlUpload = Annotated[Incoming, Depends(_incoming_xml), _reader((XML,))]
"""A message of a bank, likewise; nothing but XML."""
JsonUpload = Annotated[Incoming, Depends(_incoming_json), _reader((JSON,))]
"""A package of data, likewise; nothing but JSON."""
