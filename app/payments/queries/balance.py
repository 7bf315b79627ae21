"""Questions about the balance at the provider, and payouts from it to the bank."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.ledger import balances
from app.ledger.chart import PROVIDER_BALANCE
from app.payments.models import ProviderPayout, ProviderPayoutStatus
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
    return await session.get_one(
        ProviderPayout, payout_id, with_for_update=True, populate_existing=True
    )


async def of_provider(session: AsyncSession, external_id: str) -> UUID | None:
    """Find a payout by the provider's name for it (`po_…`)."""
    payout_id: UUID | None = await session.scalar(
        sa.select(ProviderPayout.id).where(ProviderPayout.external_id == external_id)
    )
    return payout_id


async def payouts(
    session: AsyncSession, scheme: Scheme, paging: PageRequest
) -> Page[ProviderPayout]:
    """List what went from the provider to the bank of a scheme's operator; newest first."""
    query = sa.select(ProviderPayout).where(ProviderPayout.scheme_id == scheme.id)
    return await page(session, query, ProviderPayout, paging, newest_first=True)
