"""Period reports: frozen on request, and the same byte for byte when computed again."""

import io
import json
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Query, Response

from app.audits import queries
from app.audits.access.periods import AskedReport, ReadableReport
from app.audits.actions import periods
from app.audits.models import PeriodReport
from app.audits.periods import printing
from app.audits.problems import PeriodNotBegun
from app.audits.schemas.periods import (
    PeriodReportView,
    RecomputationView,
    ReportDifferenceView,
    RestatementsView,
)
from app.core.database import Session
from app.core.files import names
from app.core.files.kinds import XLSX
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.core.sheets import writing
from app.fulfilments.routes.certificate_documents import Reading
from app.ledger.access import KeepersOfList
from app.ledger.problems import NotKnownYet
from app.organisations.access import Person
from app.transparency.problems import LeafPending

router = router_of("/period-reports", "Period reports")

HTML, CSV, JSON = "text/html", "text/csv; charset=utf-8", "application/json"


class SheetFormat(StrEnum):
    """How rows are written for a spreadsheet."""

    CSV = "csv"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        """How it is announced."""
        return CSV if self is SheetFormat.CSV else XLSX.media_type


AsKnown = Annotated[
    int | None,
    Query(
        ge=0,
        le=2**63 - 1,
        description="Compared with what is known at this position; by default, by now.",
    ),
]


def _form(media_type: str) -> dict[int | str, dict[str, Any]]:
    shown = {"type": "object" if media_type == JSON else "string"}
    told = {"description": "The report", "content": {media_type: {"schema": shown}}}
    return {200: told, **refusals(NotFound)}


SHEETS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The rows",
        "content": {
            form.media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for form in SheetFormat
        },
    },
    **refusals(NotFound),
}


@router.post(
    "",
    status_code=201,
    response_model=PeriodReportView,
    responses=refusals(NotFound, PeriodNotBegun, NotKnownYet, LeafPending),
)
async def freeze_period_report(
    request: AskedReport, caller: Person, session: Session
) -> PeriodReport:
    """Freeze what the books say of a period, as known at a position.

    The same period at the same position is the same report, however often it is asked for. Whoever
    reads the books of a scheme or an authority may ask: its people, its auditors, staff.
    """
    return await periods.freeze(session, caller, request)


@router.get("", response_model=PageOf[PeriodReportView])
async def list_period_reports(
    asked: KeepersOfList, session: Session, paging: Paging
) -> Page[PeriodReport]:
    """List frozen reports, newest first."""
    return await queries.periods.listed(session, asked.ids, asked.keeper_id, paging)


@router.get("/{period_report_id}", response_model=PeriodReportView, responses=refusals(NotFound))
async def read_period_report(report: ReadableReport) -> PeriodReport:
    """Read of what a report is, and its hash."""
    return report


@router.get(
    "/{period_report_id}/content",
    response_class=Response,
    responses=_form(JSON),
)
async def read_period_report_content(report: ReadableReport) -> Response:
    """Read the figures: the very bytes that the hash is of (canonical JSON, RFC 8785)."""
    named = {names.HEADER: names.attachment(f"{_name(report)}.json")}
    return Response(report.content, media_type=JSON, headers=named)


@router.get("/{period_report_id}/document.html", response_class=Response, responses=_form(HTML))
async def read_period_report_page(
    report: ReadableReport, language: Reading, session: Session
) -> Response:
    """Read the report as a web page, with what its contracts and rounds are called today."""
    called = await queries.periods.names(session, report.keeper_id)
    text = printing.page(json.loads(report.content), report.sha256, called, language)
    policy = {"Content-Security-Policy": printing.POLICY}
    return Response(text, media_type=HTML, headers=policy)


@router.get("/{period_report_id}/rows.{sheet_format}", response_class=Response, responses=SHEETS)
async def download_period_report_rows(
    report: ReadableReport, sheet_format: SheetFormat, session: Session
) -> Response:
    """Download the report's lines for a spreadsheet, with what things are called today."""
    called = await queries.periods.names(session, report.keeper_id)
    rows = writing.each(printing.cells(json.loads(report.content), report.sha256, called))
    if sheet_format is SheetFormat.CSV:
        content = b"".join([part async for part in writing.as_csv(printing.HEADER, rows)])
    else:
        file = io.BytesIO()
        await writing.as_workbook(file, writing.Sheet(report.period, printing.HEADER, rows))
        content = file.getvalue()
    named = {names.HEADER: names.attachment(f"{_name(report)}.{sheet_format}")}
    return Response(content, media_type=sheet_format.media_type, headers=named)


def _name(report: PeriodReport) -> str:
    return f"period-{report.period}-{report.position}"


@router.get(
    "/{period_report_id}/recomputation",
    response_model=RecomputationView,
    responses=refusals(NotFound),
)
async def recompute_period_report(report: ReadableReport, session: Session) -> RecomputationView:
    """Compute the report again, as known at its own position, and compare it.

    Anything but equal means that the books are not what they were.
    """
    found = await queries.periods.recomputed(session, report)
    return RecomputationView(
        is_equal=found.sha256 == report.sha256,
        sha256=found.sha256,
        differences=[ReportDifferenceView.of(each) for each in found.differences],
    )


@router.get(
    "/{period_report_id}/restatements",
    response_model=RestatementsView,
    responses=refusals(NotFound, NotKnownYet, LeafPending),
)
async def list_restatements_of_period_report(
    report: ReadableReport, session: Session, position: AsKnown = None
) -> RestatementsView:
    """List what is known otherwise of the period by now: as known then, and as known now."""
    found = await queries.periods.restated(session, report, position)
    return RestatementsView(
        position=found.position,
        restatements=[ReportDifferenceView.of(each) for each in found.differences],
    )
