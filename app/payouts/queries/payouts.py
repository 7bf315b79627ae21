"""Questions about payouts."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import database
from app.core.paging import Page, PageRequest, page
from app.payouts.models import Payout, PayoutDecision, PayoutState
from app.projects.models import Project
from app.schemes.models import Scheme


async def one(session: AsyncSession, project: Project, payout_id: UUID) -> Payout | None:
    """Find a payout of a project."""
    query = sa.select(Payout).where(Payout.id == payout_id, Payout.project_id == project.id)
    found: Payout | None = await session.scalar(query)
    return found


async def locked(session: AsyncSession, payout_id: UUID) -> Payout:
    """Keep a payout as it is until this is done; its outgoing must be locked before, if any."""
    return await database.locked(session, Payout, payout_id)


async def listed(session: AsyncSession, of: Project | Scheme, paging: PageRequest) -> Page[Payout]:
    """List the payouts of a project or a scheme, newest first."""
    column = Payout.project_id if isinstance(of, Project) else Payout.scheme_id
    query = sa.select(Payout).where(column == of.id)
    return await page(session, query, Payout, paging, newest_first=True)


async def decisions(
    session: AsyncSession, payout: Payout, paging: PageRequest
) -> Page[PayoutDecision]:
    """List what became of a payout, oldest first."""
    query = sa.select(PayoutDecision).where(PayoutDecision.payout_id == payout.id)
    return await page(session, query, PayoutDecision, paging)


async def is_retried(session: AsyncSession, payout: Payout) -> bool:
    """Tell whether another payout brings what this one did not."""
    found = sa.exists().where(Payout.retries_id == payout.id)
    return bool(await session.scalar(sa.select(found)))


async def counted(session: AsyncSession, project_id: UUID) -> Sequence[Payout]:
    """List the payouts of a project whose money is out, or planned to be: each amount once."""
    query = sa.select(Payout).where(Payout.project_id == project_id, counts())
    return (await session.scalars(query.order_by(Payout.id))).all()


def counts() -> sa.ColumnElement[bool]:
    """Tell, in SQL, whether a payout's money is out or planned to be, and no other brings it."""
    retry = sa.orm.aliased(Payout)
    return sa.and_(
        Payout.state != PayoutState.WITHHELD, ~sa.exists().where(retry.retries_id == Payout.id)
    )


async def overdue(session: AsyncSession, today: date) -> Sequence[UUID]:
    """Find approved payouts that should have arrived by now, the longest first."""
    query = (
        sa.select(Payout.id)
        .where(
            Payout.state.in_((PayoutState.APPROVED, PayoutState.SENT)),
            Payout.due_on < today,
        )
        .order_by(Payout.due_on, Payout.id)
    )
    return (await session.scalars(query)).all()
