"""Files that prove what a claim says."""

from collections.abc import Sequence

from fastapi import Request, Response

from app.core import files
from app.core.database import Session
from app.core.files import Upload
from app.core.http.routing import router as router_of
from app.core.problems import refusals
from app.fulfilments import actions, queries
from app.fulfilments.access import (
    ClaimedEvidence,
    ClaimedFulfilment,
    FulfilmentReader,
    ReadableEvidence,
    ReadableFulfilment,
    claims_for,
    still_claimed,
)
from app.fulfilments.models import FulfilmentEvidence
from app.fulfilments.problems import FulfilmentStateForbids, TooMuchEvidence
from app.fulfilments.schemas.evidence import FulfilmentEvidenceView
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall

router = router_of("/fulfilments/{fulfilment_id}/evidence", "Fulfilments")

WORKING = (RoleTooSmall, OrganisationInactive)


@router.get("", response_model=list[FulfilmentEvidenceView])
async def list_fulfilment_evidence(
    fulfilment: ReadableFulfilment, caller: FulfilmentReader, session: Session
) -> Sequence[FulfilmentEvidence]:
    """List the files of a claim: as it stands for the claimant, as submitted for the authority."""
    if claims_for(caller, fulfilment):
        return await queries.evidence.of_fulfilment(session, fulfilment.id)
    return await queries.evidence.ever_submitted(session, fulfilment.id)


@router.post(
    "",
    status_code=201,
    response_model=FulfilmentEvidenceView,
    responses=refusals(*WORKING, FulfilmentStateForbids, TooMuchEvidence),
)
async def attach_fulfilment_evidence(
    caller: Person,
    fulfilment: ClaimedFulfilment,
    upload: Upload,
    session: Session,
    response: Response,
) -> FulfilmentEvidence:
    """Attach a file to a draft, or to what was returned; from then on its SHA-256 is known.

    Take names, faces and numbers of candidates out before: the authority needs none of them.
    """
    await actions.evidence.insist_on_room(session, fulfilment)
    received = await upload.receive()
    fulfilment = await still_claimed(session, caller, fulfilment.id)
    made = await actions.evidence.attach(session, caller, fulfilment, received)
    place = f"/v1/fulfilments/{fulfilment.id}/evidence/{made.id}/content"
    response.headers["Location"] = place
    return made


@router.delete(
    "/{fulfilment_evidence_id}",
    status_code=204,
    responses=refusals(*WORKING, FulfilmentStateForbids),
)
async def remove_fulfilment_evidence(
    caller: Person, fulfilment: ClaimedFulfilment, evidence: ClaimedEvidence, session: Session
) -> None:
    """Take a file off a claim; if it was submitted with it, whoever decided keeps it."""
    await actions.evidence.remove(session, caller, fulfilment, evidence)


@router.get("/{fulfilment_evidence_id}/content", response_class=Response, responses=files.DOWNLOAD)
async def download_fulfilment_evidence(
    evidence: ReadableEvidence, request: Request, session: Session
) -> Response:
    """Download a file: any for the claimant's people, what was submitted for the authority's."""
    return await files.download(request, session, evidence.file)
