"""Webhooks, after the Standard Webhooks specification: events are brought to an organisation.

Its admins say where to, and see how each delivery went. A webhook is signed, says little, comes at
least once and in no promised order; its id stays the same.
"""

from fastapi import APIRouter, Response

from app.core.database import Session
from app.core.http import etags
from app.core.http.etags import IfMatch
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import (
    OrganisationWithKeys,
    OrganisationWithVisibleKeys,
    Person,
)
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.webhooks import actions, queries
from app.webhooks.access import AdministeredEndpoint, VisibleEndpoint
from app.webhooks.models import WebhookDelivery, WebhookEndpoint
from app.webhooks.problems import EndpointDisabled, TooManyEndpoints
from app.webhooks.schemas.endpoints import (
    WebhookDeliveryView,
    WebhookEndpointChange,
    WebhookEndpointMade,
    WebhookEndpointRequest,
    WebhookEndpointView,
)

ENDPOINTS = "/organisations/{organisation_id}/webhook-endpoints"
ENDPOINT = ENDPOINTS + "/{endpoint_id}"
WORKING = (RoleTooSmall, OrganisationInactive)

router: APIRouter = router_of("", "Webhooks")


@router.get(ENDPOINTS, response_model=PageOf[WebhookEndpointView], responses=refusals(RoleTooSmall))
async def list_webhook_endpoints(
    organisation: OrganisationWithVisibleKeys, session: Session, paging: Paging
) -> Page[WebhookEndpoint]:
    """List an organisation's endpoints (its admins), without their secrets."""
    return await queries.endpoints.listed(session, organisation, paging)


@router.post(ENDPOINTS, status_code=201, responses=refusals(*WORKING, TooManyEndpoints))
async def make_webhook_endpoint(
    request: WebhookEndpointRequest,
    caller: Person,
    organisation: OrganisationWithKeys,
    session: Session,
    response: Response,
) -> WebhookEndpointMade:
    """Make an endpoint (the organisation's admins). Its secret is in this answer and nowhere else.

    What happens from now on is sent to it; what happened before, a replay sends.
    """
    endpoint, pair = await actions.endpoints.make(session, caller, organisation, request)
    etags.mark(response, endpoint)
    return WebhookEndpointMade.of(endpoint, pair)


@router.get(ENDPOINT, response_model=WebhookEndpointView, responses=refusals(RoleTooSmall))
async def read_webhook_endpoint(endpoint: VisibleEndpoint, response: Response) -> WebhookEndpoint:
    """Read an endpoint, and the keys that its `v1a` signatures are checked with."""
    etags.mark(response, endpoint)
    return endpoint


@router.patch(ENDPOINT, response_model=WebhookEndpointView, responses=refusals(*WORKING))
async def change_webhook_endpoint(  # noqa: PLR0913  Each is one thing the edge hands in.
    request: WebhookEndpointChange,
    caller: Person,
    endpoint: AdministeredEndpoint,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> WebhookEndpoint:
    """Change an endpoint, disable it, or enable it again.

    While it is disabled nothing is sent, and what happens then is not kept for it: have it
    replayed.
    """
    etags.check(endpoint, expected)
    await actions.endpoints.change(session, caller, endpoint, request)
    etags.mark(response, endpoint)
    return endpoint


@router.delete(ENDPOINT, status_code=204, responses=refusals(*WORKING))
async def remove_webhook_endpoint(
    caller: Person, endpoint: AdministeredEndpoint, session: Session
) -> None:
    """Remove an endpoint, with its deliveries; nothing more is sent there."""
    await actions.endpoints.remove(session, caller, endpoint)


@router.post(ENDPOINT + "/secrets", status_code=201, responses=refusals(*WORKING))
async def rotate_webhook_secret(
    caller: Person, endpoint: AdministeredEndpoint, session: Session
) -> WebhookEndpointMade:
    """Sign with a new secret and key; those before sign beside them for a day, older ones not."""
    pair = await actions.endpoints.rotate(session, caller, endpoint)
    return WebhookEndpointMade.of(endpoint, pair)


@router.post(
    ENDPOINT + "/test-events",
    status_code=202,
    response_model=WebhookDeliveryView,
    responses=refusals(*WORKING, EndpointDisabled),
)
async def send_test_event(endpoint: AdministeredEndpoint, session: Session) -> WebhookDelivery:
    """Send a webhook of the type `webhook.test`, whatever types the endpoint wants."""
    return await actions.endpoints.test(session, endpoint)
