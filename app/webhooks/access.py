"""Who is told of what happened? Dependencies that prove it."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Security
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Session
from app.core.problems import InvalidRequest, NotFound, existing
from app.organisations.access import (
    OrganisationWithKeys,
    OrganisationWithVisibleKeys,
    identify,
)
from app.organisations.callers import Caller
from app.organisations.models import Right
from app.organisations.scopes import Scope
from app.webhooks import hooks, queries
from app.webhooks.models import PLATFORM, WebhookDelivery, WebhookEndpoint
from app.webhooks.queries.events import Reader, Wanted
from app.webhooks.schemas.events import EventsRequest

READ_EVENTS = Scope(
    "events:read",
    "Read what happened that concerns the organisation, of what the key may read besides.",
)

EventReader = Annotated[Caller, Security(identify, scopes=[READ_EVENTS])]
"""A person, or a machine that may read events."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads the log, and which part of it."""

    reader: Reader
    wanted: Wanted


async def _reading(
    request: Annotated[EventsRequest, Query()], caller: EventReader, session: Session
) -> Reading:
    if request.type is not None and (detail := hooks.unknown(request.type)) is not None:
        raise _not_in_query("type", "unknown-type", detail)
    organisations = await _told(session, caller, request.organisation_id)
    scopes = caller.identity.scopes
    after = await _position(session, caller, request.after)
    return Reading(
        Reader(organisations, None if scopes is None else hooks.read_with(scopes)),
        Wanted(after, request.limit, request.type),
    )


async def _told(
    session: AsyncSession, caller: Caller, organisation_id: UUID | None
) -> dict[UUID, bool]:
    """Say for which organisations somebody reads, and for which as their admin does."""
    own = {
        each: Right.INSPECT in rights
        for each, rights in caller.identity.rights.items()
        if Right.READ in rights
    }
    if caller.is_staff:
        own = {PLATFORM: True, **({organisation_id: True} if organisation_id else {}), **own}
    audited = await hooks.audited_by(session, caller, organisation_id)
    told = {**dict.fromkeys(audited, False), **own}
    if organisation_id is None:
        return told
    if organisation_id not in told:
        message = f"You know no organisation {organisation_id}."
        raise NotFound(message).for_trail()
    return {organisation_id: told[organisation_id]}


async def _position(session: AsyncSession, caller: Caller, event_id: UUID | None) -> int:
    if event_id is None:
        return 0
    position = await queries.events.position_of(session, event_id)
    if position is None and caller.visitor.database.standby is not None:
        # Who was told by a webhook may be ahead of the standby that answers.
        async with caller.visitor.database.reading() as primary:
            position = await queries.events.position_of(primary, event_id)
    if position is None:
        detail = "Send the id of an event that you were given."
        raise _not_in_query("after", "unknown-event", detail)
    return position


def _not_in_query(parameter: str, code: str, detail: str) -> InvalidRequest:
    return InvalidRequest([{"in": "query", "parameter": parameter, "code": code, "detail": detail}])


ReadingOfEvents = Annotated[Reading, Depends(_reading)]
"""What the caller, person or machine, reads of the log of events."""


async def _visible(
    endpoint_id: UUID, organisation: OrganisationWithVisibleKeys, session: Session
) -> WebhookEndpoint:
    return existing(await queries.endpoints.one(session, organisation, endpoint_id), endpoint_id)


async def _administered(
    endpoint_id: UUID, organisation: OrganisationWithKeys, session: Session
) -> WebhookEndpoint:
    return existing(await queries.endpoints.one(session, organisation, endpoint_id), endpoint_id)


# As with keys: an address may hold what lets somebody in, and staff never acts for others.
VisibleEndpoint = Annotated[WebhookEndpoint, Depends(_visible)]
"""An endpoint of an organisation of which the person is an admin, active or not."""
AdministeredEndpoint = Annotated[WebhookEndpoint, Depends(_administered)]
"""An endpoint of an active organisation of which the person is an admin."""


async def _visible_delivery(
    delivery_id: UUID, endpoint: VisibleEndpoint, session: Session
) -> WebhookDelivery:
    return existing(await queries.endpoints.delivery(session, endpoint, delivery_id), delivery_id)


async def _administered_delivery(
    delivery_id: UUID, endpoint: AdministeredEndpoint, session: Session
) -> WebhookDelivery:
    return existing(await queries.endpoints.delivery(session, endpoint, delivery_id), delivery_id)


VisibleDelivery = Annotated[WebhookDelivery, Depends(_visible_delivery)]
AdministeredDelivery = Annotated[WebhookDelivery, Depends(_administered_delivery)]
