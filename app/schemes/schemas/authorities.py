"""Authorities, what they recognise, and auditors, on the wire."""

from datetime import date, timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.core.wire import Moment, Request, View
from app.organisations.schemas import UserView
from app.organisations.schemas.fields import Email, Reason
from app.schemes.terms.fields import Municipality, each_once

LONGEST_AUDIT = timedelta(days=4 * 366)


class AuthorityRequest(Request):
    """Which organisation is an authority, of which municipalities, and how that is known."""

    organisation_id: UUID
    municipalities: Annotated[
        list[Municipality],
        Field(max_length=400, description="None for a ministry or a province."),
        AfterValidator(each_once),
    ]
    reason: Reason


class AuthorityOrganisationView(View):
    """Which organisation an authority is."""

    id: UUID
    legal_name: str


class AuthorityView(View):
    """An authority as everybody sees it."""

    id: UUID
    organisation: AuthorityOrganisationView
    municipalities: list[str]
    registered_at: Moment
    ended_at: Moment | None


class RecognisingAuthorityView(View):
    """An authority that recognises a scheme."""

    id: Annotated[UUID, Field(description="Of the authority.")]
    legal_name: str
    municipalities: list[str]


class RecognitionRequest(Request):
    """Which authority recognises a scheme, and how that is known."""

    authority_id: UUID
    reason: Reason


class RecognitionView(View):
    """An authority counts what is bought in a scheme."""

    id: UUID
    scheme_id: UUID
    authority_id: UUID
    reason: str
    recognised_at: Moment
    ended_at: Moment | None
    end_reason: str | None


class AuditorRequest(Request):
    """Who audits, from the first day to the last, and on whose order."""

    email: Email
    starts_on: Annotated[date, Field(examples=["2026-12-01"])]
    ends_on: Annotated[date, Field(description="The last day.", examples=["2027-12-31"])]
    reason: Reason

    @model_validator(mode="after")
    def _the_period_is_sensible(self) -> Self:
        if self.starts_on > self.ends_on:
            message = "startsOn must not be after endsOn"
            raise ValueError(message)
        if self.ends_on - self.starts_on > LONGEST_AUDIT:
            message = "an auditor is appointed for four years at the most; appoint them again"
            raise ValueError(message)
        return self


class AuditorView(View):
    """A user who reads everything of an organisation, for a period."""

    id: UUID
    organisation_id: UUID
    user: UserView
    starts_on: date
    ends_on: date
    reason: str
    appointed_at: Moment
    ended_at: Moment | None
