"""Questions about accounts at the provider."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import database
from app.payments.models import ProviderAccount


async def kept(session: AsyncSession, organisation_id: UUID) -> ProviderAccount:
    """Keep the account of an organisation that has one as it is, and read it anew."""
    query = sa.select(ProviderAccount).where(ProviderAccount.organisation_id == organisation_id)
    query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).one()


async def found(session: AsyncSession, organisation_id: UUID) -> ProviderAccount | None:
    """Find the account of an organisation, if it has one."""
    account: ProviderAccount | None = await session.scalar(
        sa.select(ProviderAccount).where(ProviderAccount.organisation_id == organisation_id)
    )
    return account


async def locked(session: AsyncSession, account_id: UUID) -> ProviderAccount:
    """Keep an account as it is until this is done, and read it anew."""
    return await database.locked(session, ProviderAccount, account_id)
