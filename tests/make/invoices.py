"""Invoices whose files are written already."""

import io
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import settings_of
from app.core.files import File, store
from app.orders.actions import invoices
from app.orders.models import Invoice, InvoiceFile, InvoiceForm, Order, Supply


async def an_invoice(session: AsyncSession, order: Order) -> Invoice:
    """The invoice for the units of an order, both of whose files say nothing."""
    await invoices.issue(session, await invoices.prepare(session, order))
    query = sa.select(Invoice).filter_by(order_id=order.id, supply=Supply.UNITS)
    invoice = (await session.scalars(query)).one()
    for form, media_type in FORMS.items():
        await _file(session, invoice, form, media_type)
    return invoice


FORMS = {InvoiceForm.XML: "application/xml", InvoiceForm.PDF: "application/pdf"}


async def _file(
    session: AsyncSession, invoice: Invoice, form: InvoiceForm, media_type: str
) -> None:
    content = f"{invoice.id} as {form}".encode()
    file = File(
        sha256=sha256(content).digest(),
        size_bytes=len(content),
        media_type=media_type,
        name=f"invoice.{form}",
        uploaded_by="system:test",
    )
    session.add(file)
    await session.flush()
    await store.choose(settings_of(session)).put(file.id, io.BytesIO(content))
    session.add(InvoiceFile(invoice_id=invoice.id, form=form, file_id=file.id))
    await session.flush()
