"""Where the payment provider sends its events: for a machine, and no part of the interface."""

from typing import Annotated

from fastapi import APIRouter, Header, Request

from app.core.database import Session, settings_of
from app.payments import actions, gateway

router = APIRouter(include_in_schema=False)


@router.post("/webhooks/stripe", status_code=204)
async def take_event(
    request: Request,
    session: Session,
    stripe_signature: Annotated[str | None, Header()] = None,
) -> None:
    """Keep an event that carries the provider's signature; a job works on it."""
    notice = gateway.read_event(settings_of(session), await request.body(), stripe_signature)
    await actions.inbox.take(session, notice)
