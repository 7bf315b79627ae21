"""The public market: what is for sale, for everybody and without signing in.

Figures come from the books a second later at the most. An answer names its version in the ETag;
ask again with `If-None-Match`, and a 304 costs next to nothing.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from app.core import clock, files
from app.core.database import Session
from app.core.http import etags, validators
from app.core.http.routing import router as router_of
from app.core.paging import PageOf
from app.core.problems import NotFound, refusals
from app.projects import queries
from app.projects.access import PublicAttachment
from app.projects.schemas import MarketProjectView, MarketRequest, WholeMarketProjectView
from app.projects.schemas.market import on_page, on_pages

router = router_of("/market/projects", "Market")

ADDRESS = router.prefix
"""Of what `actions.market` keeps the version of."""


@router.get("", response_model=PageOf[MarketProjectView], responses={304: {}})
async def list_market_projects(
    wanted: Annotated[MarketRequest, Query()],
    session: Session,
    request: Request,
    response: Response,
) -> PageOf[MarketProjectView]:
    """Browse what is for sale, or will be, or was; no sign-in needed.

    Each page is read in the order of `sort`; pass `next` as `after` to go on.
    """
    today = clock.today()
    rows = await queries.market.projects(session, wanted, today)
    if rows:
        validators.mark(request, response, rows[0].version, today)
    else:
        etags.mark_public(response, max_age_seconds=1)
    return on_pages(rows, wanted.limit, today)


@router.get(
    "/{listed_project_id}",
    response_model=WholeMarketProjectView,
    responses={304: {}, **refusals(NotFound)},
)
async def read_market_project(
    listed_project_id: UUID, session: Session, request: Request, response: Response
) -> WholeMarketProjectView:
    """Read all that everybody may know of a project on the market; no sign-in needed."""
    row = await queries.market.project(session, listed_project_id)
    if row is None:
        message = f"There is no project {listed_project_id} on the market."
        raise NotFound(message)
    today = clock.today()
    validators.mark(request, response, row.version, today)
    results = await queries.reports.for_everybody(session, listed_project_id, row.scheme_id)
    return on_page(row, results, today)


@router.get(
    "/{listed_project_id}/attachments/{listed_attachment_id}",
    response_class=Response,
    responses={**files.DOWNLOAD, **refusals(NotFound)},
)
async def download_market_attachment(
    attachment: PublicAttachment, request: Request, session: Session
) -> Response:
    """Download a public attachment of a project on the market; no sign-in needed."""
    return await files.download(request, session, attachment, is_public=True)
