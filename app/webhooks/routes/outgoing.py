"""What we send to others: described here, and asked for nowhere."""

from typing import Annotated

from fastapi import APIRouter, Header

from app.webhooks.schemas.messages import WebhookMessageView

router = APIRouter()


@router.post("event", operation_id="receiveEvent", status_code=204, tags=["Webhooks"])
async def receive_event(
    message: WebhookMessageView,
    webhook_id: Annotated[str, Header(description="The event's id: act on each once.")],
    webhook_timestamp: Annotated[int, Header(description="When it was sent (seconds since 1970).")],
    webhook_signature: Annotated[
        str,
        Header(
            description="Signatures of `{webhook-id}.{webhook-timestamp}.{body}`, with a space"
            " between them: `v1,` by the endpoint's secret (HMAC-SHA256), `v1a,` by its key"
            " (Ed25519). One that fits is enough."
        ),
    ],
) -> None:
    """Hear of an event. Answer 2xx within 15 seconds; do what takes longer afterwards.

    Anything else is tried again, ten times in about three days; 410 disables the endpoint, and so
    does failing for three days. Redirects are not followed.
    """
