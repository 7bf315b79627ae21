"""The authority confirms what follows from a contract, and closes what is fulfilled."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.core.problems import PreconditionFailed
from app.ledger import journal
from app.ledger.chart import Book
from app.ledger.drafts import Draft
from app.obligations import postings, queries
from app.obligations.actions import decisions, letters, states
from app.obligations.models import (
    Contract,
    ContractAmendment,
    ContractOrigin,
    Obligation,
    ObligationDecisionKind,
    ObligationState,
)
from app.obligations.problems import NothingToConfirm, ObligationStateForbids, OwnContract
from app.organisations.callers import Caller
from app.schemes.models import Authority

RAISED = jobs.JobKind("obligations.raised")
"""What an obligation had no room for is looked at again; `main` says by whom."""


async def confirm(
    session: AsyncSession, caller: Caller, obligation: Obligation, reason: str
) -> Obligation:
    """Impose an obligation as it is computed, or raise or lower it to that.

    Raises:
        PreconditionFailed: it has changed since the caller read it.
        ObligationStateForbids: it is closed.
        NothingToConfirm: it is confirmed as it is computed.
        OwnContract: the caller entered the figures that it follows from.
    """
    # Shared, and before the obligation: nobody publishes rules while it becomes one of these.
    await session.get_one(Authority, obligation.authority_id, with_for_update={"read": True})
    obligation = await _as_read(session, obligation)
    if obligation.state.is_closed:
        message = "The obligation is closed: what its contract says changes nothing any more."
        raise ObligationStateForbids(message, current_state=obligation.state)
    before = obligation.confirmed_cents or 0
    difference = obligation.computed_cents - before
    if not difference:
        message = "There is nothing to confirm: it is imposed as it is computed."
        raise NothingToConfirm(message)
    await _insist_on_rules(session, obligation)
    await _insist_on_four_eyes(session, caller, obligation)
    kind, draft = await _drafted(session, obligation, difference)
    await journal.open_ledger(session, obligation.authority_id, Book.SOCIAL_RETURN)
    await journal.post(session, draft)
    obligation.confirmed_cents = obligation.computed_cents
    decisions.note(
        session, caller.actor, obligation, kind, amount_cents=abs(difference), reason=reason
    )
    if obligation.state is ObligationState.REGISTERED:
        begun = obligation.starts_on <= clock.today()
        obligation.state = ObligationState.ACTIVE if begun else ObligationState.CONFIRMED
    await states.follow_dates(session, obligation)
    await session.flush()
    await states.settle_state(session, caller.actor, obligation)
    if kind is ObligationDecisionKind.RAISED:
        await jobs.enqueue(session, RAISED, obligation_id=obligation.id)
    await letters.confirmed(session, obligation)
    return obligation


async def _as_read(session: AsyncSession, obligation: Obligation) -> Obligation:
    """Keep an obligation, as the caller knows it."""
    known = obligation.version
    kept = await queries.obligations.kept(session, obligation.id)
    if kept.version != known:
        message = "The obligation has changed meanwhile. Read it again, then decide."
        raise PreconditionFailed(message)
    return kept


async def _insist_on_four_eyes(
    session: AsyncSession, caller: Caller, obligation: Obligation
) -> None:
    amendment = await session.get_one(ContractAmendment, obligation.amendment_id)
    if amendment.made_by_id == caller.user_id:
        message = "You entered these figures: somebody else of the authority confirms them."
        raise OwnContract(message)


async def _insist_on_rules(session: AsyncSession, obligation: Obligation) -> None:
    """Refuse what a job is about to compute anew: rules that apply were published since."""
    contract = await session.get_one(Contract, obligation.contract_id)
    if obligation.confirmed_cents is not None or contract.origin is not ContractOrigin.CONTRACTOR:
        return
    applying = await queries.rules.applying(session, contract.authority_id, contract.awarded_on)
    if applying is not None and applying.id != obligation.rules_id:
        message = "Rules were published that apply to it: in a moment it is computed by them."
        raise PreconditionFailed(message)


async def _drafted(
    session: AsyncSession, obligation: Obligation, difference: int
) -> tuple[ObligationDecisionKind, Draft]:
    now, amendment_id = clock.now(), obligation.amendment_id
    if obligation.confirmed_cents is None:
        draft = postings.imposed(obligation, difference, now)
        return ObligationDecisionKind.CONFIRMED, draft
    standing = await queries.standing.now(session, obligation)
    if difference > 0:
        draft = postings.raised(obligation, difference, standing.surplus, amendment_id, now)
        return ObligationDecisionKind.RAISED, draft
    draft = postings.lowered(obligation, -difference, standing.owed, amendment_id, now)
    return ObligationDecisionKind.LOWERED, draft


async def settle(
    session: AsyncSession, caller: Caller, obligation_id: UUID, reason: str
) -> Obligation:
    """Close an obligation that is fulfilled, or that came to nothing before it was confirmed.

    Raises:
        ObligationStateForbids: something is owed, or undecided; or it is closed.
        OwnContract: the caller entered the figures that come to nothing.
    """
    obligation = await queries.obligations.kept(session, obligation_id)
    if obligation.state is ObligationState.REGISTERED and not obligation.computed_cents:
        await _insist_on_four_eyes(session, caller, obligation)
        obligation.confirmed_cents = 0
    elif not await _is_fulfilled(session, obligation):
        message = "It is settled when it is fulfilled, and nothing of it is owed or undecided."
        raise ObligationStateForbids(message, current_state=obligation.state)
    obligation.state = ObligationState.SETTLED
    obligation.remind_on = None
    decisions.note(session, caller.actor, obligation, ObligationDecisionKind.SETTLED, reason=reason)
    await session.flush()
    return obligation


async def _is_fulfilled(session: AsyncSession, obligation: Obligation) -> bool:
    """Ask the book as well: of units that an order just lost, the state hears in a job."""
    standing = await queries.standing.now(session, obligation)
    return obligation.state is ObligationState.FULFILLED and standing.is_met
