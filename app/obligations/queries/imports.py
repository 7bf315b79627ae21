"""Questions about imports, and what became of each contract in them."""

from collections import Counter
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.obligations.models import ContractImport, ContractImportOutcome, ImportOutcome
from app.schemes.models import Authority


async def of_authority(
    session: AsyncSession, authority: Authority, paging: PageRequest
) -> Page[ContractImport]:
    """List what an authority imported, the newest first."""
    query = sa.select(ContractImport).where(ContractImport.authority_id == authority.id)
    return await page(session, query, ContractImport, paging, newest_first=True)


async def one(
    session: AsyncSession, authority: Authority, import_id: UUID
) -> ContractImport | None:
    """Find an import of an authority."""
    found: ContractImport | None = await session.scalar(
        sa.select(ContractImport).where(
            ContractImport.id == import_id, ContractImport.authority_id == authority.id
        )
    )
    return found


async def outcomes(
    session: AsyncSession,
    contract_import: ContractImport,
    paging: PageRequest,
    outcome: ImportOutcome | None,
) -> Page[ContractImportOutcome]:
    """List what became of the contracts of an import, in the order of its file."""
    query = sa.select(ContractImportOutcome).where(
        ContractImportOutcome.import_id == contract_import.id
    )
    if outcome is not None:
        query = query.where(ContractImportOutcome.outcome == outcome)
    return await page(session, query, ContractImportOutcome, paging)


async def counts(session: AsyncSession, import_id: UUID) -> Counter[ImportOutcome]:
    """Count what became of the contracts of an import."""
    rows = await session.execute(
        sa.select(ContractImportOutcome.outcome, sa.func.count().label("contracts"))
        .where(ContractImportOutcome.import_id == import_id)
        .group_by(ContractImportOutcome.outcome)
    )
    return Counter({row.outcome: row.contracts for row in rows})


async def last_item(session: AsyncSession, import_id: UUID) -> int:
    """Say up to which item of its file an import has come; 0 at the beginning."""
    query = sa.select(sa.func.max(ContractImportOutcome.item)).where(
        ContractImportOutcome.import_id == import_id
    )
    return await session.scalar(query) or 0
