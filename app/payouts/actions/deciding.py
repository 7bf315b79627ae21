"""Approve payouts that somebody else planned, or withhold them."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import Actor
from app.core.languages import DEFAULT
from app.ledger import balances, journal
from app.ledger.problems import LimitReached
from app.organisations.callers import Caller
from app.organisations.models import Organisation
from app.payments import queries as payment_queries
from app.payments.actions import outgoings
from app.payments.actions.outgoings import Planned, ToBankAccount, ToProviderAccount
from app.payments.models import Outgoing, OutgoingKind, OutgoingStatus
from app.payments.problems import SamePerson
from app.payouts import earmarks, postings, queries
from app.payouts.actions import decisions, letters, planning
from app.payouts.earmarks import Obstacle, ObstacleCode
from app.payouts.models import Payout, PayoutState
from app.payouts.models.payouts import OWED_AGAIN
from app.payouts.problems import EarmarkTooSmall, PayoutNotDue, PayoutStateForbids
from app.projects.actions import eligibility
from app.projects.actions.letters import titled
from app.projects.models import Project
from app.projects.queries import listings, projects
from app.schemes.terms import Part

STOPPABLE = {OutgoingStatus.PLANNED, OutgoingStatus.APPROVED}
"""An outgoing that stands so was not sent."""

ALL_NETTED = "All of it pays what the entrepreneur owed."
"""Why a payout is settled of which nothing leaves."""

_NAMED = {Part.START: "Start part", Part.RESULT: "Result part"}


async def approve(
    session: AsyncSession, caller: Caller, project: Project, payout: Payout, reason: str
) -> Payout:
    """Agree that a payout is owed and leaves: at once by the provider, with the next file by bank.

    What the entrepreneur owes is netted first, and only the rest leaves; if that is nothing, the
    payout is settled.

    Raises:
        OwnAffair: the caller acts for the entrepreneur.
        SamePerson: the caller planned it.
        PayoutStateForbids: it is not planned any more.
        PayoutNotDue: something keeps it from being paid by now.
        EarmarkTooSmall: by now there is less for it.
    """
    eligibility.insist_on_distance(caller, project)
    project = await projects.locked_on_sale(session, project.id)
    payout = await queries.payouts.locked(session, payout.id)
    if payout.planned_by_id == caller.user_id:
        message = "You planned this payout: somebody else approves it."
        raise SamePerson(message)
    if payout.state is not PayoutState.PLANNED:
        message = f"The payout is {payout.state}: a planned one is approved."
        raise PayoutStateForbids(message, current_state=payout.state)
    await _insist_on_due(session, project, payout)
    await _owe(session, payout)
    if payout.sent_cents:
        payout.outgoing_id = (await _let_leave(session, caller, project, payout)).id
    term = queries.earmarks.terms_of(project).payout.payment_term_days
    payout.approved_by_id, payout.approved_at = caller.user_id, clock.now()
    payout.due_on = clock.today() + timedelta(days=term)
    decisions.move(session, caller, payout, PayoutState.APPROVED, reason)
    await session.flush()
    if not payout.sent_cents:
        decisions.move(session, decisions.PAYMENTS, payout, PayoutState.SETTLED, ALL_NETTED)
        await letters.paid(session, payout)
        await session.flush()
    return payout


async def _insist_on_due(session: AsyncSession, project: Project, payout: Payout) -> None:
    """Look at everything again: time has passed since it was planned."""
    obstacles = [
        *await planning.destination_obstacles(session, project, payout.rail),
        *await _another_account(session, payout),
    ]
    if payout.retries_id is not None:
        obstacles += await planning.undecided(session, project)
        if obstacles:
            raise PayoutNotDue(obstacles)
        return
    facts = await queries.earmarks.facts_of(session, project, without=payout.id)
    tranche = earmarks.earmark(facts).find(payout.part, payout.tranche)
    if tranche is None:
        message = f"the policy of the project {project.id} lost a tranche"
        raise RuntimeError(message)
    if obstacles or tranche.payable_cents == 0:
        raise PayoutNotDue([*tranche.obstacles, *obstacles])
    vat = earmarks.vat_with(facts, payout.principal_cents)
    if payout.principal_cents > tranche.payable_cents or payout.vat_cents > vat:
        raise EarmarkTooSmall(
            payout.amount_cents, tranche.payable_cents + tranche.payable_vat_cents
        )


async def _another_account(session: AsyncSession, payout: Payout) -> list[Obstacle]:
    """Notice that the entrepreneur has another account by now than was planned to."""
    owner = await session.get_one(Organisation, payout.entrepreneur_id)
    if payout.iban is None or payout.iban == owner.iban:
        return []
    detail = "The account is not the entrepreneur's any more: withhold this, and plan it anew."
    return [Obstacle(ObstacleCode.ACCOUNT_NEW, detail)]


async def _owe(session: AsyncSession, payout: Payout) -> None:
    """Enter that a payout is owed, unless it is a retry, and net it with what is owed to us."""
    owed_cents = (await balances.kept(session, postings.claim_on(payout))).posted
    netted_cents = max(0, min(owed_cents, payout.sent_cents))
    payout.netted_cents += netted_cents
    drafts = [] if payout.retries_id else [postings.approved(payout, clock.now())]
    if netted_cents:
        drafts.append(postings.netted(payout, netted_cents, clock.now()))
    try:
        await journal.post(session, *drafts)
    except LimitReached as refusal:
        # The books have the last word, whatever was reckoned before.
        raise EarmarkTooSmall(payout.amount_cents, refusal.available) from refusal


async def _let_leave(
    session: AsyncSession, caller: Caller, project: Project, payout: Payout
) -> Outgoing:
    listing = await listings.of_project(session, project.id)
    title = titled(listing.title, DEFAULT)
    to: ToBankAccount | ToProviderAccount
    if payout.provider_account_id is not None:
        to = ToProviderAccount(payout.provider_account_id)
    else:
        to = ToBankAccount(payout.iban or "", payout.holder_name or "")
    planned = Planned(
        scheme_id=payout.scheme_id,
        kind=OutgoingKind.PAYOUT,
        purpose=payout.purpose,
        account_owner_id=payout.entrepreneur_id,
        amount_cents=payout.sent_cents,
        to=to,
        description=f"{_NAMED[payout.part]} of {title}"[:140],
    )
    outgoing = await outgoings.plan(session, Actor.user(payout.planned_by_id), planned)
    return await outgoings.approve(session, caller, outgoing)


async def withhold(
    session: AsyncSession, caller: Caller, project: Project, payout: Payout, reason: str
) -> Payout:
    """Stop a payout before it is sent, or give up one that failed: its money is earmarked again.

    Raises:
        OwnAffair: the caller acts for the entrepreneur.
        PayoutStateForbids: it was sent, is over, or is retried.
    """
    eligibility.insist_on_distance(caller, project)
    # Nobody approves it meanwhile; and the outgoing before its payout, as whoever follows it does.
    await projects.locked_on_sale(session, project.id)
    await session.refresh(payout)
    outgoing = (
        await payment_queries.outgoings.locked(session, payout.outgoing_id)
        if payout.outgoing_id
        else None
    )
    payout = await queries.payouts.locked(session, payout.id)
    is_stoppable = payout.state in {PayoutState.PLANNED, PayoutState.APPROVED}
    is_under_way = outgoing is not None and outgoing.status not in {
        *STOPPABLE,
        OutgoingStatus.WITHHELD,
    }
    if payout.state in OWED_AGAIN:
        is_stoppable = not await queries.payouts.is_retried(session, payout)
        is_under_way = False
    if not is_stoppable or is_under_way:
        message = f"The payout is {payout.state}, and on its way or over: it can't be withheld."
        raise PayoutStateForbids(message, current_state=payout.state)
    if outgoing is not None and outgoing.status in STOPPABLE:
        await outgoings.withhold(session, caller, outgoing, reason)
    await give_back(session, caller, payout, reason)
    return payout


async def give_back(session: AsyncSession, by: Caller | Actor, payout: Payout, reason: str) -> None:
    """Earmark a payout's money again, if it had left its part; the payout is locked."""
    had_left = payout.state is not PayoutState.PLANNED or payout.retries_id is not None
    decisions.move(session, by, payout, PayoutState.WITHHELD, reason)
    await session.flush()
    if had_left:
        await journal.post(session, postings.withheld(payout, clock.now()))
