"""Findings: raised by an auditor, assigned and answered by who is audited, concluded again."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.access.auditing import OwnAudit
from app.audits.access.findings import (
    AnsweredFinding,
    AssignedFinding,
    ConcludedFinding,
    ContributedFinding,
    FindingsAt,
    SeenFinding,
    SeenFindingFile,
    still_contributed,
)
from app.audits.actions import findings
from app.audits.models import AuditFinding, AuditFindingFile, AuditFindingStep
from app.audits.problems import FindingStateForbids, TooManyFindingFiles
from app.audits.queries import findings as found
from app.audits.routes.listing import FILES, answer
from app.audits.schemas.findings import (
    AuditFindingView,
    FindingAssignmentRequest,
    FindingFileView,
    FindingReopeningRequest,
    FindingRequest,
    FindingsRequest,
    FindingStepView,
    FindingTextRequest,
)
from app.audits.schemas.lists import ListOf
from app.core import clock, files
from app.core.database import Session
from app.core.files import Upload
from app.core.http import etags
from app.core.http.etags import Expected, IfMatch
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, PageRequest, Paging
from app.core.problems import NotFound, refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall

router = router_of("", "Findings")

AT_ORGANISATION = "/organisations/{organisation_id}/findings"
FINDING = "/findings/{finding_id}"
CONCLUDING = refusals(RoleTooSmall, FindingStateForbids)
WORKING = refusals(RoleTooSmall, OrganisationInactive, FindingStateForbids)


@router.post(
    AT_ORGANISATION,
    status_code=201,
    response_model=AuditFindingView,
    responses=refusals(RoleTooSmall, NotFound),
)
async def raise_finding(
    request: FindingRequest,
    caller: Person,
    audit: OwnAudit,
    session: Session,
    _once: Idempotent,
) -> AuditFindingView:
    """Tell an organisation what was found there, and until when to answer (its auditors).

    Attach what proves it to the finding afterwards.
    """
    return AuditFindingView.of(await findings.raise_finding(session, caller, audit, request))


@router.get(AT_ORGANISATION, response_model=ListOf[AuditFindingView], responses=FILES)
async def list_findings(
    request: Request,
    at: FindingsAt,
    session: Session,
    asked: Annotated[FindingsRequest, Query()],
) -> Response | ListOf[AuditFindingView]:
    """List the findings at an organisation, newest first: its people all, auditors their own."""
    overdue_on = clock.today() if asked.overdue else None
    narrowed = replace(
        at.narrowed, state=asked.state, severity=asked.severity, overdue_on=overdue_on
    )

    async def read(paging: PageRequest, _position: int) -> Page[AuditFindingView]:
        page = await found.listed(session, at.organisation_id, narrowed, paging)
        return page.showing(AuditFindingView.of)

    return await answer(request, session, asked, AuditFindingView, read)


@router.get(FINDING, response_model=AuditFindingView)
async def read_finding(finding: SeenFinding, response: Response) -> AuditFindingView:
    """Read a finding (the audited organisation's people, and the auditor's side)."""
    etags.mark(response, finding)
    return AuditFindingView.of(finding)


@router.get(FINDING + "/steps", response_model=PageOf[FindingStepView])
async def list_finding_steps(
    finding: SeenFinding, session: Session, paging: Paging
) -> Page[AuditFindingStep]:
    """List what happened to a finding, the oldest first."""
    return await found.steps(session, finding.id, paging)


async def _kept(session: AsyncSession, finding: AuditFinding, expected: Expected) -> AuditFinding:
    kept = await findings.keep(session, finding.id)
    etags.check(kept, expected)
    return kept


def _shown(response: Response, finding: AuditFinding) -> AuditFindingView:
    etags.mark(response, finding)
    return AuditFindingView.of(finding)


@router.post(
    FINDING + "/assignments",
    status_code=201,
    response_model=AuditFindingView,
    responses={**WORKING, **refusals(NotFound)},
)
async def assign_finding(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: FindingAssignmentRequest,
    caller: Person,
    finding: AssignedFinding,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> AuditFindingView:
    """Let a member answer a finding (the audited organisation's admins)."""
    kept = await _kept(session, finding, expected)
    made = await findings.assign(session, caller, kept, request.user_id, request.text)
    return _shown(response, made)


@router.post(
    FINDING + "/answers", status_code=201, response_model=AuditFindingView, responses=WORKING
)
async def answer_finding(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: FindingTextRequest,
    caller: Person,
    finding: AnsweredFinding,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> AuditFindingView:
    """Answer a finding (whom it is assigned to, or who decides for the audited organisation)."""
    kept = await _kept(session, finding, expected)
    return _shown(response, await findings.answer(session, caller, kept, request.text))


@router.post(
    FINDING + "/conclusions",
    status_code=201,
    response_model=AuditFindingView,
    responses=CONCLUDING,
)
async def close_finding(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: FindingTextRequest,
    caller: Person,
    finding: ConcludedFinding,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> AuditFindingView:
    """Close a finding with a conclusion (its auditor)."""
    kept = await _kept(session, finding, expected)
    return _shown(response, await findings.close(session, caller, kept, request.text))


@router.post(
    FINDING + "/reopenings",
    status_code=201,
    response_model=AuditFindingView,
    responses=CONCLUDING,
)
async def reopen_finding(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: FindingReopeningRequest,
    caller: Person,
    finding: ConcludedFinding,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> AuditFindingView:
    """Ask for another answer to a finding, also where it was closed (its auditor)."""
    kept = await _kept(session, finding, expected)
    return _shown(response, await findings.reopen(session, caller, kept, request))


@router.get(FINDING + "/files", response_model=list[FindingFileView])
async def list_finding_files(finding: SeenFinding, session: Session) -> Sequence[AuditFindingFile]:
    """List the files of a finding and of its answers."""
    return await found.files(session, finding.id)


@router.post(
    FINDING + "/files",
    status_code=201,
    response_model=FindingFileView,
    responses=refusals(
        *(RoleTooSmall, OrganisationInactive, FindingStateForbids, TooManyFindingFiles)
    ),
)
async def attach_finding_file(
    caller: Person,
    contributed: ContributedFinding,
    upload: Upload,
    session: Session,
    response: Response,
) -> AuditFindingFile:
    """Attach what proves a finding (its auditor), or the answer to it (who answers)."""
    finding_id = contributed.finding.id
    findings.insist_on_open(contributed.finding)
    await findings.insist_on_room(session, contributed.finding)
    received = await upload.receive()
    again = await still_contributed(session, caller, finding_id)
    made = await findings.attach(session, caller, again.finding, received, again.side)
    response.headers["Location"] = f"/v1/findings/{finding_id}/files/{made.id}/content"
    return made


@router.get(
    FINDING + "/files/{finding_file_id}/content",
    response_class=Response,
    responses=files.DOWNLOAD,
)
async def download_finding_file(
    attached: SeenFindingFile, request: Request, session: Session
) -> Response:
    """Download a file of a finding, or of an answer to it."""
    return await files.download(request, session, attached.file)
