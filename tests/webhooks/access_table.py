"""Who is told of what happened, and where it is sent."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.ids import new_id
from app.webhooks.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from tests import make
from tests.ledger.access_table import WITH_SCOPE
from tests.matrix import ADMINS, FURNISHERS, Body, Place, Rule, Standing, Tenant, World
from tests.organisations.access_table import OURS

INSPECTORS = ADMINS | {Standing.SUSPENDED}
"""Who sees an organisation's endpoints: as its keys, never staff."""


async def furnish(session: AsyncSession, _world: World, tenant: Tenant, _place: Place) -> None:
    """Give it an endpoint, to which something failed."""
    endpoint = WebhookEndpoint(
        organisation_id=tenant.organisation.id,
        url="https://erp.maas.example/",
        description="The ERP",
        types=[],
        made_by_id=(await make.a_user(session)).id,
    )
    session.add(endpoint)
    await session.flush()
    delivery = WebhookDelivery(
        endpoint_id=endpoint.id,
        message_id=new_id(),
        type="order.paid",
        state=DeliveryState.FAILED,
        due_at=clock.now(),
        finished_at=clock.now(),
    )
    session.add(delivery)
    await session.flush()
    tenant.things |= {"endpoint_id": endpoint.id, "delivery_id": delivery.id}


FURNISHERS.append(furnish)


def an_endpoint(_world: World, _place: Place) -> Body:
    """Where somebody wants to hear of things."""
    return {"url": "https://erp.maas.example/other"}


def a_change(_world: World, _place: Place) -> Body:
    """Another name."""
    return {"description": "The other ERP"}


def a_replay(_world: World, _place: Place) -> Body:
    """What was missed today."""
    return {"since": clock.now().isoformat()}


ENDPOINTS = "/v1/organisations/{organisation_id}/webhook-endpoints"
ENDPOINT = ENDPOINTS + "/{endpoint_id}"
DELIVERY = ENDPOINT + "/deliveries/{delivery_id}"

TABLE = {
    "GET /v1/events": Rule(WITH_SCOPE, on=OURS),
    f"GET {ENDPOINTS}": Rule(INSPECTORS),
    f"POST {ENDPOINTS}": Rule(ADMINS, body=an_endpoint),
    f"GET {ENDPOINT}": Rule(INSPECTORS),
    f"PATCH {ENDPOINT}": Rule(ADMINS, body=a_change),
    f"DELETE {ENDPOINT}": Rule(ADMINS),
    f"POST {ENDPOINT}/secrets": Rule(ADMINS),
    f"POST {ENDPOINT}/test-events": Rule(ADMINS),
    f"POST {ENDPOINT}/replays": Rule(ADMINS, body=a_replay),
    f"GET {ENDPOINT}/deliveries": Rule(INSPECTORS),
    f"GET {DELIVERY}": Rule(INSPECTORS),
    f"POST {DELIVERY}/replays": Rule(ADMINS),
}
