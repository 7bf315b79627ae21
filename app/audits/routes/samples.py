"""Samples: drawn by an auditor, and again by anybody."""

from bisect import bisect_right
from operator import attrgetter

from fastapi import Request, Response

from app.audits.access.auditing import DrawnSample, OwnAudit
from app.audits.actions import samples
from app.audits.problems import NothingToDraw
from app.audits.queries import samples as drawn
from app.audits.routes.authorities import Asked
from app.audits.routes.listing import FILES, answer
from app.audits.schemas.lists import ListOf
from app.audits.schemas.samples import (
    AuditSampleItemView,
    AuditSampleRequest,
    AuditSampleView,
    PopulationItemView,
    RedrawView,
)
from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, PageRequest, Paging
from app.core.problems import NotFound, refusals
from app.ledger.problems import NotKnownYet
from app.organisations.access import Person
from app.organisations.problems import RoleTooSmall

router = router_of("", "Audits")

OF_ORGANISATION = "/organisations/{organisation_id}/audit-samples"
SAMPLE = "/audits/samples/{audit_sample_id}"


@router.post(
    OF_ORGANISATION,
    status_code=201,
    response_model=AuditSampleView,
    responses=refusals(RoleTooSmall, NotFound, NotKnownYet, NothingToDraw),
)
async def draw_audit_sample(
    request: AuditSampleRequest,
    caller: Person,
    audit: OwnAudit,
    session: Session,
    _once: Idempotent,
) -> AuditSampleView:
    """Draw a sample of what an organisation's books say, as known at a position (its auditors).

    At random, or by monetary units (ISA 530): anybody who has the seed draws the same again.
    """
    made = await samples.draw(session, caller, audit, request)
    return AuditSampleView.of(made, await drawn.count_items(session, made.id))


@router.get(
    OF_ORGANISATION, response_model=PageOf[AuditSampleView], responses=refusals(RoleTooSmall)
)
async def list_audit_samples(
    audit: OwnAudit, session: Session, paging: Paging
) -> Page[AuditSampleView]:
    """List the samples that were drawn of an organisation's books, newest first (its auditors)."""
    page = await drawn.listed(session, audit.organisation_id, paging)
    counts = {each.id: await drawn.count_items(session, each.id) for each in page.items}
    return page.showing(lambda sample: AuditSampleView.of(sample, counts[sample.id]))


@router.get(SAMPLE, response_model=AuditSampleView, responses=refusals(RoleTooSmall))
async def read_audit_sample(sample: DrawnSample, session: Session) -> AuditSampleView:
    """Read a sample, and all that it takes to draw it again (the organisation's auditors)."""
    return AuditSampleView.of(sample, await drawn.count_items(session, sample.id))


@router.get(
    SAMPLE + "/items",
    response_model=ListOf[AuditSampleItemView],
    responses={**FILES, **refusals(RoleTooSmall)},
)
async def list_audit_sample_items(
    request: Request, sample: DrawnSample, session: Session, asked: Asked
) -> Response | ListOf[AuditSampleItemView]:
    """List the rows of a sample, in the order of the population."""

    async def read(paging: PageRequest, _position: int) -> Page[AuditSampleItemView]:
        page = await drawn.items(session, sample.id, paging)
        return page.showing(lambda row: AuditSampleItemView.of(row, sample.population))

    asked = asked.model_copy(update={"position": sample.position})
    return await answer(request, session, asked, AuditSampleItemView, read)


@router.get(
    SAMPLE + "/population",
    response_model=ListOf[PopulationItemView],
    responses={**FILES, **refusals(RoleTooSmall)},
)
async def list_audit_sample_population(
    request: Request, sample: DrawnSample, session: Session, asked: Asked
) -> Response | ListOf[PopulationItemView]:
    """List all that could have been drawn, in the order in which a sample is drawn of it."""
    # A file is read page by page: it takes them from what was read once.
    whole = None if asked.format is None else await samples.population_of(session, sample)

    async def read(paging: PageRequest, _position: int) -> Page[PopulationItemView]:
        if whole is None:
            rows = await samples.population_of(session, sample, paging)
        else:
            begin = bisect_right(whole, paging.after, key=attrgetter("id")) if paging.after else 0
            rows = whole[begin : begin + paging.limit + 1]
        page = Page(rows, paging.limit)
        return page.showing(lambda item: PopulationItemView.of(item, sample.population))

    asked = asked.model_copy(update={"position": sample.position})
    return await answer(request, session, asked, PopulationItemView, read)


@router.get(SAMPLE + "/redraw", response_model=RedrawView, responses=refusals(RoleTooSmall))
async def redraw_audit_sample(sample: DrawnSample, session: Session) -> RedrawView:
    """Draw a sample again from the books, and say whether it is the same, to the row."""
    again = await samples.redraw(session, sample)
    return RedrawView(
        is_same=again.is_same, items=again.items, population_sha256=again.population_sha256.hex()
    )
