"""Files that belong to a plan."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.core import files
from app.core.database import Session
from app.core.files import Upload
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.projects import actions, queries
from app.projects.access import (
    DraftedProject,
    OwnAttachment,
    OwnProject,
    ReadableAttachment,
    still_own,
)
from app.projects.models import PlanAttachment
from app.projects.problems import ProjectStateForbids, TooManyAttachments
from app.projects.schemas.plans import AttachmentView

router = router_of("/projects/{project_id}/attachments", "Plans")

WORKING = (RoleTooSmall, OrganisationInactive)


@router.get("", response_model=PageOf[AttachmentView], responses=refusals(RoleTooSmall))
async def list_attachments(
    project: DraftedProject, session: Session, paging: Paging
) -> Page[PlanAttachment]:
    """List what is attached to a draft (the entrepreneur's people); versions name their own."""
    return await queries.plans.attachment_page(session, project, paging)


@router.post(
    "",
    status_code=201,
    response_model=AttachmentView,
    responses=refusals(*WORKING, ProjectStateForbids, TooManyAttachments),
)
async def attach_file(  # noqa: PLR0913  Each is one thing that the edge hands in.
    caller: Person,
    project: OwnProject,
    upload: Upload,
    session: Session,
    response: Response,
    *,
    is_public: Annotated[
        bool, Query(alias="isPublic", description="Whether buyers see it once it is listed.")
    ] = False,
) -> PlanAttachment:
    """Attach a file to a draft; buyers see it only if it is public."""
    await actions.attachments.insist_on_room(session, project)
    received = await upload.receive()
    project = await still_own(session, caller, project.id)
    made = await actions.attachments.attach(session, caller, project, received, is_public=is_public)
    response.headers["Location"] = f"/v1/projects/{project.id}/attachments/{made.id}/content"
    return made


@router.delete(
    "/{attachment_id}", status_code=204, responses=refusals(*WORKING, ProjectStateForbids)
)
async def remove_attachment(
    caller: Person, project: OwnProject, attachment: OwnAttachment, session: Session
) -> None:
    """Take a file off a draft; versions that were submitted with it keep it."""
    await actions.attachments.remove(session, caller, project, attachment)


@router.get(
    "/{attachment_id}/content",
    response_class=Response,
    responses=files.DOWNLOAD,
)
async def download_attachment(
    attachment: ReadableAttachment, request: Request, session: Session
) -> Response:
    """Download a file: of a draft for the entrepreneur's people, as submitted for the operator."""
    return await files.download(request, session, attachment.file)
