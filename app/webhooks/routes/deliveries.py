"""What was sent, how it was answered, and how it is sent again."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf
from app.core.problems import refusals
from app.organisations.problems import RoleTooSmall
from app.webhooks import actions, queries
from app.webhooks.access import (
    AdministeredDelivery,
    AdministeredEndpoint,
    VisibleDelivery,
    VisibleEndpoint,
)
from app.webhooks.models import WebhookDelivery
from app.webhooks.problems import DeliveryUnderWay, EndpointDisabled, ReplayTooLarge
from app.webhooks.routes.endpoints import ENDPOINT, WORKING
from app.webhooks.schemas.endpoints import (
    TracedWebhookView,
    WebhookDeliveriesRequest,
    WebhookDeliveryView,
    WebhookReplayRequest,
    WebhookReplayView,
)

router: APIRouter = router_of("", "Webhooks")


@router.get(
    ENDPOINT + "/deliveries",
    response_model=PageOf[WebhookDeliveryView],
    responses=refusals(RoleTooSmall),
)
async def list_webhook_deliveries(
    endpoint: VisibleEndpoint,
    session: Session,
    wanted: Annotated[WebhookDeliveriesRequest, Query()],
) -> Page[WebhookDelivery]:
    """List what was sent to an endpoint and what waits, newest first."""
    return await queries.endpoints.deliveries(session, endpoint, wanted, wanted.state)


@router.get(ENDPOINT + "/deliveries/{delivery_id}", responses=refusals(RoleTooSmall))
async def read_webhook_delivery(delivery: VisibleDelivery, session: Session) -> TracedWebhookView:
    """Read how each attempt of a delivery went."""
    return TracedWebhookView.of(delivery, await queries.endpoints.attempts(session, delivery))


@router.post(
    ENDPOINT + "/deliveries/{delivery_id}/replays",
    status_code=202,
    response_model=WebhookDeliveryView,
    responses=refusals(*WORKING, EndpointDisabled, DeliveryUnderWay),
)
async def replay_webhook_delivery(
    endpoint: AdministeredEndpoint,
    delivery: AdministeredDelivery,
    session: Session,
    _once: Idempotent,
) -> WebhookDelivery:
    """Send one webhook again, under the same id, whether it arrived or failed."""
    return await actions.replaying.again(session, endpoint, delivery)


@router.post(
    ENDPOINT + "/replays",
    status_code=202,
    responses=refusals(*WORKING, EndpointDisabled, ReplayTooLarge),
)
async def replay_webhooks(
    request: WebhookReplayRequest,
    endpoint: AdministeredEndpoint,
    session: Session,
    _once: Idempotent,
) -> WebhookReplayView:
    """Send again what an endpoint missed since a moment, under the same ids.

    That is what failed, and what was never sent because the endpoint was not there or disabled;
    with `deliveredToo` also what arrived. What waits is not sent twice.
    """
    count = await actions.replaying.since(
        session, endpoint, request.since, delivered_too=request.delivered_too
    )
    return WebhookReplayView(deliveries=count)
