"""Tell the operator of payouts that should have arrived by now."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs
from app.core.database import Database
from app.core.events import Event
from app.payouts import queries
from app.payouts.actions import decisions, letters
from app.payouts.models import PayoutState

OVERDUE = "payout.overdue"


async def alert(database: Database) -> None:
    """Write to operators of payouts whose term is over, once each: a chore."""
    async with database.reading() as session:
        due = await queries.payouts.overdue(session, clock.today())
        told = set(
            await session.scalars(
                sa.select(Event.subject_id).where(Event.subject_id.in_(due), Event.type == OVERDUE)
            )
        )
    await jobs.each_in_turn(database, [each for each in due if each not in told], alert_of)


async def alert_of(session: AsyncSession, payout_id: UUID) -> None:
    """Write to the operator of one payout, if it is still on its way."""
    payout = await queries.payouts.locked(session, payout_id)
    if payout.state not in {PayoutState.APPROVED, PayoutState.SENT}:
        return
    events.record(session, OVERDUE, payout.id, decisions.PAYMENTS, amountCents=payout.amount_cents)
    await letters.overdue(session, payout)
