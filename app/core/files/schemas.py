"""What goes over the wire about a file."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, PlainSerializer, WithJsonSchema

from app.core.wire import Moment, View

Sha256 = Annotated[
    bytes,
    PlainSerializer(bytes.hex, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$", "examples": ["9f86d081" * 8]}),
]


class FileView(View):
    """A file that was sent, without its content."""

    id: UUID
    name: Annotated[
        str | None,
        Field(description="Its name, cleaned; none once erased.", examples=["begroting.pdf"]),
    ]
    media_type: Annotated[
        str, Field(description="What it was found to be.", examples=["application/pdf"])
    ]
    size_bytes: Annotated[int, Field(description="Its size in bytes.", examples=[48213])]
    sha256: Annotated[Sha256, Field(description="The SHA-256 of the content, in hexadecimal.")]
    created_at: Annotated[Moment, Field(description="When it was received.")]
    erased_at: Annotated[
        Moment | None, Field(description="When its content was erased; the hash stays.")
    ]
