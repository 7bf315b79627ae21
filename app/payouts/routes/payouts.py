"""Payouts: what a project has earmarked, and how it reaches its entrepreneur."""

from fastapi import Response

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.payments.access import PayingScheme
from app.payments.problems import SamePerson
from app.payouts import actions, queries
from app.payouts.access import ApprovedPayout, OperatedPayout, ReadablePayout
from app.payouts.models import Payout, PayoutDecision
from app.payouts.problems import EarmarkTooSmall, PayoutNotDue, PayoutStateForbids
from app.payouts.queries.earmarks import EarmarkPage
from app.payouts.schemas import (
    EarmarkView,
    PayoutDecisionRequest,
    PayoutDecisionView,
    PayoutRequest,
    PayoutView,
    RetryRequest,
)
from app.projects.access import ApprovedProject, OperatedProject, ReadableProject
from app.schemes.problems import OwnAffair

router = router_of("", "Payouts")

OF_PROJECT = "/projects/{project_id}/payouts"
PAYOUT = OF_PROJECT + "/{payout_id}"
WORKING = (RoleTooSmall, OrganisationInactive, OwnAffair)


@router.get("/projects/{project_id}/earmark", response_model=EarmarkView)
async def read_earmark(project: ReadableProject, session: Session) -> EarmarkPage:
    """See what a project has, what was paid of it, and what can be paid now or why not."""
    return await queries.earmarks.read(session, project)


@router.get("/schemes/{scheme_id}/payouts", response_model=PageOf[PayoutView])
async def list_payouts_of_scheme(
    scheme: PayingScheme, session: Session, paging: Paging
) -> Page[Payout]:
    """List the payouts of a scheme, newest first (the operator's people and auditors)."""
    return await queries.payouts.listed(session, scheme, paging)


@router.get(OF_PROJECT, response_model=PageOf[PayoutView])
async def list_payouts(project: ReadableProject, session: Session, paging: Paging) -> Page[Payout]:
    """List the payouts of a project, newest first."""
    return await queries.payouts.listed(session, project, paging)


@router.post(
    OF_PROJECT,
    status_code=201,
    response_model=PayoutView,
    responses=refusals(*WORKING, PayoutNotDue, EarmarkTooSmall),
)
async def plan_payout(
    request: PayoutRequest,
    caller: Person,
    project: OperatedProject,
    session: Session,
    _once: Idempotent,
    response: Response,
) -> Payout:
    """Plan to pay out of a tranche (the operator's members); somebody else approves it."""
    payout = await actions.planning.plan(session, caller, project, request)
    response.headers["Location"] = f"/v1/projects/{project.id}/payouts/{payout.id}"
    return payout


@router.get(PAYOUT, response_model=PayoutView)
async def read_payout(payout: ReadablePayout) -> Payout:
    """Read a payout, and how far it is."""
    return payout


@router.get(PAYOUT + "/decisions", response_model=PageOf[PayoutDecisionView])
async def list_payout_decisions(
    payout: ReadablePayout, session: Session, paging: Paging
) -> Page[PayoutDecision]:
    """See what became of a payout, by whom and why, oldest first."""
    return await queries.payouts.decisions(session, payout, paging)


@router.post(
    PAYOUT + "/approvals",
    status_code=201,
    response_model=PayoutView,
    responses=refusals(*WORKING, SamePerson, PayoutStateForbids, PayoutNotDue, EarmarkTooSmall),
)
async def approve_payout(
    request: PayoutDecisionRequest,
    caller: Person,
    project: ApprovedProject,
    payout: ApprovedPayout,
    session: Session,
    _once: Idempotent,
) -> Payout:
    """Approve a payout that somebody else planned (the operator's approvers).

    By the provider it is sent at once; by bank, with the next file.
    """
    return await actions.deciding.approve(session, caller, project, payout, request.reason)


@router.post(
    PAYOUT + "/withholdings",
    status_code=201,
    response_model=PayoutView,
    responses=refusals(*WORKING, PayoutStateForbids),
)
async def withhold_payout(
    request: PayoutDecisionRequest,
    caller: Person,
    project: ApprovedProject,
    payout: ApprovedPayout,
    session: Session,
    _once: Idempotent,
) -> Payout:
    """Stop a payout that was not sent, or give up one that failed (approvers).

    Its money is earmarked again.
    """
    return await actions.deciding.withhold(session, caller, project, payout, request.reason)


@router.post(
    PAYOUT + "/retries",
    status_code=201,
    response_model=PayoutView,
    responses=refusals(*WORKING, PayoutStateForbids, PayoutNotDue),
)
async def retry_payout(
    request: RetryRequest,
    caller: Person,
    project: OperatedProject,
    payout: OperatedPayout,
    session: Session,
    _once: Idempotent,
) -> Payout:
    """Plan to pay again what failed or was taken back (the operator's members)."""
    return await actions.planning.retry(session, caller, project, payout, request)
