"""What buyers read of the projects that they bought of: the public part of reports."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from app.core import files
from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.problems import NotFound
from app.orders.access import ReadableOrder
from app.projects.queries import reports
from app.projects.schemas.reports import PublicReportView, on_public_pages

router = router_of("/orders/{order_id}/reports", "Reports")


@router.get("", response_model=list[PublicReportView])
async def list_reports_of_order(order: ReadableOrder, session: Session) -> Sequence[Any]:
    """Read what came of the project that was bought of: submitted reports, without costs."""
    return on_public_pages(await reports.public(session, order.project_id))


@router.get(
    "/evidence/{public_evidence_id}/content", response_class=Response, responses=files.DOWNLOAD
)
async def download_public_evidence(
    public_evidence_id: UUID, order: ReadableOrder, request: Request, session: Session
) -> Response:
    """Download a public file of a report on the project that was bought of."""
    found = await reports.public_file(session, order.project_id, public_evidence_id)
    if found is None:
        message = f"There is no {public_evidence_id} here."
        raise NotFound(message)
    return await files.download(request, session, found)
