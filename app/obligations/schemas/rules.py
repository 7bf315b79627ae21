"""Rules on the wire."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.core.wire import Change, Moment, Request, View
from app.obligations.rules import AuthorityRules
from app.obligations.shipped import ShippedTable

ValidFrom = Annotated[
    date,
    Field(
        description="The first day on which they apply; reference dates of contracts look at it.",
        examples=["2026-12-01"],
    ),
]


class RuleDraftRequest(Request):
    """The rules to be, and the day from which they should apply."""

    valid_from: ValidFrom
    rules: AuthorityRules


class RuleDraftChange(Change):
    """A new value for the named members; rules are replaced as a whole."""

    valid_from: ValidFrom | None = None
    rules: AuthorityRules | None = None


class RuleDraftView(View):
    """Rules that the authority's people write together."""

    id: UUID
    authority_id: UUID
    valid_from: date
    rules: AuthorityRules
    editor_ids: Annotated[
        list[UUID], Field(description="Who wrote in it; somebody else publishes it.")
    ]
    created_at: Moment
    changed_at: Moment
    version: Annotated[int, Field(description="The same as the ETag; send it as `If-Match`.")]


class RuleVersionView(View):
    """The rules of an authority from a day on, until a later number applies."""

    id: UUID
    authority_id: UUID
    number: Annotated[int, Field(description="Counts the authority's versions.", examples=[1])]
    valid_from: date
    rules: AuthorityRules
    reason: str
    published_at: Moment


class RuleChangeView(View):
    """One member that is different."""

    pointer: Annotated[
        str,
        Field(
            description="A JSON Pointer fragment into the rules; items of lists by their codes.",
            examples=["#/buildingBlocks/blocks/bbl/yearCents"],
        ),
    ]
    before: Annotated[Any, Field(description="Null: it was not there.", examples=[1_500_000])]
    after: Annotated[Any, Field(description="Null: it is not there.", examples=[3_500_000])]


class RuleChangesView(View):
    """What differs from the version before; the first differs from nothing."""

    changes: list[RuleChangeView]


class ShippedTablesView(View):
    """What is known of the rules of real authorities, with sources."""

    tables: list[ShippedTable]
