"""The dependency of a route that takes rows: as JSON, or as CSV or XLSX from a spreadsheet."""

import hashlib
from email.message import Message
from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import ClientDisconnect

from app.core.files.kinds import XLSX
from app.core.files.problems import FileDamaged, FileTypeNotAllowed, FileUnsafe
from app.core.http import strict_json
from app.core.http.routing import BodyReader
from app.core.problems import InvalidRequest, UnsupportedMediaType
from app.core.settings import Settings
from app.core.sheets.tables import MOST_ROWS, Sent

JSON = "application/json"
CSV = "text/csv"


async def _sent(request: Request) -> Sent:
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    kind = header.get_content_type()
    if kind not in {JSON, CSV, XLSX.media_type}:
        raise UnsupportedMediaType(
            f"Send the rows as `Content-Type: {JSON}`, `{CSV}` or `{XLSX.media_type}`."
        )
    body = await _body(request)
    digest = hashlib.sha256(body).hexdigest()
    if kind == CSV:
        return Sent(digest, None, body)
    if kind == XLSX.media_type:
        # Unpacked when it is judged: not for callers who may not send it.
        return Sent(digest, None, None, body)
    settings: Settings = request.app.state.settings
    return Sent(digest, strict_json.loads(body, settings.json_depth_limit), None)


async def _body(request: Request) -> bytes:
    try:
        # No more than any other body may be: the edge counts.
        return await request.body()
    except ClientDisconnect:
        # Nobody hears this; but the log must not call it a fault of ours.
        detail = "The connection ended before the rows."
        fault = {"in": "body", "pointer": "#", "code": "broken-off", "detail": detail}
        raise InvalidRequest([fault]) from None


Rows = Annotated[Sent, Depends(_sent)]
"""Rows that come as the body of a request; a route adds a `reader` that documents them.

It stands before `Idempotent`, which reads the body too.
"""


def reader(plural: str, description: str) -> BodyReader:
    """Document a body of rows; what an item holds is told in words, for each is judged by itself.

    A schema of the whole would promise that one bad row makes the request malformed.
    """
    document = {
        "type": "object",
        "additionalProperties": False,
        "required": [plural],
        "properties": {
            plural: {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_ROWS,
                "items": {"type": "object"},
            }
        },
    }
    return BodyReader(
        request_body={
            "required": True,
            "description": description,
            "content": {
                JSON: {"schema": document},
                CSV: {"schema": {"type": "string", "format": "binary"}},
                XLSX.media_type: {"schema": {"type": "string", "format": "binary"}},
            },
        },
        reasons=(FileDamaged, FileUnsafe, FileTypeNotAllowed),
    )
