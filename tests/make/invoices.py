"""Invoices whose files are written already, made straight in the database."""

import io
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import settings_of
from app.core.files import File, store
from app.orders.invoicing import InvoiceKind
from app.orders.models import Invoice, InvoiceFile, InvoiceForm, Order, Supply
from app.organisations.models import Organisation
from app.schemes.models import Scheme


async def an_invoice(
    session: AsyncSession, order: Order, issuer: Organisation, scheme: Scheme
) -> Invoice:
    """An invoice for the units of an order, which says nothing."""
    invoice = Invoice(
        kind=InvoiceKind.INVOICE,
        supply=Supply.UNITS,
        order_id=order.id,
        scheme_id=scheme.id,
        issuer_id=issuer.id,
        drawn_up_by_id=scheme.operator_id,
        buyer_id=order.buyer_id,
        year=clock.today().year,
        series="TEST",
        units=order.quantity_units,
        net_cents=order.price_cents,
        vat_cents=0,
        total_cents=order.price_cents,
        content={},
        issued_on=clock.today(),
    )
    session.add(invoice)
    await session.flush()
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
