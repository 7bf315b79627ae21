"""Obligations: what a contract obliges to, how that was computed, and how it stands."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query, Response

from app.core import clock
from app.core.database import Session
from app.core.http import etags
from app.core.http.etags import IfMatch
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.ledger.problems import NotKnownYet
from app.obligations import actions, queries
from app.obligations.access import (
    BoundOrganisation,
    DecidedObligation,
    ReadableObligation,
    SeenAuthority,
)
from app.obligations.models import Obligation, ObligationDecision
from app.obligations.problems import NothingToConfirm, ObligationStateForbids, OwnContract
from app.obligations.schemas.obligations import (
    SOON_DAYS,
    BalanceRequest,
    ObligationBalanceView,
    ObligationDecisionView,
    ObligationsRequest,
    ObligationView,
)
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.schemes.schemas import ReasonRequest

router = router_of("", "Obligations")

OBLIGATION = "/obligations/{obligation_id}"
WORKING = (RoleTooSmall, OrganisationInactive)


@router.get("/authorities/{authority_id}/obligations", response_model=PageOf[ObligationView])
async def list_obligations_of_authority(
    authority: SeenAuthority, session: Session, wanted: Annotated[ObligationsRequest, Query()]
) -> Page[Obligation]:
    """List what an authority imposed, or will when it is confirmed."""
    return await queries.obligations.of_authority(session, authority, wanted, wanted.state)


@router.get("/organisations/{organisation_id}/obligations", response_model=PageOf[ObligationView])
async def list_obligations_of_organisation(
    organisation: BoundOrganisation,
    session: Session,
    wanted: Annotated[ObligationsRequest, Query()],
) -> Page[Obligation]:
    """List what an organisation is obliged to, whoever imposed it."""
    return await queries.obligations.of_organisation(session, organisation, wanted, wanted.state)


@router.get(OBLIGATION, response_model=ObligationView)
async def read_obligation(obligation: ReadableObligation, response: Response) -> Obligation:
    """Read an obligation with the arithmetic that it follows from."""
    etags.mark(response, obligation)
    return obligation


@router.get(
    OBLIGATION + "/balance",
    response_model=ObligationBalanceView,
    responses=refusals(NotKnownYet),
)
async def read_obligation_balance(
    obligation: ReadableObligation,
    session: Session,
    asked: Annotated[BalanceRequest, Query()],
) -> ObligationBalanceView:
    """Read how an obligation stands now, stood at a moment, or was known to stand then."""
    position = await queries.standing.known(session, asked.position, asked.known_at)
    found = await queries.standing.at(session, obligation, asked.as_of, position)
    is_soon = obligation.due_on <= clock.today() + timedelta(days=SOON_DAYS)
    return ObligationBalanceView(
        obligation_id=obligation.id,
        imposed_cents=found.imposed,
        surplus_cents=found.surplus,
        open_cents=found.owed,
        provisional_cents=found.provisional,
        approved_cents=found.fulfilled,
        waived_cents=found.waived,
        sanctioned_cents=found.sanctioned,
        expiring_cents=found.owed if is_soon else 0,
        as_of=asked.as_of,
        position=position,
    )


@router.get(OBLIGATION + "/decisions", response_model=PageOf[ObligationDecisionView])
async def list_obligation_decisions(
    obligation: ReadableObligation, session: Session, paging: Paging
) -> Page[ObligationDecision]:
    """List what happened to an obligation, when and why."""
    return await queries.obligations.decisions(session, obligation, paging)


@router.post(
    OBLIGATION + "/confirmations",
    status_code=201,
    response_model=ObligationView,
    responses=refusals(*WORKING, OwnContract, NothingToConfirm, ObligationStateForbids),
)
async def confirm_obligation(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: ReasonRequest,
    caller: Person,
    obligation: DecidedObligation,
    session: Session,
    expected: IfMatch,
    response: Response,
    _once: Idempotent,
) -> Obligation:
    """Impose an obligation as it is computed, or raise or lower it to that (approvers).

    Whoever entered the figures does not confirm what follows from them.
    """
    etags.check(obligation, expected)
    confirmed = await actions.confirming.confirm(session, caller, obligation, request.reason)
    etags.mark(response, confirmed)
    return confirmed


@router.post(
    OBLIGATION + "/settlements",
    status_code=201,
    response_model=ObligationView,
    responses=refusals(*WORKING, ObligationStateForbids, OwnContract),
)
async def settle_obligation(
    request: ReasonRequest,
    caller: Person,
    obligation: DecidedObligation,
    session: Session,
    _once: Idempotent,
) -> Obligation:
    """Close an obligation that is fulfilled (the authority's approvers).

    Or one that nobody confirmed and that comes to nothing: its contract was cancelled.
    """
    return await actions.confirming.settle(session, caller, obligation.id, request.reason)
