"""Endpoints and deliveries on the wire."""

from collections.abc import Iterable
from typing import Annotated, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from app.core.paging import PageRequest
from app.core.wire import ONE_LINE, Moment, Request, View
from app.webhooks import destinations, signing
from app.webhooks.models import (
    DeliveryState,
    EndpointState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from app.webhooks.schemas.events import EventType
from app.webhooks.signing import Pair

Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=destinations.LONGEST,
        description="Where webhooks go: `https://`, a host's name, port 443 or one from 1024 on.",
        examples=["https://erp.maas.example/baat"],
    ),
]
Types = Annotated[
    list[EventType],
    Field(max_length=100, description="Which events; none named: all."),
]
Description = Annotated[
    str, StringConstraints(pattern=ONE_LINE, max_length=200), Field(examples=["The ERP"])
]


class WebhookEndpointRequest(Request):
    """Where an organisation wants to hear of what."""

    url: Url
    types: Types = Field(default_factory=list)
    description: Description = ""


class WebhookEndpointChange(Request):
    """New values for the named members; others stay as they are."""

    url: Url | None = None
    types: Types | None = None
    description: Description | None = None
    enabled: Annotated[
        bool | None, Field(description="Whether webhooks go there; what fails can be enabled too.")
    ] = None


def _written(key: object) -> object:
    return signing.public_text(key) if isinstance(key, bytes) else key


class WebhookKeyView(View):
    """What everybody may check the `v1a` signatures with."""

    public_key: Annotated[
        str,
        BeforeValidator(_written),
        Field(examples=["whpk_ZPfaN+pvRb8OQZ83lhWZ0mr6mxALGkSUvgJmMZ5cNVg="]),
    ]
    made_at: Moment
    ends_at: Annotated[Moment | None, Field(description="Until then it signs; null: no end yet.")]


class WebhookEndpointView(View):
    """An endpoint, without its secret."""

    id: UUID
    url: Url
    types: list[str]
    description: str
    state: EndpointState
    failing_since: Annotated[
        Moment | None, Field(description="The first failure after the last success.")
    ]
    keys: list[WebhookKeyView]
    made_at: Moment


class WebhookEndpointMade(WebhookEndpointView):
    """An endpoint, and its secret: here and nowhere else."""

    secret: Annotated[
        str,
        Field(
            description="What `v1` signatures are made with. Keep it as you keep a password.",
            examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        ),
    ]

    @classmethod
    def of(cls, endpoint: WebhookEndpoint, pair: Pair) -> Self:
        """Show an endpoint and its newest secret, once."""
        shown = WebhookEndpointView.model_validate(endpoint).model_dump()
        return cls(**shown, secret=signing.secret_text(pair.secret))


class WebhookDeliveriesRequest(PageRequest):
    """Which deliveries."""

    state: Annotated[DeliveryState | None, Field(description="Only these.")] = None


class WebhookDeliveryView(View):
    """A webhook to one endpoint, and how far it is."""

    id: UUID
    message_id: Annotated[
        UUID, Field(description="The `webhook-id`: the event's id, the same in all attempts.")
    ]
    type: str
    state: DeliveryState
    last_status: Annotated[
        int | None, Field(description="How the receiver answered last; null: not at all.")
    ]
    failures: Annotated[int, Field(description="In a row.")]
    due_at: Annotated[Moment, Field(description="When it was or will be tried at the earliest.")]
    created_at: Moment
    finished_at: Moment | None


class WebhookAttemptView(View):
    """One request, and how it was answered."""

    sent_at: Moment
    duration_ms: int
    status: int | None
    error: Annotated[str | None, Field(description="Why no answer came.")]
    excerpt: Annotated[str | None, Field(description="How the answer begins, as text.")]


class TracedWebhookView(WebhookDeliveryView):
    """A webhook with its attempts, oldest first."""

    attempts: list[WebhookAttemptView]

    @classmethod
    def of(cls, delivery: WebhookDelivery, attempts: Iterable[WebhookAttempt]) -> Self:
        """Show a delivery and how its attempts went."""
        shown = WebhookDeliveryView.model_validate(delivery).model_dump()
        return cls(**shown, attempts=[WebhookAttemptView.model_validate(each) for each in attempts])


class WebhookReplayRequest(Request):
    """What to send again."""

    since: Annotated[Moment, Field(description="What was told since then.")]
    delivered_too: Annotated[
        bool, Field(description="Also what arrived; otherwise only what failed or was never sent.")
    ] = False


class WebhookReplayView(View):
    """What is sent again."""

    deliveries: Annotated[int, Field(description="How many webhooks.")]
