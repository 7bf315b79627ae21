"""Plan payouts of what is earmarked, and retries of what did not arrive."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.ids import new_id
from app.core.problems import NotFound
from app.organisations.callers import Caller
from app.organisations.models import Organisation
from app.payments.models import Rail
from app.payments.queries import accounts
from app.payouts import earmarks, queries
from app.payouts.actions import decisions
from app.payouts.earmarks import Obstacle
from app.payouts.models import Payout, PayoutState
from app.payouts.models.payouts import OWED_AGAIN
from app.payouts.problems import EarmarkTooSmall, PayoutNotDue, PayoutStateForbids
from app.payouts.schemas import PayoutRequest, RetryRequest
from app.projects.actions import eligibility
from app.projects.models import Project
from app.projects.queries import projects


async def plan(
    session: AsyncSession, caller: Caller, project: Project, wanted: PayoutRequest
) -> Payout:
    """Plan to pay out of a tranche: all that can be paid of it now, or less.

    Raises:
        OwnAffair: the caller acts for the entrepreneur.
        NotFound: the policy has no such tranche.
        PayoutNotDue: something keeps it from being paid; all of it is named.
        EarmarkTooSmall: more is wanted than can be paid.
    """
    eligibility.insist_on_distance(caller, project)
    project = await projects.locked_on_sale(session, project.id)
    facts = await queries.earmarks.facts_of(session, project)
    tranche = earmarks.earmark(facts).find(wanted.part, wanted.tranche)
    if tranche is None:
        message = f"The policy has no tranche {wanted.tranche} of the {wanted.part}."
        raise NotFound(message)
    obstacles = await destination_obstacles(session, project, wanted.rail)
    if obstacles or tranche.payable_cents == 0:
        raise PayoutNotDue([*tranche.obstacles, *obstacles])
    principal = wanted.principal_cents or tranche.payable_cents
    if principal > tranche.payable_cents:
        raise EarmarkTooSmall(principal, tranche.payable_cents)
    payout = Payout(
        id=new_id(),
        scheme_id=project.scheme_id,
        project_id=project.id,
        entrepreneur_id=project.entrepreneur_id,
        part=tranche.part,
        tranche=tranche.number,
        moment=tranche.moment,
        principal_cents=principal,
        vat_cents=earmarks.vat_with(facts, principal),
        state=PayoutState.PLANNED,
        planned_by_id=caller.user_id,
    )
    await _direct(session, payout, wanted.rail)
    await _add(session, caller, payout, wanted.reason)
    return payout


async def destination_obstacles(
    session: AsyncSession, project: Project, rail: Rail
) -> list[Obstacle]:
    """Say what keeps money from going to a project's entrepreneur by a way."""
    found = await queries.earmarks.destinations(session, project)
    return found.bank if rail is Rail.BANK else found.provider


async def undecided(session: AsyncSession, project: Project) -> list[Obstacle]:
    """Notice that a project's money is frozen until the operator decides about it."""
    freeze = await queries.freezes.of_project(session, project.id)
    return [earmarks.UNDECIDED] if freeze is not None and freeze.is_open else []


async def _direct(session: AsyncSession, payout: Payout, rail: Rail) -> None:
    """Say where a payout goes; what keeps it from there was looked at."""
    payout.iban = payout.holder_name = payout.provider_account_id = None
    if rail is Rail.BANK:
        owner = await session.get_one(Organisation, payout.entrepreneur_id)
        payout.iban, payout.holder_name = owner.iban, owner.legal_name
        return
    account = await accounts.found(session, payout.entrepreneur_id)
    payout.provider_account_id = account.id if account else None


async def _add(session: AsyncSession, caller: Caller, payout: Payout, reason: str) -> None:
    session.add(payout)
    await session.flush()
    decisions.note(session, caller, payout, reason)
    await session.flush()


async def retry(
    session: AsyncSession, caller: Caller, project: Project, failed: Payout, wanted: RetryRequest
) -> Payout:
    """Plan to pay again what another payout did not bring; it is owed already.

    Raises:
        OwnAffair: the caller acts for the entrepreneur.
        PayoutStateForbids: it did not fail, or is retried already.
        PayoutNotDue: something keeps it from being paid; all of it is named.
    """
    eligibility.insist_on_distance(caller, project)
    project = await projects.locked_on_sale(session, project.id)
    failed = await queries.payouts.locked(session, failed.id)
    if failed.state not in OWED_AGAIN:
        message = f"The payout is {failed.state}: what failed or was taken back is retried."
        raise PayoutStateForbids(message, current_state=failed.state)
    if await queries.payouts.is_retried(session, failed):
        message = "This payout is retried already."
        raise PayoutStateForbids(message, current_state=failed.state)
    obstacles = await destination_obstacles(session, project, wanted.rail)
    obstacles += await undecided(session, project)
    if obstacles:
        raise PayoutNotDue(obstacles)
    payout = _again(caller.user_id, failed)
    await _direct(session, payout, wanted.rail)
    await _add(session, caller, payout, wanted.reason)
    return payout


def _again(planned_by_id: UUID, failed: Payout) -> Payout:
    return Payout(
        id=new_id(),
        scheme_id=failed.scheme_id,
        project_id=failed.project_id,
        entrepreneur_id=failed.entrepreneur_id,
        part=failed.part,
        tranche=failed.tranche,
        moment=failed.moment,
        principal_cents=failed.principal_cents,
        vat_cents=failed.vat_cents,
        # That is paid: what is owed, and retried, is the rest.
        netted_cents=failed.netted_cents,
        state=PayoutState.PLANNED,
        retries_id=failed.id,
        planned_by_id=planned_by_id,
    )
