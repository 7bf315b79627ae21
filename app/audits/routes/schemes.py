"""From the figures of a scheme, and from what a claim rests on, to the entries and their proof."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.audits import queries
from app.audits.access.chain import (
    AuditedEntry,
    AuditedOrder,
    AuditedPayout,
    AuditedReportFile,
    SeenKeepers,
)
from app.audits.queries import entries
from app.audits.routes.authorities import Asked, At
from app.audits.routes.listing import FILES, answer, known
from app.audits.schemas.books import (
    AuditedEntryView,
    AuditedOrderView,
    AuditedPayoutView,
    AuditedProofView,
    AuditedSchemeView,
    AuditView,
    OrdersRequest,
    ProofLinksView,
)
from app.audits.schemas.chain import AuditedFileView
from app.audits.schemas.lists import ListOf, href
from app.core import files
from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageRequest
from app.core.problems import refusals
from app.ledger.problems import NotKnownYet
from app.organisations.access import Person
from app.schemes.access import InspectedScheme
from app.transparency.problems import LeafPending
from app.transparency.queries import contents, proving

router = router_of("/audits", "Audits")


@router.get("", response_model=list[AuditView])
async def list_audits(caller: Person, session: Session) -> list[AuditView]:
    """List whom the caller audits today, and where to begin."""
    return [AuditView.of(each) for each in await queries.figures.audits_of(session, caller.user_id)]


@router.get(
    "/schemes/{scheme_id}", response_model=AuditedSchemeView, responses=refusals(NotKnownYet)
)
async def read_audited_scheme(
    scheme: InspectedScheme, session: Session, position: At = None
) -> AuditedSchemeView:
    """Read the figures of a scheme, of its money and its units: where an audit of it begins."""
    at = await known(session, position)
    return AuditedSchemeView.of(
        (scheme.id, scheme.code), await queries.figures.of_scheme(session, scheme.id, at), at
    )


@router.get("/schemes/{scheme_id}/orders", response_model=ListOf[AuditedOrderView], responses=FILES)
async def list_audited_orders(
    request: Request,
    scheme: InspectedScheme,
    session: Session,
    asked: Annotated[OrdersRequest, Query()],
) -> Response | ListOf[AuditedOrderView]:
    """List the orders of a scheme, or of one project in it, the oldest first."""

    async def read(paging: PageRequest, _position: int) -> Page[AuditedOrderView]:
        page = await queries.orders.of_scheme(session, scheme.id, asked.project_id, paging)
        return page.showing(AuditedOrderView.of)

    return await answer(request, session, asked, AuditedOrderView, read)


@router.get(
    "/schemes/{scheme_id}/payouts", response_model=ListOf[AuditedPayoutView], responses=FILES
)
async def list_audited_payouts(
    request: Request,
    scheme: InspectedScheme,
    session: Session,
    asked: Annotated[OrdersRequest, Query()],
) -> Response | ListOf[AuditedPayoutView]:
    """List the payouts of a scheme, or of one project in it, the oldest first."""

    async def read(paging: PageRequest, _position: int) -> Page[AuditedPayoutView]:
        page = await queries.orders.payouts(session, scheme.id, asked.project_id, paging)
        return page.showing(AuditedPayoutView.of)

    return await answer(request, session, asked, AuditedPayoutView, read)


@router.get(
    "/schemes/{scheme_id}/entries", response_model=ListOf[AuditedEntryView], responses=FILES
)
async def list_audited_entries_of_scheme(
    request: Request, scheme: InspectedScheme, keepers: SeenKeepers, session: Session, asked: Asked
) -> Response | ListOf[AuditedEntryView]:
    """List the journal of a scheme, the oldest first."""

    async def read(paging: PageRequest, position: int) -> Page[AuditedEntryView]:
        page = await entries.of_keeper(session, keepers, scheme.id, position, paging)
        return page.showing(AuditedEntryView.of)

    return await answer(request, session, asked, AuditedEntryView, read)


@router.get("/payouts/{payout_id}", response_model=AuditedPayoutView)
async def read_audited_payout(payout: AuditedPayout, session: Session) -> AuditedPayoutView:
    """Read a payout."""
    return AuditedPayoutView.of(await queries.orders.payout(session, payout.id))


@router.get(
    "/payouts/{payout_id}/entries", response_model=ListOf[AuditedEntryView], responses=FILES
)
async def list_audited_entries_of_payout(
    request: Request, payout: AuditedPayout, keepers: SeenKeepers, session: Session, asked: Asked
) -> Response | ListOf[AuditedEntryView]:
    """List what was entered about a payout, the oldest first."""
    ids = entries.under(f"payout/{payout.id}")

    async def read(paging: PageRequest, position: int) -> Page[AuditedEntryView]:
        page = await entries.seen(session, keepers, ids, position, paging)
        return page.showing(AuditedEntryView.of)

    return await answer(request, session, asked, AuditedEntryView, read)


@router.get("/orders/{order_id}", response_model=AuditedOrderView)
async def read_audited_order(seen: AuditedOrder, session: Session) -> AuditedOrderView:
    """Read an order: what was bought of which project, and its serials."""
    return AuditedOrderView.of(await queries.orders.one(session, seen.order.id))


@router.get("/orders/{order_id}/entries", response_model=ListOf[AuditedEntryView], responses=FILES)
async def list_audited_entries_of_order(
    request: Request, seen: AuditedOrder, keepers: SeenKeepers, session: Session, asked: Asked
) -> Response | ListOf[AuditedEntryView]:
    """List what was entered about an order, the oldest first.

    For an authority's side it is how the units moved; the money is the operator's affair.
    """
    ids = entries.about_order(seen.order.id)

    async def read(paging: PageRequest, position: int) -> Page[AuditedEntryView]:
        page = await entries.seen(session, keepers, ids, position, paging)
        return page.showing(AuditedEntryView.of)

    return await answer(request, session, asked, AuditedEntryView, read)


@router.get("/orders/{order_id}/evidence", response_model=ListOf[AuditedFileView], responses=FILES)
async def list_audited_report_files(
    request: Request, seen: AuditedOrder, session: Session, asked: Asked
) -> Response | ListOf[AuditedFileView]:
    """List the files that prove what came of an order's project.

    For an authority's side those that its buyers see; the others are for the operator's.
    """
    folder, project_id = ("audits/orders", seen.order.id, "evidence"), seen.order.project_id

    async def read(paging: PageRequest, _position: int) -> Page[AuditedFileView]:
        page = await queries.orders.evidence(
            session, project_id, paging, public_only=not seen.is_whole
        )
        return page.showing(lambda row: AuditedFileView.of(row, folder))

    return await answer(request, session, asked, AuditedFileView, read)


@router.get(
    "/orders/{order_id}/evidence/{report_evidence_id}/content",
    response_class=Response,
    responses=files.DOWNLOAD,
)
async def download_audited_report_file(
    evidence: AuditedReportFile, request: Request, session: Session
) -> Response:
    """Download a file that proves what came of an order's project."""
    return await files.download(request, session, evidence.file)


@router.get("/entries/{entry_id}", response_model=AuditedEntryView)
async def read_audited_entry(entry: AuditedEntry) -> AuditedEntryView:
    """Read an entry, with those of its lines that the caller may see."""
    return AuditedEntryView.of(entry)


@router.get(
    "/entries/{entry_id}/proof", response_model=AuditedProofView, responses=refusals(LeafPending)
)
async def prove_audited_entry(
    entry: AuditedEntry, keepers: SeenKeepers, session: Session
) -> AuditedProofView:
    """Prove that an entry is in the public log; and what it says, to who may read all of it."""
    proof = await proving.proof_of(session, "ledger", entry.id)
    return AuditedProofView(
        entry_id=entry.id,
        index=proof.index,
        proof=str(proof),
        content=await contents.of_ledger_entry(session, entry.id, keepers.ids),
        is_forgotten=await contents.is_forgotten(session, entry.id),
        links=ProofLinksView(leaf=href("log/leaves", proof.index), log=href("log")),
    )
