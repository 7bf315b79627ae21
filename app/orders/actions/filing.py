"""Write the bytes of documents, once, and keep them: templates change, an invoice does not."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import files, jobs
from app.core.database import Database
from app.core.events import Actor
from app.core.files import Received, Sent
from app.core.files.kinds import PDF, XML
from app.core.typesetting import PdfUnavailableError
from app.orders import queries
from app.orders.actions.invoices import document
from app.orders.invoicing import InvoiceDocument, pdf, write_ubl
from app.orders.models import Invoice, InvoiceFile, InvoiceForm

WRITERS = {InvoiceForm.XML: write_ubl, InvoiceForm.PDF: pdf.render}
KINDS = {InvoiceForm.XML: XML, InvoiceForm.PDF: PDF}


async def file(database: Database, invoice_id: UUID) -> None:
    """Write a document in both forms, each once, and put it into the store.

    Raises:
        GiveUp: no PDF can be set here; retry it when the extra `pdf` is installed.
    """
    async with database.reading() as session:
        invoice = await session.get_one(Invoice, invoice_id)
        missing = [form for form in WRITERS if not await _is_filed(session, invoice, form)]
    told = document(invoice)
    for form in missing:
        received = await _written(database, told, form)
        async with database.work() as session:
            # Of two at once the unique constraint lets one go on; the other tries again, and rests.
            kept = await files.keep(session, received, Actor.system("invoices"))
            session.add(InvoiceFile(invoice_id=invoice_id, form=form, file_id=kept.id))


async def _is_filed(session: AsyncSession, invoice: Invoice, form: InvoiceForm) -> bool:
    return await queries.invoices.filed(session, invoice, form) is not None


async def _written(database: Database, told: InvoiceDocument, form: InvoiceForm) -> Received:
    try:
        content = await asyncio.to_thread(WRITERS[form], told)
    except PdfUnavailableError as error:
        raise jobs.GiveUp(str(error)) from error
    kind = KINDS[form]
    name = f"{told.number}.{kind.endings[0]}"
    sent = Sent(name, kind.media_type, _one(content), kinds=(kind,))
    return await files.take(database, None, sent)


async def _one(content: bytes) -> AsyncIterator[bytes]:
    yield content
