"""Schemes: marketplaces that stand apart, each with its operator, region and unit."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from app.core.database import Session
from app.core.http import etags
from app.core.http.etags import IfMatch
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.organisations.access import Person, Staff
from app.organisations.problems import (
    OrganisationInactive,
    RoleTooSmall,
    StaffOnly,
    StatusForbids,
)
from app.schemes import actions, queries
from app.schemes.access import AdministeredScheme, AnyScheme, InspectedScheme, PublicScheme
from app.schemes.models import Scheme, SchemeDecision, SchemeRecognition
from app.schemes.problems import (
    AlreadyRecognised,
    AuthorityEnded,
    RecognitionEnded,
    SchemeCodeTaken,
    SchemeNotReady,
    SchemeStateForbids,
)
from app.schemes.schemas import (
    PublicSchemeView,
    ReasonRequest,
    RecognitionRequest,
    RecognitionView,
    SchemeChange,
    SchemeDecisionRequest,
    SchemeDecisionView,
    SchemePageRequest,
    SchemeRequest,
    SchemeView,
)

router = router_of("", "Schemes")

SCHEME = "/schemes/{scheme_id}"
RECOGNISED: dict[str, Any] = {"status_code": 201, "response_model": RecognitionView}


@router.get("/schemes", response_model=PageOf[PublicSchemeView], responses={304: {}})
async def list_schemes(
    session: Session, wanted: Annotated[SchemePageRequest, Query()], response: Response
) -> Page[Scheme]:
    """List the schemes that are or were open; no sign-in needed."""
    etags.mark_public(response)
    return await queries.schemes.public(session, wanted, wanted.code, wanted.state)


@router.get(SCHEME, response_model=PublicSchemeView, responses={304: {}})
async def read_scheme(scheme: PublicScheme, response: Response) -> Scheme:
    """Read a scheme that is or was open; no sign-in needed."""
    etags.mark_public(response)
    return scheme


@router.get("/me/schemes", response_model=PageOf[SchemeView])
async def list_my_schemes(caller: Person, session: Session, paging: Paging) -> Page[Scheme]:
    """List the schemes that you run, audit or are an expert of, drafts included; staff sees all."""
    if caller.is_staff:
        return await queries.schemes.every_one(session, paging)
    return await queries.schemes.of_caller(session, caller, paging)


@router.post(
    "/schemes",
    status_code=201,
    response_model=SchemeView,
    responses=refusals(StaffOnly, NotFound, StatusForbids, SchemeCodeTaken),
)
async def create_scheme(
    request: SchemeRequest,
    caller: Staff,
    _once: Idempotent,
    session: Session,
    response: Response,
) -> Scheme:
    """Create a draft of a scheme, for its operator to prepare (staff)."""
    scheme = await actions.schemes.create(session, caller, request)
    response.headers["Location"] = f"/v1/schemes/{scheme.id}/settings"
    etags.mark(response, scheme)
    return scheme


@router.get(SCHEME + "/settings", response_model=SchemeView, responses=refusals(RoleTooSmall))
async def read_scheme_settings(scheme: InspectedScheme, response: Response) -> Scheme:
    """Read a scheme as its operator does, draft or not, with the version that a change names."""
    etags.mark(response, scheme)
    return scheme


@router.patch(
    SCHEME + "/settings",
    response_model=SchemeView,
    responses=refusals(RoleTooSmall, OrganisationInactive, SchemeStateForbids),
)
async def change_scheme_settings(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: SchemeChange,
    caller: Person,
    scheme: AdministeredScheme,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> Scheme:
    """Change a scheme's details (the operator's admins)."""
    etags.check(scheme, expected)
    await actions.schemes.change(session, caller, scheme, request)
    etags.mark(response, scheme)
    return scheme


@router.get(SCHEME + "/decisions", response_model=PageOf[SchemeDecisionView])
async def list_scheme_decisions(
    scheme: InspectedScheme, session: Session, paging: Paging
) -> Page[SchemeDecision]:
    """See what was decided about a scheme and who takes part in it, newest first."""
    return await queries.schemes.decisions(session, scheme, paging)


@router.post(
    SCHEME + "/decisions",
    status_code=201,
    response_model=SchemeDecisionView,
    responses=refusals(StaffOnly, SchemeStateForbids, SchemeNotReady),
)
async def decide_about_scheme(
    request: SchemeDecisionRequest, caller: Staff, scheme: AnyScheme, session: Session
) -> SchemeDecision:
    """Open a scheme for everybody, or close it for good (staff)."""
    return await actions.schemes.decide(session, caller, scheme, request)


@router.post(
    SCHEME + "/recognitions",
    **RECOGNISED,
    responses=refusals(StaffOnly, AlreadyRecognised, AuthorityEnded, SchemeStateForbids),
)
async def recognise_scheme(
    request: RecognitionRequest, caller: Staff, scheme: AnyScheme, session: Session
) -> SchemeRecognition:
    """Record that an authority counts what is bought in a scheme (staff)."""
    return await actions.authorities.recognise(session, caller, scheme, request)


@router.post(
    SCHEME + "/recognitions/{recognition_id}/endings",
    **RECOGNISED,
    responses=refusals(StaffOnly, RecognitionEnded),
)
async def end_recognition(
    recognition_id: UUID,
    request: ReasonRequest,
    caller: Staff,
    scheme: AnyScheme,
    session: Session,
) -> SchemeRecognition:
    """Record that an authority counts nothing more of a scheme (staff)."""
    return await actions.authorities.end_recognition(
        session, caller, scheme, recognition_id, request.reason
    )
