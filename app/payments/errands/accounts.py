"""Have the provider make an entrepreneur's account, and a page to tell it about itself."""

from uuid import UUID

from app.core.database import Database
from app.payments import actions, gateway, queries
from app.payments.gateway import Refused
from app.payments.models import ProviderAccount


async def onboard(database: Database, account_id: UUID) -> None:
    """Make the account once, and each time a fresh page."""
    async with database.reading() as session:
        account = await session.get_one(ProviderAccount, account_id)
    async with gateway.opened(database.settings) as provider:
        try:
            if account.external_id is None:
                standing = await provider.make_account(account)
            else:
                standing = await provider.account(account.external_id)
            url, until = await provider.onboarding(standing.external_id, account.return_url)
        except Refused as refusal:
            async with database.work() as session:
                locked = await queries.accounts.locked(session, account_id)
                actions.accounts.refused(locked, refusal.code)
            return
    async with database.work() as session:
        locked = await queries.accounts.locked(session, account_id)
        await actions.accounts.follow(session, locked, standing)
        actions.accounts.show(locked, url, until)
