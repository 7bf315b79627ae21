"""Questions about the balance at the provider, and payouts from it to the bank."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import database
from app.core.paging import Page, PageRequest, page
from app.ledger import balances
from app.ledger.chart import PROVIDER_BALANCE
from app.payments.models import (
    Outgoing,
    ProviderPayout,
    ProviderPayoutStatus,
    ProviderTransaction,
    Rail,
    Receipt,
)
from app.schemes.models import Scheme


async def one_at_a_time(session: AsyncSession, scheme_id: UUID) -> None:
    """Let nobody else decide about the balance of a scheme until this is done."""
    number = int.from_bytes(scheme_id.bytes[8:], signed=True)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


async def at_provider(session: AsyncSession, scheme_id: UUID) -> int:
    """Say how many cents are at the provider by the books, without what was asked for."""
    posted = (await balances.now(session, PROVIDER_BALANCE.of(scheme_id))).posted
    wanted = await session.scalar(
        sa.select(sa.func.sum(ProviderPayout.amount_cents)).where(
            ProviderPayout.scheme_id == scheme_id,
            ProviderPayout.status == ProviderPayoutStatus.WANTED,
        )
    )
    return posted - int(wanted or 0)


async def locked(session: AsyncSession, payout_id: UUID) -> ProviderPayout:
    """Keep a payout as it is until this is done, and read it anew."""
    return await database.locked(session, ProviderPayout, payout_id)


async def payouts(
    session: AsyncSession, scheme: Scheme, paging: PageRequest
) -> Page[ProviderPayout]:
    """List what went from the provider to the bank of a scheme's operator; newest first."""
    query = sa.select(ProviderPayout).where(ProviderPayout.scheme_id == scheme.id)
    return await page(session, query, ProviderPayout, paging, newest_first=True)


async def is_known(session: AsyncSession, external_id: str) -> bool:
    """Tell whether a move of the balance is written down, and whose it is."""
    found = sa.exists().where(
        ProviderTransaction.external_id == external_id,
        ProviderTransaction.scheme_id.is_not(None),
    )
    return bool(await session.scalar(sa.select(found)))


async def scheme_of(session: AsyncSession, source_id: str | None) -> UUID | None:
    """Say whose money moved, by what moved it: a charge, a refund, a transfer."""
    receipts = sa.select(Receipt.scheme_id).where(
        Receipt.rail == Rail.PROVIDER, Receipt.external_id == source_id
    )
    outgoings = sa.select(Outgoing.scheme_id).where(
        Outgoing.rail == Rail.PROVIDER, Outgoing.external_id == source_id
    )
    payouts = sa.select(ProviderPayout.scheme_id).where(ProviderPayout.external_id == source_id)
    every = receipts.union_all(outgoings, payouts)
    scheme_id: UUID | None = await session.scalar(every.limit(1))
    return scheme_id


async def only_scheme(session: AsyncSession) -> UUID | None:
    """Name the scheme of an installation that has only one."""
    found = (await session.scalars(sa.select(Scheme.id).limit(2))).all()
    return found[0] if len(found) == 1 else None
