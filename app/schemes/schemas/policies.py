"""Policies on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.wire import Change, Moment, Request, View
from app.schemes.terms import PolicyTerms

ValidFrom = Annotated[
    date, Field(description="The first day on which it applies.", examples=["2026-12-01"])
]


class PolicyDraftRequest(Request):
    """The terms to be, and the day from which they should apply."""

    valid_from: ValidFrom
    terms: PolicyTerms


class PolicyDraftChange(Change):
    """A new value for the named members; terms are replaced as a whole."""

    valid_from: ValidFrom | None = None
    terms: PolicyTerms | None = None


class PolicyDraftView(View):
    """Terms that the operator's people write together."""

    id: UUID
    scheme_id: UUID
    valid_from: date
    terms: PolicyTerms
    editor_ids: Annotated[
        list[UUID], Field(description="Who wrote in it; somebody else publishes it.")
    ]
    created_at: Moment
    changed_at: Moment
    version: Annotated[int, Field(description="The same as the ETag; send it as `If-Match`.")]


class PolicyView(View):
    """The terms of a scheme from a day on, until a later number applies."""

    id: UUID
    scheme_id: UUID
    number: Annotated[int, Field(description="Counts the scheme's policies.", examples=[1])]
    valid_from: date
    terms: PolicyTerms
    reason: str
    published_at: Moment
