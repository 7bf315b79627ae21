"""Invoices and credit notes: read them, and take them as XML or as PDF."""

from importlib.util import find_spec
from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import files
from app.core.database import Session
from app.core.files.kinds import PDF, XML, Kind
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import Problem, refusals
from app.orders import queries
from app.orders.access import BuyingOrganisation, ReadableInvoice, VisibleInvoices
from app.orders.models import Invoice, InvoiceForm
from app.orders.problems import DocumentNotWritten, PdfNotInstalled
from app.orders.schemas import InvoicePageRequest, InvoiceView

router = router_of("", "Invoices")


def _download(kind: Kind, *more: type[Problem]) -> dict[int | str, dict[str, Any]]:
    return {**files.downloads(kind), **refusals(DocumentNotWritten, *more)}


@router.get("/orders/{order_id}/invoices", response_model=PageOf[InvoiceView])
async def list_invoices_of_order(
    visible: VisibleInvoices, session: Session, paging: Paging
) -> Page[Invoice]:
    """List the invoices and credit notes of an order, oldest first.

    An order on invoice has one of each supplier as soon as it is reserved, any other when it is
    paid. The buyer sees its own; whoever looks at the scheme, also that of a fee which the
    entrepreneur bears.
    """
    return await queries.invoices.of_order(session, visible.order, paging, visible.buyer_id)


@router.get("/organisations/{organisation_id}/invoices", response_model=PageOf[InvoiceView])
async def list_invoices_of_organisation(
    organisation: BuyingOrganisation,
    session: Session,
    wanted: Annotated[InvoicePageRequest, Query()],
) -> Page[Invoice]:
    """List what an organisation issued and what was issued to it, newest first."""
    return await queries.invoices.of_organisation(
        session, organisation, wanted, wanted.role, wanted.year
    )


@router.get("/invoices/{invoice_id}", response_model=InvoiceView)
async def read_invoice(invoice: ReadableInvoice) -> Invoice:
    """Read an invoice or a credit note (its issuer, its buyer, the scheme's operator, auditors)."""
    return invoice


@router.get(
    "/invoices/{invoice_id}/document.xml",
    response_class=Response,
    responses=_download(XML),
)
async def download_invoice_xml(
    invoice: ReadableInvoice, request: Request, session: Session
) -> Response:
    """Download an invoice for machines: UBL 2.1, EN 16931, in the Dutch profile NLCIUS."""
    return await _sent(invoice, InvoiceForm.XML, request, session)


@router.get(
    "/invoices/{invoice_id}/document.pdf",
    response_class=Response,
    responses=_download(PDF, PdfNotInstalled),
)
async def download_invoice_pdf(
    invoice: ReadableInvoice, request: Request, session: Session
) -> Response:
    """Download an invoice for people: PDF/A, in the language of whoever ordered."""
    return await _sent(invoice, InvoiceForm.PDF, request, session)


async def _sent(
    invoice: Invoice, form: InvoiceForm, request: Request, session: AsyncSession
) -> Response:
    filed = await queries.invoices.filed(session, invoice, form)
    if filed is not None:
        return await files.download(request, session, filed.file)
    if form is InvoiceForm.PDF and find_spec("typst") is None:
        message = "No PDF can be set here: take document.xml, which says the same."
        raise PdfNotInstalled(message)
    raise DocumentNotWritten
