"""Giving a file back: as a download, never as something that a browser would show or run."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database, release
from app.core.files import names, store
from app.core.files.kinds import KINDS, Kind
from app.core.files.models import File
from app.core.files.problems import FileErased
from app.core.http import etags
from app.core.problems import refusals

CONTENT_SECURITY_POLICY = "sandbox; default-src 'none'"
PRIVATE = "private, no-store"
PUBLIC = "public, max-age=3600"


def downloads(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """Document a route that gives files of these types, in `responses`.

    It takes `response_class=Response` too.
    """
    bytes_of_it = {"schema": {"type": "string", "format": "binary"}}
    disposition = {
        "description": "Always an attachment, with the file's name (RFC 6266).",
        "schema": {"type": "string"},
    }
    return {
        200: {
            "description": "The file's own bytes",
            "content": {kind.media_type: bytes_of_it for kind in kinds},
            "headers": {names.HEADER: disposition},
        },
        304: {},
        **refusals(FileErased),
    }


DOWNLOAD = downloads(*KINDS)
"""`responses` of a route that gives whatever people attach."""


class ContentChanged(Exception):  # noqa: N818  Read aloud it says what happened.
    """The store gives other bytes than were put into it."""


async def download(
    request: Request, session: AsyncSession, file: File, *, is_public: bool = False
) -> Response:
    """Answer with the content of a file that the caller may read.

    It ends the transaction in which the right was proven: nobody's slow line holds a connection.
    The last bytes leave only if all of them have the file's hash; otherwise the answer breaks off.

    Raises:
        FileErased: there is no content any more.
        Unavailable: the store does not answer.
        ContentMissing: the store lost it, which is a fault of the service.
    """
    if file.erased_at is not None or file.name is None:
        raise FileErased(file.sha256)
    tag = f'"{file.sha256.hex()}"'
    headers = {"ETag": tag, "Cache-Control": PUBLIC if is_public else PRIVATE}
    # The right was proven just now and the content never changes: unlike a view's, this ETag
    # says all there is to say, for one reader too.
    if etags.knows(request, tag):
        return Response(status_code=304, headers=headers)
    await release(session)
    database: Database = request.app.state.database
    content = await store.choose(database.settings).get(file.id)
    headers |= {
        "Content-Length": str(file.size_bytes),
        "Content-Disposition": names.attachment(file.name),
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        # Without it `text/…` would get a charset added, which for others would be wrong.
        "Content-Type": _told(file.media_type),
    }
    return StreamingResponse(_verified(content, file), headers=headers)


def _told(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


async def _verified(content: AsyncIterator[bytes], file: File) -> AsyncIterator[bytes]:
    digest, held = hashlib.sha256(), b""
    async for chunk in content:
        if held:
            yield held
        digest.update(chunk)
        held = chunk
    if digest.digest() != file.sha256:
        message = f"The content of the file {file.id} is not what was put into the store."
        raise ContentChanged(message)
    yield held
