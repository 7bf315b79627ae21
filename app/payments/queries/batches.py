"""Questions about what leaves by bank: what may, what did, and what the bank said of it."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.core.paging import Page, PageRequest, page
from app.payments.models import (
    BankBatch,
    BankStatusReport,
    BankTransfer,
    Outgoing,
    OutgoingStatus,
    Payment,
    Rail,
    Receipt,
)
from app.schemes.models import Scheme


async def waiting(session: AsyncSession, scheme: Scheme, paging: PageRequest) -> Page[Outgoing]:
    """List what is approved and leaves by bank, the first first."""
    query = sa.select(Outgoing).where(
        Outgoing.scheme_id == scheme.id,
        Outgoing.rail == Rail.BANK,
        Outgoing.status == OutgoingStatus.APPROVED,
    )
    return await page(session, query, Outgoing, paging)


async def locked(
    session: AsyncSession, scheme_id: UUID, outgoing_ids: list[UUID]
) -> list[Outgoing]:
    """Keep these outgoings of a scheme as they are until this is done, by their ids."""
    query = sa.select(Outgoing).where(
        Outgoing.scheme_id == scheme_id, Outgoing.id.in_(outgoing_ids)
    )
    return list(
        await session.scalars(
            query.order_by(Outgoing.id).with_for_update().execution_options(populate_existing=True)
        )
    )


async def listed(session: AsyncSession, scheme: Scheme, paging: PageRequest) -> Page[BankBatch]:
    """List the batches of a scheme; newest first."""
    query = sa.select(BankBatch).where(BankBatch.scheme_id == scheme.id)
    return await page(session, query, BankBatch, paging, newest_first=True)


async def one(session: AsyncSession, scheme: Scheme, batch_id: UUID) -> BankBatch | None:
    """Find a batch of a scheme."""
    found: BankBatch | None = await session.scalar(
        sa.select(BankBatch).where(BankBatch.id == batch_id, BankBatch.scheme_id == scheme.id)
    )
    return found


async def transfers(session: AsyncSession, batch_id: UUID) -> list[BankTransfer]:
    """List what is in a batch, each with its outgoing, in the order of the file."""
    query = (
        sa.select(BankTransfer)
        .where(BankTransfer.batch_id == batch_id)
        .options(joinedload(BankTransfer.outgoing))
    )
    return list(await session.scalars(query.order_by(BankTransfer.id)))


async def transfer_page(
    session: AsyncSession, batch: BankBatch, paging: PageRequest
) -> Page[BankTransfer]:
    """List what is in a batch, each with its outgoing, in the order of the file."""
    query = (
        sa.select(BankTransfer)
        .where(BankTransfer.batch_id == batch.id)
        .options(joinedload(BankTransfer.outgoing))
    )
    return await page(session, query, BankTransfer, paging)


async def report(session: AsyncSession, batch_id: UUID, message_id: str) -> BankStatusReport | None:
    """Find a report of the bank's that was imported before."""
    found: BankStatusReport | None = await session.scalar(
        sa.select(BankStatusReport).where(
            BankStatusReport.batch_id == batch_id, BankStatusReport.message_id == message_id
        )
    )
    return found


async def locked_transfers(session: AsyncSession, batch_id: UUID) -> list[BankTransfer]:
    """Keep what is in a batch as it is until this is done: one report of it at a time."""
    query = sa.select(BankTransfer).where(BankTransfer.batch_id == batch_id)
    return list(await session.scalars(query.order_by(BankTransfer.id).with_for_update()))


async def paid_from(session: AsyncSession, outgoing: Outgoing) -> bool:
    """Say whether money for the purpose of an outgoing came from the account that it goes to."""
    query = (
        sa.select(Receipt.id)
        .join(Payment, Payment.id == Receipt.payment_id)
        .where(
            Receipt.scheme_id == outgoing.scheme_id,
            Payment.purpose == outgoing.purpose,
            Receipt.payer_iban == outgoing.iban,
        )
    )
    return await session.scalar(query.limit(1)) is not None
