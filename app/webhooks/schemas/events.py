"""Events as those read them who are told."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from pydantic.alias_generators import to_camel

from app.core.paging import PageRequest
from app.core.wire import Moment, View

PATTERN = r"^[a-z]+(-[a-z]+)*\.(\*|[a-z]+(-[a-z]+)*)$"
"""A type of events, or all of a noun."""

EventType = Annotated[
    str,
    Field(
        pattern=PATTERN,
        max_length=80,
        description="A type of events, or all types of a noun.",
        examples=["order.paid", "order.*"],
    ),
]


class EventsRequest(PageRequest):
    """Which events."""

    after: Annotated[
        UUID | None,
        Field(
            description="The id of the last event that you have (the `webhook-id` of a webhook"
            " too): what was written down after it follows. Absent: from the beginning."
        ),
    ] = None
    organisation_id: Annotated[
        UUID | None,
        Field(
            alias=to_camel("organisation_id"),
            description="Only what this organisation is told; by default all that you act for"
            " or audit.",
        ),
    ] = None
    type: Annotated[EventType | None, Field(description="Only these.")] = None


class EventView(View):
    """Something that happened: ids and figures; the rest is read where the subject is."""

    id: UUID
    type: Annotated[
        str,
        Field(description="What it is about, and what happened to it.", examples=["order.paid"]),
    ]
    subject_id: Annotated[UUID, Field(description="What it is about: an order, a payout.")]
    occurred_at: Moment
    data: Annotated[
        dict[str, Any],
        Field(
            description="Ids and figures, by type; more members may come.",
            examples=[{"quantityUnits": 12, "totalCents": 2_904_000}],
        ),
    ]
