"""Requests for one's data and for its erasure, on the wire."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.core.wire import Moment, Request, View
from app.organisations.schemas.fields import Email, PersonName, PresentPassword, Reason

Final = Annotated[
    Literal[True], Field(description="Say that you know it: this can't be taken back.")
]


class ExportRequest(Request):
    """Prove that it is you who asks for all that is held about you."""

    password: PresentPassword


class OwnErasureRequest(Request):
    """Prove that it is you who wants to be erased."""

    password: PresentPassword
    is_final: Final


class ErasureRequest(Request):
    """Whom to erase on their request, and which request that was."""

    email: Annotated[Email | None, Field(description="Of the person; or else their id.")] = None
    user_id: Annotated[
        UUID | None,
        Field(description="Where a backup brought somebody back: their id, of GET /erasures."),
    ] = None
    reason: Annotated[
        Reason, Field(description="Which request, and how it was known to be theirs.")
    ]
    names: Annotated[
        list[Annotated[PersonName, Field(min_length=5)]],
        Field(
            default_factory=list,
            max_length=10,
            description="Names of the person that are masked in what others wrote too, everywhere:"
            " whole ones, for they are looked for as they are. Their e-mail address always is.",
        ),
    ]
    is_final: Final

    @model_validator(mode="after")
    def _names_one_person(self) -> Self:
        if (self.email is None) == (self.user_id is None):
            message = "name the person by email or by userId"
            raise ValueError(message)
        return self


class ErasureView(View):
    """That somebody was erased."""

    id: UUID
    user_id: UUID
    asked_by: Annotated[str, Field(description="The person, or staff on their request.")]
    reason: str | None
    erased_at: Annotated[Moment, Field(description="Since then nobody signs in as this user.")]
    finished_at: Annotated[
        Moment | None, Field(description="Since then nothing that they wrote names them.")
    ]
    masked_count: Annotated[int, Field(description="In so many places something was masked.")]


class HeldRows(View):
    """The rows of one table that are about a person, or say that they did something."""

    table: Annotated[str, Field(examples=["memberships"])]
    what: Annotated[str, Field(description="What such tables hold of people.")]
    why: str
    how_long: str
    rows: Annotated[
        list[dict[str, Any]],
        Field(
            description="Of each what is about the person: moments, states, ids, their own words."
        ),
    ]


class ExportView(View):
    """All that is held about a person, for them and for other programs (GDPR, 15 and 20)."""

    made_at: Moment
    user_id: UUID
    held: list[HeldRows]
