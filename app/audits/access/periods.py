"""Who may have a period report frozen, and who may read it: whoever reads the keeper's books."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from app.audits.models.periods import PeriodReport
from app.audits.schemas.periods import PeriodReportRequest
from app.core.database import Session
from app.core.problems import NotFound
from app.ledger.access import Books, reads
from app.ledger.chart import Book, ledger_id
from app.ledger.models import Ledger


async def _asked(
    request: PeriodReportRequest, books: Books, session: Session
) -> PeriodReportRequest:
    ledgers = [ledger_id(request.keeper_id, book) for book in Book]
    if not reads(books, request.keeper_id) or not [
        each for each in ledgers if await session.get(Ledger, each)
    ]:
        message = f"You know no books of {request.keeper_id}."
        raise NotFound(message).for_trail()
    return request


async def _readable(period_report_id: UUID, books: Books, session: Session) -> PeriodReport:
    found = await session.get(PeriodReport, period_report_id)
    if found is None or not reads(books, found.keeper_id):
        message = f"You know no period report {period_report_id}."
        raise NotFound(message).for_trail()
    return found


AskedReport = Annotated[PeriodReportRequest, Depends(_asked)]
"""A request for a report of books that the caller may read."""
ReadableReport = Annotated[PeriodReport, Depends(_readable)]
"""A report of books that the caller may read."""
