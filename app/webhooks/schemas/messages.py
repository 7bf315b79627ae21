"""What a webhook says."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.core.wire import Moment, View

TEST = "webhook.test"
"""The type of what did not happen."""


class WebhookMessageData(View):
    """What happened, in ids and figures."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="allow", from_attributes=True
    )

    id: Annotated[UUID | None, Field(description="The event's; of a test there is none.")] = None
    subject_id: Annotated[UUID | None, Field(description="What it is about.")] = None


class WebhookMessageView(View):
    """A webhook, as `GET /events` tells of it too."""

    type: Annotated[str, Field(examples=["order.paid"])]
    timestamp: Annotated[Moment, Field(description="When it happened, not when it is sent.")]
    data: WebhookMessageData
