"""Questions about audit packs, and what changes in place of those in them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models import AuditPack, AuditPackState
from app.core.paging import Page, PageRequest, page
from app.fulfilments.models import Fulfilment
from app.ledger.chart import KINDS, Book, KeptPer, ledger_id
from app.ledger.models import LedgerAccount
from app.organisations.models import Organisation
from app.schemes.models import SchemeRecognition

_OF_ORGANISATIONS = [
    kind.code
    for kind in KINDS.values()
    if kind.book is Book.MONEY and kind.kept_per is KeptPer.ORGANISATION
]


def _readable(keepers: frozenset[UUID] | None) -> sa.ColumnElement[bool]:
    """Tell which packs hold nothing that a reader of these keepers' books may not read."""
    if keepers is None:
        return sa.true()
    return sa.and_(
        sa.or_(~AuditPack.has_books, AuditPack.scheme_id.in_(keepers)),
        sa.or_(~AuditPack.has_obligations, AuditPack.authority_id.in_(keepers)),
    )


async def readable(
    session: AsyncSession, keepers: frozenset[UUID] | None, paging: PageRequest
) -> Page[AuditPack]:
    """List packs, the newest first."""
    query = sa.select(AuditPack).where(_readable(keepers))
    return await page(session, query, AuditPack, paging, newest_first=True)


async def one(
    session: AsyncSession, keepers: frozenset[UUID] | None, pack_id: UUID
) -> AuditPack | None:
    """Find a pack that a reader of these keepers' books may read."""
    query = sa.select(AuditPack).where(AuditPack.id == pack_id, _readable(keepers))
    found: AuditPack | None = await session.scalar(query)
    return found


async def with_facts(session: AsyncSession, pack_id: UUID) -> AuditPack:
    """Read a pack with all that it is made of."""
    query = sa.select(AuditPack).where(AuditPack.id == pack_id)
    whole = query.options(sa.orm.undefer(AuditPack.facts)).execution_options(populate_existing=True)
    return (await session.scalars(whole)).one()


async def same(session: AsyncSession, like: AuditPack) -> UUID | None:
    """Find the first pack of the same things at the same cut: names are those of then."""
    columns = (
        *(AuditPack.scheme_id, AuditPack.authority_id, AuditPack.year, AuditPack.position),
        *(AuditPack.log_size, AuditPack.known_at, AuditPack.has_books, AuditPack.has_obligations),
    )
    query = sa.select(AuditPack.id).where(
        *(column == getattr(like, column.key) for column in columns)
    )
    found: UUID | None = await session.scalar(query.order_by(AuditPack.id).limit(1))
    return found


async def expired(session: AsyncSession, moment: datetime, limit: int) -> Sequence[UUID]:
    """List the packs whose time is over."""
    query = sa.select(AuditPack.id).where(
        AuditPack.state == AuditPackState.READY, AuditPack.expires_at <= moment
    )
    return (await session.scalars(query.order_by(AuditPack.expires_at).limit(limit))).all()


async def recognises(session: AsyncSession, scheme_id: UUID, authority_id: UUID) -> bool:
    """Tell whether an authority counts, or counted, what is bought in a scheme."""
    found = sa.exists().where(
        SchemeRecognition.scheme_id == scheme_id, SchemeRecognition.authority_id == authority_id
    )
    return bool(await session.scalar(sa.select(found)))


async def organisations(
    session: AsyncSession, scheme_id: UUID, authority_id: UUID
) -> Sequence[Organisation]:
    """List the organisations that have accounts, or claim something of the authority."""
    accounts = sa.select(LedgerAccount.owner_id).where(
        LedgerAccount.ledger_id == ledger_id(scheme_id, Book.MONEY),
        LedgerAccount.kind.in_(_OF_ORGANISATIONS),
    )
    claimants = sa.select(Fulfilment.claimant_id).where(Fulfilment.authority_id == authority_id)
    query = sa.select(Organisation).where(
        sa.or_(Organisation.id.in_(accounts), Organisation.id.in_(claimants))
    )
    return (await session.scalars(query.order_by(Organisation.id))).all()
