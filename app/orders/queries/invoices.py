"""Questions about invoices, and what a new one depends on."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.languages import DEFAULT, Language
from app.core.paging import Page, PageRequest, page
from app.orders.invoicing.document import InvoiceKind
from app.orders.models import Invoice, InvoiceFile, InvoiceForm, InvoiceRole, Order
from app.organisations.models import Organisation, User
from app.payments.models import BankAccount
from app.projects.models import Listing
from app.schemes.models import Scheme


@dataclass(frozen=True, slots=True)
class Parties:
    """Who an order is between, and what it is called, as things are now."""

    seller: Organisation
    operator: Organisation
    buyer: Organisation
    title: dict[str, str]
    unit_name: str
    language: Language
    """Of whoever ordered; a machine has none."""


async def parties(session: AsyncSession, order: Order) -> Parties:
    """Find who an order is between; its project is listed."""
    about = (
        sa.select(
            Listing.entrepreneur_id,
            Listing.title,
            Scheme.operator_id,
            Scheme.unit_name,
            User.language,
        )
        .select_from(Order)
        .join(Listing, Listing.project_id == Order.project_id)
        .join(Scheme, Scheme.id == Order.scheme_id)
        .outerjoin(User, User.id == Order.ordered_by_id)
        .where(Order.id == order.id)
    )
    row = (await session.execute(about)).one()
    ids = (row.entrepreneur_id, row.operator_id, order.buyer_id)
    # As they are called now, whatever this session read of them before.
    found = await session.scalars(
        sa.select(Organisation)
        .where(Organisation.id.in_(ids))
        .execution_options(populate_existing=True)
    )
    by_id = {organisation.id: organisation for organisation in found}
    return Parties(
        seller=by_id[row.entrepreneur_id],
        operator=by_id[row.operator_id],
        buyer=by_id[order.buyer_id],
        title=row.title,
        unit_name=row.unit_name,
        language=row.language or DEFAULT,
    )


async def account(session: AsyncSession, scheme_id: UUID) -> BankAccount | None:
    """Find the account that buyers pay to: the first one of the scheme that is open."""
    query = sa.select(BankAccount).where(
        BankAccount.scheme_id == scheme_id, BankAccount.closed_at.is_(None)
    )
    found: BankAccount | None = await session.scalar(query.order_by(BankAccount.id).limit(1))
    return found


async def of_order_all(session: AsyncSession, order: Order) -> Sequence[Invoice]:
    """List every document of an order, oldest first; the order is locked."""
    query = sa.select(Invoice).where(Invoice.order_id == order.id).order_by(Invoice.id)
    return (await session.scalars(query)).all()


async def one(session: AsyncSession, invoice_id: UUID) -> Invoice | None:
    """Find an invoice or a credit note."""
    return await session.get(Invoice, invoice_id)


async def of_order(
    session: AsyncSession, order: Order, paging: PageRequest, buyer_id: UUID | None
) -> Page[Invoice]:
    """List the documents of an order, oldest first: those of one buyer, or all."""
    query = sa.select(Invoice).where(Invoice.order_id == order.id)
    if buyer_id is not None:
        query = query.where(Invoice.buyer_id == buyer_id)
    return await page(session, query, Invoice, paging)


async def of_organisation(
    session: AsyncSession,
    organisation: Organisation,
    paging: PageRequest,
    role: InvoiceRole | None,
    year: int | None,
) -> Page[Invoice]:
    """List the documents of an organisation, newest first."""
    sides = {InvoiceRole.ISSUER: Invoice.issuer_id, InvoiceRole.BUYER: Invoice.buyer_id}
    wanted = [side for name, side in sides.items() if role in {None, name}]
    query = sa.select(Invoice).where(sa.or_(*(side == organisation.id for side in wanted)))
    if year is not None:
        query = query.where(Invoice.year == year)
    return await page(session, query, Invoice, paging, newest_first=True)


async def filed(session: AsyncSession, invoice: Invoice, form: InvoiceForm) -> InvoiceFile | None:
    """Find the bytes of a document in one form, if they are written already."""
    found: InvoiceFile | None = await session.scalar(
        sa.select(InvoiceFile)
        .where(InvoiceFile.invoice_id == invoice.id, InvoiceFile.form == form)
        .options(sa.orm.joinedload(InvoiceFile.file))
    )
    return found


@dataclass(frozen=True, slots=True)
class Rest:
    """What of an invoice is not given back yet."""

    invoice: Invoice
    units: int
    net_cents: int
    vat_cents: int

    @property
    def total_cents(self) -> int:
        """With VAT."""
        return self.net_cents + self.vat_cents


async def rests(session: AsyncSession, order: Order) -> list[Rest]:
    """List the invoices of an order that are not given back whole; the order is locked."""
    documents = await of_order_all(session, order)
    left = []
    for invoice in documents:
        if invoice.kind is not InvoiceKind.INVOICE:
            continue
        notes = [note for note in documents if note.corrects_id == invoice.id]
        rest = Rest(
            invoice,
            invoice.units - sum(note.units for note in notes),
            invoice.net_cents - sum(note.net_cents for note in notes),
            invoice.vat_cents - sum(note.vat_cents for note in notes),
        )
        if rest.total_cents:
            left.append(rest)
    return left
