"""Let entrepreneurs have accounts at the provider, and follow how those stand."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs
from app.core.database import settings_of
from app.core.events import Actor
from app.core.ids import new_id
from app.organisations.models import Organisation
from app.payments import queries
from app.payments.actions.receipts import OUTSIDE
from app.payments.facts import AccountStanding
from app.payments.models import ProviderAccount
from app.payments.problems import OnboardingOver, ProviderMissing

ONBOARD = jobs.JobKind("payments.onboard", max_attempts=20)
"""Have the provider make an account, and a page to tell it about itself (`errands.accounts`)."""


async def onboard(
    session: AsyncSession, actor: Actor, organisation: Organisation, return_url: str
) -> ProviderAccount:
    """Want an account at the provider, or a fresh page to go on telling it; a job does it.

    Raises:
        ProviderMissing: this installation has no payment provider.
        OnboardingOver: the provider knows all that it wants to know.
    """
    if settings_of(session).stripe_key is None:
        message = "This installation has no payment provider: payouts go by bank."
        raise ProviderMissing(message)
    made = await session.scalar(
        insert(ProviderAccount)
        .values(
            id=new_id(),
            version=1,
            organisation_id=organisation.id,
            can_receive=False,
            can_withdraw=False,
            requirements=[],
            return_url=return_url,
            created_by=str(actor),
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(constraint="uq_provider_accounts_organisation_id")
        .returning(ProviderAccount.id)
    )
    account = await queries.accounts.kept(session, organisation.id)
    if account.can_receive and account.can_withdraw and not account.requirements:
        message = "The provider knows all that it wants to know of this account."
        raise OnboardingOver(message)
    account.return_url = return_url
    account.onboarding_url = account.onboarding_expires_at = None
    what = "provider-account.made" if made else "provider-account.resumed"
    events.record(session, what, account.id, actor, organisationId=str(organisation.id))
    await session.flush()
    await jobs.enqueue(session, ONBOARD, account_id=account.id)
    return account


async def follow(
    session: AsyncSession, account: ProviderAccount, standing: AccountStanding
) -> None:
    """Write down how an account stands at the provider; it is locked."""
    before = (account.can_receive, account.can_withdraw, account.disabled_reason)
    account.external_id = standing.external_id
    account.can_receive, account.can_withdraw = standing.can_receive, standing.can_withdraw
    account.requirements = list(standing.requirements)
    account.disabled_reason = standing.disabled_reason
    if before != (account.can_receive, account.can_withdraw, account.disabled_reason):
        events.record(
            session,
            "provider-account.changed",
            account.id,
            OUTSIDE,
            canReceive=account.can_receive,
            canWithdraw=account.can_withdraw,
        )


def show(account: ProviderAccount, url: str, until: datetime) -> None:
    """Keep the address of the page where the entrepreneur tells the provider about itself."""
    account.onboarding_url, account.onboarding_expires_at = url, until


def refused(account: ProviderAccount, code: str) -> None:
    """Note why the provider makes no account or page."""
    account.disabled_reason = code
