"""Admission of entrepreneurs: asked for, checked, decided."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall, TokenRefused
from app.schemes import actions, queries
from app.schemes.access import (
    ActingOrganisation,
    ApprovedScheme,
    InspectedAdmission,
    InspectedScheme,
    OperatedScheme,
    TakingPart,
)
from app.schemes.models import Admission, AdmissionCheck, SchemeDecision
from app.schemes.problems import (
    AdmissionNotReady,
    AdmissionStateForbids,
    AlreadyRequested,
    AnotherAccount,
    CheckOutdated,
    InvitedSomebodyElse,
    OwnAffair,
    OwnMarket,
    SchemeStateForbids,
)
from app.schemes.schemas import (
    AdmissionDecisionRequest,
    AdmissionRequest,
    AdmissionView,
    CheckedAdmissionView,
    CheckRequest,
    CheckView,
    SchemeDecisionView,
)

router = router_of("", "Admissions")

OF_ORGANISATION = "/organisations/{organisation_id}/admissions"
OF_SCHEME = "/schemes/{scheme_id}/admissions"


@router.get(OF_ORGANISATION, response_model=PageOf[AdmissionView])
async def list_own_admissions(
    organisation: TakingPart, session: Session, paging: Paging
) -> Page[Admission]:
    """List the schemes in which your organisation is, or asked to be, an entrepreneur."""
    return await queries.participants.admissions(session, organisation, paging)


@router.post(
    OF_ORGANISATION,
    status_code=201,
    response_model=AdmissionView,
    responses=refusals(
        *(RoleTooSmall, OrganisationInactive, NotFound, SchemeStateForbids, OwnMarket),
        *(TokenRefused, InvitedSomebodyElse, AlreadyRequested),
    ),
)
async def request_admission(
    request: AdmissionRequest, caller: Person, organisation: ActingOrganisation, session: Session
) -> Admission:
    """Ask to take part in a scheme as an entrepreneur."""
    return await actions.admissions.request(session, caller, organisation, request)


@router.get(OF_SCHEME, response_model=PageOf[AdmissionView])
async def list_admissions(
    scheme: InspectedScheme, session: Session, paging: Paging
) -> Page[Admission]:
    """List the entrepreneurs of a scheme, in every state."""
    return await queries.participants.admissions(session, scheme, paging)


@router.get(OF_SCHEME + "/{admission_id}", response_model=CheckedAdmissionView)
async def read_admission(admission: InspectedAdmission) -> Admission:
    """Read an entrepreneur's admission, with what was decided and checked."""
    return admission


@router.post(
    OF_SCHEME + "/{admission_id}/checks",
    status_code=201,
    response_model=CheckView,
    responses=refusals(
        *(RoleTooSmall, OrganisationInactive, OwnAffair, CheckOutdated, AnotherAccount)
    ),
)
async def record_check(
    request: CheckRequest,
    caller: Person,
    _scheme: OperatedScheme,
    admission: InspectedAdmission,
    session: Session,
) -> AdmissionCheck:
    """Record what was checked about an entrepreneur (the operator's members).

    The last check of a kind counts. Nothing is paid out unless all four kinds hold.
    """
    return await actions.admissions.check(session, caller, admission, request)


@router.post(
    OF_SCHEME + "/{admission_id}/decisions",
    status_code=201,
    response_model=SchemeDecisionView,
    responses=refusals(
        *(RoleTooSmall, OrganisationInactive, OwnAffair),
        *(AdmissionStateForbids, AdmissionNotReady),
    ),
)
async def decide_about_admission(
    request: AdmissionDecisionRequest,
    caller: Person,
    _scheme: ApprovedScheme,
    admission: InspectedAdmission,
    session: Session,
) -> SchemeDecision:
    """Admit an entrepreneur, refuse, suspend or reinstate it (the operator's approvers)."""
    return await actions.admissions.decide(session, caller, admission, request)
