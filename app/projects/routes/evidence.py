"""Files that prove what a report says."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.core import files
from app.core.database import Session
from app.core.files import Upload
from app.core.http.routing import router as router_of
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.projects import actions
from app.projects.access import (
    OwnEvidence,
    OwnProject,
    OwnReport,
    ProvableReport,
    ReadableEvidence,
    still_own,
)
from app.projects.models import ReportEvidence
from app.projects.problems import ReportStateForbids, TooManyAttachments
from app.projects.schemas.reports import EvidenceView

router = router_of("/projects/{project_id}/reports/{report_id}/evidence", "Reports")

WORKING = (RoleTooSmall, OrganisationInactive)


@router.post(
    "",
    status_code=201,
    response_model=EvidenceView,
    responses=refusals(*WORKING, ReportStateForbids, TooManyAttachments),
)
async def attach_evidence(  # noqa: PLR0913  Each is one thing that the edge hands in.
    caller: Person,
    project: OwnProject,
    report: ProvableReport,
    upload: Upload,
    session: Session,
    response: Response,
    *,
    promise: Annotated[
        int | None,
        Query(ge=1, le=100, description="Which evidence it is of those that the plan promised."),
    ] = None,
    is_public: Annotated[
        bool,
        Query(alias="isPublic", description="Whether buyers see it, once the report is accepted."),
    ] = False,
) -> ReportEvidence:
    """Attach a file to the draft of a report; it is known by its SHA-256 from then on."""
    await actions.evidence.insist_on_room(session, report)
    received = await upload.receive()
    project = await still_own(session, caller, project.id)
    made = await actions.evidence.attach(
        session, caller, project, report, received, promise=promise, is_public=is_public
    )
    response.headers["Location"] = (
        f"/v1/projects/{project.id}/reports/{report.id}/evidence/{made.id}/content"
    )
    return made


@router.delete("/{evidence_id}", status_code=204, responses=refusals(*WORKING, ReportStateForbids))
async def remove_evidence(
    caller: Person, report: OwnReport, evidence: OwnEvidence, session: Session
) -> None:
    """Take a file off a draft; versions that were submitted with it keep it."""
    await actions.evidence.remove(session, caller, report, evidence)


@router.get("/{evidence_id}/content", response_class=Response, responses=files.DOWNLOAD)
async def download_evidence(
    evidence: ReadableEvidence, request: Request, session: Session
) -> Response:
    """Download a file: of a draft for the entrepreneur's people, as submitted for the operator."""
    return await files.download(request, session, evidence.file)
