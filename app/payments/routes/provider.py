"""The payment provider's side: entrepreneurs' accounts, payouts to the bank, disputes."""

from app.core.database import Session, settings_of
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.payments import actions, queries
from app.payments.access import OnboardedOrganisation, OwnProviderAccount, PayingScheme
from app.payments.models import Dispute, ProviderAccount, ProviderPayout
from app.payments.problems import (
    BalanceTooSmall,
    NoProviderAccount,
    OnboardingOver,
    ProviderMissing,
)
from app.payments.schemas import (
    DisputeView,
    OnboardingRequest,
    ProviderAccountView,
    ProviderPayoutRequest,
    ProviderPayoutView,
)
from app.schemes.access import ApprovedScheme

router = router_of("", "Payment provider")

OF_ORGANISATION = "/organisations/{organisation_id}/provider-account"
OF_SCHEME = "/schemes/{scheme_id}"


@router.get(
    OF_ORGANISATION, response_model=ProviderAccountView, responses=refusals(NoProviderAccount)
)
async def read_provider_account(account: OwnProviderAccount) -> ProviderAccount:
    """Read how your organisation's account at the payment provider stands."""
    return account


@router.post(
    OF_ORGANISATION + "/onboardings",
    status_code=202,
    response_model=ProviderAccountView,
    responses=refusals(RoleTooSmall, OrganisationInactive, ProviderMissing, OnboardingOver),
)
async def onboard_with_provider(
    request: OnboardingRequest,
    caller: Person,
    organisation: OnboardedOrganisation,
    session: Session,
) -> ProviderAccount:
    """Have an account at the payment provider, or go on telling the provider about yourself.

    Its `onboardingUrl` appears a moment later, when the provider has made it (admins).
    """
    return_url = settings_of(session).public_url + request.return_path
    return await actions.accounts.onboard(session, caller.actor, organisation, return_url)


@router.get(OF_SCHEME + "/provider-payouts", response_model=PageOf[ProviderPayoutView])
async def list_provider_payouts(
    scheme: PayingScheme, session: Session, paging: Paging
) -> Page[ProviderPayout]:
    """List what went from the provider to the operator's bank; newest first."""
    return await queries.balance.payouts(session, scheme, paging)


@router.post(
    OF_SCHEME + "/provider-payouts",
    status_code=201,
    response_model=ProviderPayoutView,
    responses=refusals(RoleTooSmall, OrganisationInactive, ProviderMissing, BalanceTooSmall),
)
async def pay_out_to_bank(
    request: ProviderPayoutRequest,
    caller: Person,
    scheme: ApprovedScheme,
    session: Session,
    _once: Idempotent,
) -> ProviderPayout:
    """Let money go from the provider to the operator's own bank account (its approvers).

    A provider may hold money for a limited time only: 90 days in the Netherlands.
    """
    return await actions.balance.pay_out(session, caller.actor, scheme.id, request.amount_cents)


@router.get(OF_SCHEME + "/disputes", response_model=PageOf[DisputeView])
async def list_disputes(scheme: PayingScheme, session: Session, paging: Paging) -> Page[Dispute]:
    """List the payments that their payers dispute; newest first."""
    return await queries.disputes.listed(session, scheme, paging)
