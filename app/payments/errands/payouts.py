"""Have the provider pay out to the operator's own bank account."""

from uuid import UUID

from app.core.database import Database
from app.payments import actions, gateway, queries
from app.payments.errands import looking
from app.payments.gateway import Refused
from app.payments.models import ProviderPayout, ProviderPayoutStatus


async def pay_out(database: Database, payout_id: UUID) -> None:
    """Do it once, however often this is done: an earlier attempt is asked for first."""
    async with database.reading() as session:
        payout = await session.get_one(ProviderPayout, payout_id)
    if payout.status is not ProviderPayoutStatus.WANTED:
        return
    async with gateway.opened(database.settings) as provider:
        try:
            standing = await provider.find_payout(payout) or await provider.pay_out(payout)
        except Refused as refusal:
            async with database.work() as session:
                locked = await queries.balance.locked(session, payout_id)
                await actions.balance.refuse(session, locked, refusal.code)
            return
        async with database.work() as session:
            locked = await queries.balance.locked(session, payout_id)
            if locked.external_id is None:
                await actions.balance.follow(session, locked, standing)
        await looking.at_payout(database, provider, payout_id)
