"""Schemes, on the wire: as everybody sees them, and as their operator does."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.core.paging import PageRequest
from app.core.wire import Change, Day, Moment, Request, View
from app.organisations.schemas.fields import Reason
from app.schemes.models import SchemeDecisionKind, SchemeState
from app.schemes.schemas.authorities import RecognisingAuthorityView
from app.schemes.schemas.fields import Languages, SchemeCode, UnitName
from app.schemes.terms.fields import BilingualText, Region


class SchemePageRequest(PageRequest):
    """Which schemes the caller wants."""

    code: Annotated[str | None, Field(max_length=40, description="Only the one of this code.")] = (
        None
    )
    state: Annotated[
        Literal["open", "closed"] | None, Field(description="Only those in this state.")
    ] = None


class SchemeRequest(Request):
    """A new scheme, to be prepared by its operator."""

    code: SchemeCode
    name: BilingualText
    unit_name: UnitName
    operator_id: Annotated[UUID, Field(description="The organisation that runs it, for ever.")]
    region: Region
    languages: Languages


class SchemeChange(Change):
    """New values for the named members; those left out stay as they are."""

    name: BilingualText | None = None
    unit_name: Annotated[
        UnitName | None, Field(description="Only while the scheme is a draft.")
    ] = None
    region: Region | None = None
    languages: Languages | None = None

    def changes(self) -> dict[str, Any]:
        """Give what the client named, by column."""
        changes = super().changes()
        if name := changes.pop("name", None):
            changes |= {"name_nl": name["nl"], "name_en": name["en"]}
        return changes


class SchemeView(View):
    """A scheme as its operator, its auditors and staff see it."""

    id: UUID
    code: SchemeCode
    name: BilingualText
    unit_name: str
    operator_id: UUID
    region: list[str]
    languages: list[str]
    state: SchemeState
    created_at: Moment
    version: Annotated[int, Field(description="The same as the ETag; send it as `If-Match`.")]


class SchemeOperatorView(View):
    """Who runs a scheme."""

    id: UUID
    legal_name: str


class PublicSchemeView(View):
    """A scheme as everybody sees it."""

    id: UUID
    code: SchemeCode
    name: BilingualText
    unit_name: str
    operator: SchemeOperatorView
    region: list[str]
    languages: list[str]
    state: SchemeState
    authorities: Annotated[
        list[RecognisingAuthorityView], Field(description="Who recognises purchases here.")
    ]


class SchemeDecisionRequest(Request):
    """Open a draft, or close an open scheme for good."""

    kind: Literal[SchemeDecisionKind.OPENED, SchemeDecisionKind.CLOSED]
    reason: Reason


class SchemeDecisionView(View):
    """A change of state: by whom, when and why."""

    id: UUID
    admission_id: UUID | None
    enrolment_id: UUID | None
    kind: SchemeDecisionKind
    reason: str
    decided_by_id: UUID
    decided_at: Moment


class ReasonRequest(Request):
    """Why this is done."""

    reason: Reason


class OnRequest(PageRequest):
    """Which policies the caller wants."""

    on: Annotated[
        Day | None,
        Field(description="Only the one that applies on this day.", examples=["2026-12-01"]),
    ] = None
