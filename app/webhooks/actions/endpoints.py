"""Endpoints: an organisation's admins say where it wants to hear of what."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, sealing
from app.core.database import settings_of
from app.core.ids import new_id
from app.core.problems import InvalidRequest
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.organisations.models import Organisation
from app.webhooks import destinations, hooks
from app.webhooks.destinations import NotADestination
from app.webhooks.models import (
    EndpointState,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookPair,
)
from app.webhooks.problems import EndpointDisabled, TooManyEndpoints
from app.webhooks.schemas.endpoints import WebhookEndpointChange, WebhookEndpointRequest
from app.webhooks.schemas.messages import TEST
from app.webhooks.signing import Pair

MOST_ENDPOINTS = 20
"""Of one organisation."""
OVERLAP = timedelta(days=1)
"""For so long the secret and key before sign too."""
SEALED_FOR = "webhook secrets"


async def make(
    session: AsyncSession,
    caller: Caller,
    organisation: Organisation,
    request: WebhookEndpointRequest,
) -> tuple[WebhookEndpoint, Pair]:
    """Make an endpoint; give it, and what it signs with, which nobody can show again.

    Raises:
        InvalidRequest: no webhook may go there, or nothing is of one of the types.
        TooManyEndpoints: the organisation has enough.
    """
    url = _insist_on_sense(session, request.url, request.types)
    # The organisation's row is the lock: two requests can't both make the last one.
    await session.get_one(Organisation, organisation.id, with_for_update={"key_share": True})
    count = sa.select(sa.func.count()).where(WebhookEndpoint.organisation_id == organisation.id)
    if (await session.scalar(count) or 0) >= MOST_ENDPOINTS:
        message = f"An organisation has {MOST_ENDPOINTS} endpoints at the most: remove one first."
        raise TooManyEndpoints(message)
    endpoint = WebhookEndpoint(
        organisation_id=organisation.id,
        url=url,
        description=request.description,
        types=sorted(set(request.types)),
        made_by_id=caller.user_id,
    )
    session.add(endpoint)
    await session.flush()
    pair = await _new_pair(session, endpoint)
    _note(session, caller, "made", endpoint)
    return endpoint, pair


def _insist_on_sense(session: AsyncSession, url: str | None, types: Sequence[str]) -> str:
    faults = [
        {
            "in": "body",
            "pointer": f"#/types/{index}",
            "code": "unknown-type",
            "detail": detail,
        }
        for index, each in enumerate(types)
        if (detail := hooks.unknown(each)) is not None
    ]
    written = ""
    if url is not None:
        try:
            allow_here = settings_of(session).webhooks_to_loopback
            written = str(destinations.read(url, allow_here=allow_here).url)
        except NotADestination as error:
            fault = {"in": "body", "pointer": "#/url", "code": "no-destination"}
            faults.append({**fault, "detail": str(error)})
    if faults:
        raise InvalidRequest(faults)
    return written


async def change(
    session: AsyncSession, caller: Caller, endpoint: WebhookEndpoint, request: WebhookEndpointChange
) -> WebhookEndpoint:
    """Change what was named; what waits goes where the endpoint is by then.

    Raises:
        InvalidRequest: no webhook may go there, or nothing is of one of the types.
    """
    changes = request.model_dump(exclude_unset=True, exclude_none=True)
    enabled = changes.pop("enabled", None)
    url = _insist_on_sense(session, changes.get("url"), changes.get("types", ()))
    if url:
        changes["url"] = url
    if enabled is not None and enabled != (endpoint.state is EndpointState.ENABLED):
        changes["state"] = EndpointState.ENABLED if enabled else EndpointState.DISABLED
        changes["failing_since"] = None
    changed = [name for name, value in changes.items() if value != getattr(endpoint, name)]
    for name in changed:
        setattr(endpoint, name, changes[name])
    await session.flush()
    if changed:
        _note(session, caller, "changed", endpoint, fields=changed)
    return endpoint


async def remove(session: AsyncSession, caller: Caller, endpoint: WebhookEndpoint) -> None:
    """Remove an endpoint, and all that was sent or waits for it."""
    _note(session, caller, "removed", endpoint)
    await session.delete(endpoint)
    await session.flush()


async def rotate(session: AsyncSession, caller: Caller, endpoint: WebhookEndpoint) -> Pair:
    """Sign with another secret and key; those before sign too for a day, and older ones no more."""
    now = clock.now()
    await session.execute(
        sa.update(WebhookPair)
        .where(WebhookPair.endpoint_id == endpoint.id)
        .values(
            ends_at=sa.case(
                (WebhookPair.ends_at.is_(None), now + OVERLAP),
                else_=sa.func.least(WebhookPair.ends_at, now),
            )
        )
    )
    pair = await _new_pair(session, endpoint)
    _note(session, caller, "secret-rotated", endpoint)
    return pair


async def _new_pair(session: AsyncSession, endpoint: WebhookEndpoint) -> Pair:
    pair = Pair.new()
    session.add(
        WebhookPair(
            endpoint_id=endpoint.id,
            sealed=sealing.seal(session, SEALED_FOR, bytes(pair)),
            public_key=pair.public_key,
        )
    )
    await session.flush()
    await session.refresh(endpoint, ["pairs"])
    return pair


async def test(session: AsyncSession, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Send something that did not happen, so that a receiver can be tried.

    Raises:
        EndpointDisabled: nothing goes there now.
    """
    insist_on_enabled(endpoint)
    delivery = WebhookDelivery(
        endpoint_id=endpoint.id, message_id=new_id(), type=TEST, due_at=clock.now()
    )
    session.add(delivery)
    await session.flush()
    return delivery


def insist_on_enabled(endpoint: WebhookEndpoint) -> None:
    """Insist that webhooks go to an endpoint.

    Raises:
        EndpointDisabled: they don't.
    """
    if endpoint.state is not EndpointState.ENABLED:
        message = "Enable the endpoint first (PATCH with `enabled`)."
        raise EndpointDisabled(message, current_state=endpoint.state)


def _note(
    session: AsyncSession,
    caller: Caller,
    what: str,
    endpoint: WebhookEndpoint,
    fields: Sequence[str] = (),
) -> None:
    trail.rights_changed(
        session,
        caller,
        f"webhook-endpoint.{what}",
        endpoint.id,
        organisation_id=endpoint.organisation_id,
        organisationId=str(endpoint.organisation_id),
        fields=sorted(fields),
    )
