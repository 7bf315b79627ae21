"""What auditors read, on the wire."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, field_validator

from app.core.wire import Moment, View

Hash = Annotated[
    str | None,
    Field(
        description="SHA-256 of the content that was shown, in hexadecimal; null where it was"
        " streamed and not known yet.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]


class AuditReadingView(View):
    """What an auditor was shown, by which appointment and when."""

    id: UUID
    appointment_id: UUID
    organisation_id: Annotated[UUID, Field(description="The one that is audited.")]
    user_id: Annotated[UUID, Field(description="The auditor.")]
    operation: Annotated[
        str,
        Field(description="An operationId of this document.", examples=["listAuditedContracts"]),
    ]
    path_parameters: Annotated[dict[str, Any], Field(description="Of what.")]
    query: Annotated[
        dict[str, Any], Field(description="Filters; a value that may name a person is left out.")
    ]
    rows: Annotated[int | None, Field(description="How many; null: it was no list.")]
    media_type: Annotated[str | None, Field(examples=["application/json"])]
    sha256: Hash
    request_id: str | None
    read_at: Moment

    @field_validator("sha256", mode="before")
    @classmethod
    def _in_hexadecimal(cls, value: object) -> object:
        return value.hex() if isinstance(value, bytes) else value
