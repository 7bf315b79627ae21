"""Rounds, on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic.alias_generators import to_camel

from app.core.wire import Change, Moment, Request, View
from app.organisations.schemas.fields import Reason
from app.projects.models import Round, RoundDecisionKind, RoundState
from app.schemes.terms.fields import BilingualText

DATES = ("plans_open_at", "plans_close_at", "scores_due_at", "sale_begins_at", "sale_ends_at")
"""In the order in which they come."""


class _Dates(Change):
    plans_open_at: Moment | None = None
    plans_close_at: Moment | None = None
    scores_due_at: Moment | None = None
    sale_begins_at: Moment | None = None
    sale_ends_at: Moment | None = None

    def dates(self) -> dict[str, datetime]:
        """Give the dates that the client named."""
        return {name: getattr(self, name) for name in DATES if name in self.model_fields_set}


class RoundRequest(Request):
    """A new round, to be opened by the clock or by hand."""

    name: BilingualText
    plans_open_at: Annotated[Moment, Field(description="From then on plans are taken.")]
    plans_close_at: Annotated[Moment, Field(description="Until then plans are taken.")]
    scores_due_at: Annotated[Moment, Field(description="Until then the panel's scores are sealed.")]
    sale_begins_at: Moment
    sale_ends_at: Moment

    @classmethod
    def of(cls, made: Round) -> Self:
        """Say what would plan the same round again."""
        dates = {to_camel(name): getattr(made, name) for name in DATES}
        return cls.model_validate({"name": made.name, **dates})

    def dates(self) -> dict[str, datetime]:
        """Give its dates, by column."""
        return {name: getattr(self, name) for name in DATES}


class RoundChange(_Dates):
    """New values for a draft; those left out stay as they are."""

    name: BilingualText | None = None

    def changes(self) -> dict[str, Any]:
        """Give what the client named, by column."""
        names = {"name_nl": self.name.nl, "name_en": self.name.en} if self.name else {}
        return {**names, **self.dates()}


class DateMoveRequest(_Dates):
    """Later or earlier dates for a round that has opened, and why."""

    reason: Reason

    @model_validator(mode="after")
    def _something_moves(self) -> Self:
        if not self.dates():
            message = "name a date that moves"
            raise ValueError(message)
        return self


class RoundDecisionRequest(Request):
    """Move a round on by hand, before its date or because the clock could not; or cancel it."""

    kind: Literal[
        RoundDecisionKind.OPENED,
        RoundDecisionKind.CLOSED_TO_PLANS,
        RoundDecisionKind.SALE_BEGUN,
        RoundDecisionKind.SALE_ENDED,
        RoundDecisionKind.SETTLED,
        RoundDecisionKind.CANCELLED,
    ]
    reason: Reason


class PublicRoundView(View):
    """A round as everybody sees it."""

    id: UUID
    scheme_id: UUID
    number: Annotated[int, Field(description="Counts the scheme's rounds, from 1.")]
    name: BilingualText
    state: RoundState
    policy_id: Annotated[UUID | None, Field(description="The policy that it froze.")]
    plans_open_at: Moment
    plans_close_at: Moment
    scores_due_at: Moment
    sale_begins_at: Moment
    sale_ends_at: Moment


class RoundView(PublicRoundView):
    """A round as its operator sees it."""

    created_at: Moment
    version: Annotated[int, Field(description="The same as the ETag; send it as `If-Match`.")]


class RoundDecisionView(View):
    """A change of a round's state or dates: by whom, when and why."""

    id: UUID
    kind: RoundDecisionKind
    reason: str
    decided_by: Annotated[str, Field(examples=["system:clock"])]
    decided_at: Moment
    data: Annotated[dict[str, Any], Field(description="Which dates moved, from when to when.")]
