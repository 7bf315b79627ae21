"""Files for the bank: what leaves, and what the bank says of it."""

from fastapi import Response

from app.core.database import Session
from app.core.files import XmlUpload
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.ledger.problems import LimitReached
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.payments import actions, queries
from app.payments.access import BatchOfScheme, DecidedBatch, OperatedBatch, PayingScheme
from app.payments.models import BankBatch, BankStatusReport, BankTransfer
from app.payments.problems import (
    BankAccountClosed,
    BankWouldRefuse,
    NoBankDay,
    OutgoingStateForbids,
    PayeeNotReady,
    ReportOfOtherBatch,
)
from app.payments.schemas.batches import (
    BankBatchView,
    BankStatusReportView,
    BankTransferView,
    BatchRequest,
    CandidateView,
)
from app.schemes.access import ApprovedScheme

router = router_of("/schemes/{scheme_id}", "Bank")

BATCHES = "/bank-batches"
XML = "application/xml"
WORKING = (RoleTooSmall, OrganisationInactive)


@router.get("/bank-batch-candidates", response_model=PageOf[CandidateView])
async def list_batch_candidates(
    scheme: PayingScheme, session: Session, paging: Paging
) -> Page[actions.payees.Candidate]:
    """List what is approved and leaves by bank, and why some of it can't leave today."""
    return await actions.payees.candidates(session, scheme, paging)


@router.get(BATCHES, response_model=PageOf[BankBatchView])
async def list_bank_batches(
    scheme: PayingScheme, session: Session, paging: Paging
) -> Page[BankBatch]:
    """List the files that were made for the bank; newest first."""
    return await queries.batches.listed(session, scheme, paging)


@router.post(
    BATCHES,
    status_code=201,
    response_model=BankBatchView,
    responses=refusals(
        *(*WORKING, NotFound, BankAccountClosed, NoBankDay, OutgoingStateForbids),
        *(PayeeNotReady, BankWouldRefuse, LimitReached),
    ),
)
async def make_bank_batch(
    request: BatchRequest,
    caller: Person,
    scheme: ApprovedScheme,
    session: Session,
    _once: Idempotent,
) -> BankBatch:
    """Put approved outgoings into one file for the bank (the operator's approvers).

    They leave the books now, and can't be withheld any more: download the file and give it to the
    bank, whose own signatures it still needs.
    """
    return await actions.batches.make(session, caller, scheme, request)


@router.get(BATCHES + "/{bank_batch_id}", response_model=BankBatchView)
async def read_bank_batch(batch: BatchOfScheme) -> BankBatch:
    """Read what a file for the bank says in all."""
    return batch


@router.get(BATCHES + "/{bank_batch_id}/transfers", response_model=PageOf[BankTransferView])
async def list_bank_transfers(
    batch: BatchOfScheme, session: Session, paging: Paging
) -> Page[BankTransfer]:
    """List what is in a file for the bank, and what the bank said of each."""
    return await queries.batches.transfer_page(session, batch, paging)


@router.get(
    BATCHES + "/{bank_batch_id}/file",
    response_class=Response,
    responses={200: {"content": {XML: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def download_bank_batch(batch: DecidedBatch, session: Session) -> Response:
    """Download the file (`pain.001.001.09`), always the same (the operator's approvers)."""
    content = await actions.batches.file_of(session, batch)
    disposition = f'attachment; filename="baat-{batch.id}.xml"'
    return Response(content, media_type=XML, headers={"Content-Disposition": disposition})


@router.post(
    BATCHES + "/{bank_batch_id}/status-reports",
    status_code=201,
    response_model=BankStatusReportView,
    responses=refusals(*WORKING, ReportOfOtherBatch),
)
async def import_status_report(
    caller: Person, batch: OperatedBatch, upload: XmlUpload, session: Session
) -> BankStatusReport:
    """Import what the bank says of a file (`pain.002`, versions 03 and 10), the operator's members.

    What it rejects is owed again. The same report twice is as once.
    """
    received = await upload.receive()
    report = await actions.status_reports.read(session, received)
    return await actions.status_reports.take(session, caller, batch, received, report)
