"""Enrolment of companies: freely, or by the operator's decision, as the policy says."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.schemes import actions, queries
from app.schemes.access import (
    ActingOrganisation,
    ApprovedScheme,
    InspectedEnrolment,
    InspectedScheme,
    TakingPart,
)
from app.schemes.models import Enrolment, SchemeDecision
from app.schemes.problems import (
    AlreadyRequested,
    BuyerNotAllowed,
    EnrolmentStateForbids,
    NoPolicyApplies,
    OwnAffair,
    OwnMarket,
    SchemeStateForbids,
)
from app.schemes.schemas import (
    EnrolmentDecisionRequest,
    EnrolmentRequest,
    EnrolmentView,
    SchemeDecisionView,
)

router = router_of("", "Enrolments")

OF_ORGANISATION = "/organisations/{organisation_id}/enrolments"
OF_SCHEME = "/schemes/{scheme_id}/enrolments"


@router.get(OF_ORGANISATION, response_model=PageOf[EnrolmentView])
async def list_own_enrolments(
    organisation: TakingPart, session: Session, paging: Paging
) -> Page[Enrolment]:
    """List the schemes in which your organisation buys, or asked to."""
    return await queries.participants.enrolments(session, organisation, paging)


@router.post(
    OF_ORGANISATION,
    status_code=201,
    response_model=EnrolmentView,
    responses=refusals(
        *(RoleTooSmall, OrganisationInactive, NotFound, SchemeStateForbids, OwnMarket),
        *(NoPolicyApplies, BuyerNotAllowed, AlreadyRequested),
    ),
)
async def request_enrolment(
    request: EnrolmentRequest, caller: Person, organisation: ActingOrganisation, session: Session
) -> Enrolment:
    """Ask to buy in a scheme; where its policy says so you are enrolled at once."""
    return await actions.enrolments.request(session, caller, organisation, request)


@router.get(OF_SCHEME, response_model=PageOf[EnrolmentView])
async def list_enrolments(
    scheme: InspectedScheme, session: Session, paging: Paging
) -> Page[Enrolment]:
    """List the companies of a scheme, in every state."""
    return await queries.participants.enrolments(session, scheme, paging)


@router.post(
    OF_SCHEME + "/{enrolment_id}/decisions",
    status_code=201,
    response_model=SchemeDecisionView,
    responses=refusals(RoleTooSmall, OrganisationInactive, OwnAffair, EnrolmentStateForbids),
)
async def decide_about_enrolment(
    request: EnrolmentDecisionRequest,
    caller: Person,
    _scheme: ApprovedScheme,
    enrolment: InspectedEnrolment,
    session: Session,
) -> SchemeDecision:
    """Enrol a company, refuse, suspend or reinstate it (the operator's approvers)."""
    return await actions.enrolments.decide(session, caller, enrolment, request)
