"""Outgoings: what leaves, and who lets it."""

from typing import Annotated

from fastapi import Query

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.payments import actions, queries
from app.payments.access import DecidedOutgoing, OutgoingOfScheme, PayingScheme
from app.payments.models import Outgoing, OutgoingStatus
from app.payments.problems import OutgoingStateForbids, SamePerson
from app.payments.schemas import ClawBackRequest, OutgoingView, WithholdingRequest

router = router_of("/schemes/{scheme_id}/outgoings", "Outgoings")

REFUSALS = (RoleTooSmall, OrganisationInactive, OutgoingStateForbids)


@router.get("", response_model=PageOf[OutgoingView])
async def list_outgoings(
    scheme: PayingScheme,
    session: Session,
    paging: Paging,
    status: Annotated[
        OutgoingStatus | None, Query(description="Only what stands so, such as planned.")
    ] = None,
) -> Page[Outgoing]:
    """List the money that leaves a scheme; newest first."""
    return await queries.outgoings.listed(session, scheme, status, paging)


@router.get("/{outgoing_id}", response_model=OutgoingView)
async def read_outgoing(outgoing: OutgoingOfScheme) -> Outgoing:
    """Read for what money leaves, to whom, and how far it is."""
    return outgoing


@router.post(
    "/{outgoing_id}/approvals",
    status_code=201,
    response_model=OutgoingView,
    responses=refusals(*REFUSALS, SamePerson),
)
async def approve_outgoing(
    caller: Person, outgoing: DecidedOutgoing, session: Session, _once: Idempotent
) -> Outgoing:
    """Let money leave that somebody else planned (the operator's approvers).

    By the provider it is sent at once; by bank, with the next file.
    """
    return await actions.outgoings.approve(session, caller, outgoing)


@router.post(
    "/{outgoing_id}/withholdings",
    status_code=201,
    response_model=OutgoingView,
    responses=refusals(*REFUSALS),
)
async def withhold_outgoing(
    request: WithholdingRequest,
    caller: Person,
    outgoing: DecidedOutgoing,
    session: Session,
    _once: Idempotent,
) -> Outgoing:
    """Stop money before it is sent; it stays owed (the operator's approvers)."""
    return await actions.outgoings.withhold(session, caller, outgoing, request.reason)


@router.post(
    "/{outgoing_id}/claw-backs",
    status_code=202,
    response_model=OutgoingView,
    responses=refusals(*REFUSALS, SamePerson),
)
async def claw_outgoing_back(
    request: ClawBackRequest,
    caller: Person,
    outgoing: DecidedOutgoing,
    session: Session,
    _once: Idempotent,
) -> Outgoing:
    """Take a transfer back from an entrepreneur's account at the provider (approvers).

    It becomes `clawed_back` when the provider did it; a refusal of the provider's shows in
    `failure`.
    """
    return await actions.outgoings.claw_back(session, caller, outgoing, request.reason)
