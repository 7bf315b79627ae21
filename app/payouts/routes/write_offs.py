"""Write-offs: what an entrepreneur owes and will not pay is borne by the operator."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.payments.problems import SamePerson
from app.payouts import actions, queries
from app.payouts.access import ApprovedWriteOff
from app.payouts.models import WriteOff
from app.payouts.problems import LessOwed, WriteOffDecided, WriteOffPending
from app.payouts.schemas import WriteOffDecisionRequest, WriteOffRequest, WriteOffView
from app.schemes.access import ApprovedScheme, InspectedScheme, OperatedScheme
from app.schemes.problems import OwnAffair

router = router_of("/schemes/{scheme_id}/write-offs", "Payouts")

WORKING = (RoleTooSmall, OrganisationInactive, OwnAffair)


@router.get("", response_model=PageOf[WriteOffView])
async def list_write_offs(
    scheme: InspectedScheme, session: Session, paging: Paging
) -> Page[WriteOff]:
    """List what was proposed to be written off in a scheme, and what became of it."""
    return await queries.write_offs.of_scheme(session, scheme, paging)


@router.post(
    "",
    status_code=201,
    response_model=WriteOffView,
    responses=refusals(*WORKING, LessOwed, WriteOffPending),
)
async def propose_write_off(
    request: WriteOffRequest,
    caller: Person,
    scheme: OperatedScheme,
    session: Session,
    _once: Idempotent,
) -> WriteOff:
    """Propose that an entrepreneur need not pay what it owes (the operator's members).

    What it is expected to pay back is no part of it until the term of that payment is over.
    """
    return await actions.writing_off.propose(session, caller, scheme, request)


@router.post(
    "/{write_off_id}/decisions",
    status_code=201,
    response_model=WriteOffView,
    responses=refusals(*WORKING, WriteOffDecided, SamePerson, LessOwed),
)
async def decide_about_write_off(
    request: WriteOffDecisionRequest,
    caller: Person,
    scheme: ApprovedScheme,
    write_off: ApprovedWriteOff,
    session: Session,
    _once: Idempotent,
) -> WriteOff:
    """Approve a write-off that somebody else proposed, or reject it (the operator's approvers).

    Approved, the entrepreneur owes it no more, and the operator bears it from its own money.
    """
    return await actions.writing_off.decide(session, caller, scheme, write_off, request)
