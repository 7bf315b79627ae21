"""Follow what becomes of a payout's money, as payments tell it."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.payments.models import Outgoing, OutgoingStatus, Purpose
from app.payouts import queries
from app.payouts.actions import deciding, decisions, letters
from app.payouts.models import PayoutState

STATES = {
    OutgoingStatus.SENT: PayoutState.SENT,
    OutgoingStatus.SETTLED: PayoutState.SETTLED,
    OutgoingStatus.FAILED: PayoutState.FAILED,
    OutgoingStatus.CLAWED_BACK: PayoutState.CLAWED_BACK,
}


async def follow(session: AsyncSession, outgoing: Outgoing) -> None:
    """Let a payout stand as its outgoing does; that is locked. Told twice is as once.

    What is withheld there is earmarked again; its other entries are made already.
    """
    payout = await queries.payouts.locked(session, Purpose.read(outgoing.purpose).id)
    reason = outgoing.failure or f"The outgoing is {outgoing.status}."
    if outgoing.status is OutgoingStatus.WITHHELD:
        if payout.state is PayoutState.APPROVED:
            await deciding.give_back(session, decisions.PAYMENTS, payout, reason)
        return
    state = STATES.get(outgoing.status)
    if state is None or payout.state in {state, PayoutState.WITHHELD}:
        return
    decisions.move(session, decisions.PAYMENTS, payout, state, reason)
    if state is PayoutState.SETTLED:
        await letters.paid(session, payout)
    if state in {PayoutState.FAILED, PayoutState.CLAWED_BACK}:
        await letters.not_paid(session, payout, reason)
    await session.flush()
