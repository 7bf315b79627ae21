"""Fulfilments: claimed by a company, decided by its authority."""

from typing import Annotated

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Session
from app.core.http import etags
from app.core.http.etags import Expected, IfMatch
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.fulfilments import actions, queries
from app.fulfilments.access import (
    ClaimedFulfilment,
    ClaimingOrganisation,
    DecidedFulfilment,
    ReadableFulfilment,
)
from app.fulfilments.actions.keeping import Kept
from app.fulfilments.models import Fulfilment, FulfilmentDecision
from app.fulfilments.problems import (
    CertificateExpired,
    DoesNotCount,
    FulfilmentStateForbids,
    InvoiceClaimed,
    NotAllocated,
    NotDoneYet,
    ObligationNotOpen,
    OrderNotFirm,
    OtherKind,
    OwnFulfilment,
    PlacementClaimed,
    UnitsClaimed,
)
from app.fulfilments.queries.assessing import Assessment
from app.fulfilments.queries.fulfilments import Narrowed
from app.fulfilments.schemas.fulfilments import (
    ClaimRequest,
    FulfilmentDecisionView,
    FulfilmentRequest,
    FulfilmentsRequest,
    FulfilmentView,
    NewFulfilmentRequest,
    VerdictRequest,
)
from app.fulfilments.schemas.splits import AssessmentView
from app.obligations.access import BoundOrganisation, SeenAuthority
from app.orders.access import OwnOrder
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.schemes.schemas import ReasonRequest

router = router_of("", "Fulfilments")

FULFILMENT = "/fulfilments/{fulfilment_id}"
WORKING = (RoleTooSmall, OrganisationInactive)


@router.post(
    "/orders/{order_id}/fulfilments",
    status_code=201,
    response_model=FulfilmentView,
    responses=refusals(*WORKING, NotAllocated),
)
async def draft_fulfilment(
    request: FulfilmentRequest, caller: Person, order: OwnOrder, session: Session, _once: Idempotent
) -> Fulfilment:
    """Prepare a claim for units of an order; nothing is taken before it is submitted."""
    return await actions.claiming.draft(
        session, caller, order, request.obligation_id, request.quantity_units
    )


@router.post(
    "/organisations/{organisation_id}/fulfilments",
    status_code=201,
    response_model=FulfilmentView,
    responses=refusals(*WORKING, NotFound),
)
async def draft_other_fulfilment(
    request: NewFulfilmentRequest,
    caller: Person,
    organisation: ClaimingOrganisation,
    session: Session,
    _once: Idempotent,
) -> Fulfilment:
    """Prepare a claim for something else than units: of any other kind.

    It says what was done, in counts, periods and amounts without VAT, and never who did it.
    """
    return await actions.claiming.draft_other(
        session, caller, organisation, request.obligation_id, request.claim
    )


@router.get("/organisations/{organisation_id}/fulfilments", response_model=PageOf[FulfilmentView])
async def list_fulfilments_of_organisation(
    organisation: BoundOrganisation,
    session: Session,
    wanted: Annotated[FulfilmentsRequest, Query()],
) -> Page[Fulfilment]:
    """List what an organisation claims, newest first."""
    return await queries.fulfilments.of_claimant(session, organisation, wanted, _narrowed(wanted))


@router.get("/authorities/{authority_id}/fulfilments", response_model=PageOf[FulfilmentView])
async def list_fulfilments_of_authority(
    authority: SeenAuthority, session: Session, wanted: Annotated[FulfilmentsRequest, Query()]
) -> Page[Fulfilment]:
    """List what was submitted to an authority, newest first."""
    return await queries.fulfilments.of_authority(session, authority, wanted, _narrowed(wanted))


def _narrowed(wanted: FulfilmentsRequest) -> Narrowed:
    return Narrowed(wanted.state, wanted.contested)


@router.get(FULFILMENT, response_model=FulfilmentView)
async def read_fulfilment(fulfilment: ReadableFulfilment, response: Response) -> Fulfilment:
    """Read a fulfilment with the arithmetic of its value."""
    etags.mark(response, fulfilment)
    return fulfilment


@router.put(
    FULFILMENT,
    response_model=FulfilmentView,
    responses=refusals(*WORKING, FulfilmentStateForbids, OtherKind, NotAllocated),
)
async def rewrite_fulfilment(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: ClaimRequest,
    caller: Person,
    fulfilment: ClaimedFulfilment,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> Fulfilment:
    """Say anew what is claimed: of a draft, or of what was returned."""
    kept = await _keep(session, fulfilment, expected)
    written = await actions.claiming.rewrite(session, caller, kept, request.claim)
    etags.mark(response, written)
    return written


async def _keep(session: AsyncSession, fulfilment: Fulfilment, expected: Expected) -> Kept:
    """Keep a fulfilment that is as the caller knows it: nobody decides about what they never saw.

    Raises:
        PreconditionFailed: somebody changed it meanwhile.
    """
    kept = await actions.keeping.fulfilment(session, fulfilment)
    etags.check(fulfilment, expected)
    return kept


@router.get(FULFILMENT + "/assessment", response_model=AssessmentView)
async def assess_fulfilment(fulfilment: ReadableFulfilment, session: Session) -> Assessment:
    """Ask what a claim would count for if it were decided now, and why: before submitting it."""
    return await queries.assessing.assess_fulfilment(session, fulfilment)


@router.get(FULFILMENT + "/decisions", response_model=PageOf[FulfilmentDecisionView])
async def list_fulfilment_decisions(
    fulfilment: ReadableFulfilment, session: Session, paging: Paging
) -> Page[FulfilmentDecision]:
    """List what happened to a fulfilment, when and why."""
    return await queries.fulfilments.decisions(session, fulfilment, paging)


@router.post(
    FULFILMENT + "/submissions",
    status_code=201,
    response_model=FulfilmentView,
    responses=refusals(
        *WORKING,
        *(FulfilmentStateForbids, OrderNotFirm, ObligationNotOpen),
        *(NotAllocated, UnitsClaimed, DoesNotCount),
        *(NotDoneYet, CertificateExpired, PlacementClaimed, InvoiceClaimed),
    ),
)
async def submit_fulfilment(
    caller: Person,
    fulfilment: ClaimedFulfilment,
    session: Session,
    expected: IfMatch,
    response: Response,
    _once: Idempotent,
) -> Fulfilment:
    """Submit a claim to the authority; what it claims is taken from now on."""
    kept = await _keep(session, fulfilment, expected)
    submitted = await actions.claiming.submit(session, caller, kept)
    etags.mark(response, submitted)
    return submitted


@router.post(
    FULFILMENT + "/withdrawals",
    status_code=201,
    response_model=FulfilmentView,
    responses=refusals(*WORKING, FulfilmentStateForbids),
)
async def withdraw_fulfilment(
    caller: Person,
    fulfilment: ClaimedFulfilment,
    session: Session,
    expected: IfMatch,
    response: Response,
    _once: Idempotent,
) -> Fulfilment:
    """Take a claim back before it is decided: what it claimed is free, and it can be changed."""
    kept = await _keep(session, fulfilment, expected)
    withdrawn = await actions.claiming.withdraw(session, caller, kept)
    etags.mark(response, withdrawn)
    return withdrawn


@router.post(
    FULFILMENT + "/decisions",
    status_code=201,
    response_model=FulfilmentView,
    responses=refusals(
        *WORKING,
        *(FulfilmentStateForbids, OwnFulfilment),
        *(OrderNotFirm, ObligationNotOpen, DoesNotCount),
    ),
)
async def decide_fulfilment(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: VerdictRequest,
    caller: Person,
    fulfilment: DecidedFulfilment,
    session: Session,
    expected: IfMatch,
    response: Response,
    _once: Idempotent,
) -> Fulfilment:
    """Approve, reject or return a claim (the authority's approvers; who wrote it never)."""
    kept = await _keep(session, fulfilment, expected)
    decided = await actions.deciding.decide(session, caller, kept, request.verdict, request.reason)
    etags.mark(response, decided)
    return decided


@router.post(
    FULFILMENT + "/revocations",
    status_code=201,
    response_model=FulfilmentView,
    responses=refusals(*WORKING, FulfilmentStateForbids, OwnFulfilment),
)
async def revoke_fulfilment(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: ReasonRequest,
    caller: Person,
    fulfilment: DecidedFulfilment,
    session: Session,
    expected: IfMatch,
    response: Response,
    _once: Idempotent,
) -> Fulfilment:
    """Revoke what was approved (the authority's approvers): it counts no more."""
    kept = await _keep(session, fulfilment, expected)
    revoked = await actions.deciding.revoke(session, caller, kept, request.reason)
    etags.mark(response, revoked)
    return revoked
