"""Audit packs over the wire."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.audits.models import AuditPackState
from app.core.wire import Moment, Request, View


class AuditPackRequest(Request):
    """A year of a scheme and of an authority that counts what is bought in it."""

    scheme_id: UUID
    authority_id: UUID
    year: Annotated[int, Field(ge=2000, le=2199, examples=[2026])]
    position: Annotated[
        int | None,
        Field(
            ge=1,
            le=2**63 - 1,
            description="As known at this position of the books; without it, as known now.",
        ),
    ] = None
    known_at: Annotated[
        Moment | None,
        Field(
            description="With a position: when all else was known, as another pack says it."
            " Without it: when the position became known."
        ),
    ] = None

    @model_validator(mode="after")
    def _is_a_cut(self) -> Self:
        if self.known_at is not None and self.position is None:
            message = "name the position as well: both say what was known"
            raise ValueError(message)
        return self


class AuditPackView(View):
    """What an audit pack is made of, and how far it is."""

    id: UUID
    scheme_id: UUID
    authority_id: UUID
    year: int
    position: Annotated[int, Field(description="Of the books: the last one that it knows.")]
    log_size: Annotated[int, Field(description="Of the log's checkpoint that its proofs lead to.")]
    known_at: Annotated[Moment, Field(description="What was written later is not in it.")]
    has_books: Annotated[
        bool, Field(description="Money and impact of the scheme, if whoever asked may read them.")
    ]
    has_obligations: Annotated[
        bool, Field(description="What is the authority's own, if whoever asked may read it.")
    ]
    state: AuditPackState
    done_files: int
    total_files: Annotated[int, Field(description="0 until they are counted.")]
    is_stuck: Annotated[bool, Field(description="The job gave up: the operator has to look at it.")]
    failure: str | None
    sha256: Annotated[
        str | None,
        Field(
            pattern="^[0-9a-f]{64}$",
            description="Of the whole file, as it was made first; made again it has the same.",
        ),
    ]
    size_bytes: int | None
    asked_at: Moment
    ended_at: Moment | None
    expires_at: Annotated[
        Moment | None, Field(description="Then the file goes; it can be made again.")
    ]
