"""Take what the bank says of a batch: what it rejects is owed again."""

import asyncio
from collections import Counter
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, files, jobs
from app.core.database import settings_of
from app.core.files import Received
from app.organisations.callers import Caller
from app.payments import queries
from app.payments.actions import outgoings
from app.payments.actions.statements import refused
from app.payments.models import BankBatch, BankStatusReport, BankTransfer, OutgoingStatus
from app.payments.problems import ReportOfOtherBatch
from app.payments.sepa import pain002
from app.payments.sepa.faults import MessageRefusedError
from app.payments.sepa.pain001 import bank_id, our_id
from app.payments.sepa.pain002 import Said, StatusReport, Verdict

REJECT = jobs.JobKind("payments.reject", max_attempts=40)
"""Owe again what the bank rejected."""


async def read(session: AsyncSession, received: Received) -> StatusReport:
    """Read a received file, beside the loop that others wait for.

    Raises:
        InvalidRequest: it is no `pain.002`; every fault is named.
    """
    content = await files.read(settings_of(session), received)
    try:
        return await asyncio.to_thread(pain002.read, content)
    except MessageRefusedError as error:
        raise refused(error) from error


async def take(
    session: AsyncSession,
    caller: Caller,
    batch: BankBatch,
    received: Received,
    report: StatusReport,
) -> BankStatusReport:
    """Note what the bank says of each transfer; the same report twice is as once.

    Raises:
        ReportOfOtherBatch: it is about another file.
    """
    if our_id(report.batch_id) != batch.id:
        message = f"The report is about the file {report.batch_id}: upload it to that batch."
        raise ReportOfOtherBatch(message)
    transfers = await queries.batches.locked_transfers(session, batch.id)
    known = await queries.batches.report(session, batch.id, report.id)
    if known is not None:
        return known
    said = {transfer.id: report.of(bank_id(transfer.outgoing_id)) for transfer in transfers}
    count = Counter(about.verdict for about in said.values() if about is not None)
    file = await files.keep(session, received, caller.actor)
    kept = BankStatusReport(
        batch_id=batch.id,
        file_id=file.id,
        message_id=report.id,
        accepted_count=count[Verdict.ACCEPTED],
        rejected_count=count[Verdict.REJECTED],
        waiting_count=count[Verdict.WAITING],
        imported_by=str(caller.actor),
    )
    session.add(kept)
    for transfer in transfers:
        await _heed(session, transfer, said[transfer.id])
    events.record(
        session,
        "bank-batch.reported",
        batch.id,
        caller.actor,
        rejected=kept.rejected_count,
    )
    await session.flush()
    return kept


async def _heed(session: AsyncSession, transfer: BankTransfer, said: Said | None) -> None:
    """Note what is said of one transfer; a rejection is the last word."""
    if said is None or transfer.verdict is Verdict.REJECTED:
        return
    transfer.verdict, transfer.bank_status = said.verdict, said.status
    transfer.reason = said.reason
    if said.verdict is Verdict.REJECTED:
        await jobs.enqueue(session, REJECT, outgoing_id=transfer.outgoing_id, reason=said.reason)


async def reject(session: AsyncSession, outgoing_id: UUID, reason: str | None) -> None:
    """Owe again what the bank rejected before it was booked.

    What the statement shows as paid is not undone by a report: if it comes back, that shows too.
    """
    outgoing = await queries.outgoings.locked(session, outgoing_id)
    came_back = await queries.bank.waiting_returns(session, outgoing)
    if outgoing.status is OutgoingStatus.SENT and not came_back:
        await outgoings.fail(session, outgoing, reason or "rejected", clock.now())
