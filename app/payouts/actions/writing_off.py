"""Give up what an entrepreneur owes and will not pay: proposed by one, approved by another.

The operator bears it: what buyers were refunded is no longer to be had from who was paid it, and
its own money has to fill the gap. It takes out less of its fees as long as it does
(`actions.withdrawing`).
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, database, events
from app.ledger import journal
from app.organisations.callers import Caller
from app.payments.problems import SamePerson
from app.payouts import postings, queries
from app.payouts.actions import claims, letters
from app.payouts.models import WriteOff, WriteOffState
from app.payouts.problems import LessOwed, WriteOffDecided, WriteOffPending
from app.payouts.schemas import WriteOffDecisionRequest, WriteOffRequest
from app.schemes.models import Scheme
from app.schemes.problems import OwnAffair


async def propose(
    session: AsyncSession, caller: Caller, scheme: Scheme, wanted: WriteOffRequest
) -> WriteOff:
    """Propose that an entrepreneur does not have to pay (a part of) what it owes.

    Raises:
        OwnAffair: the caller acts for the entrepreneur.
        LessOwed: it does not owe so much, less what it is expected to pay.
        WriteOffPending: another one waits for its decision.
    """
    _insist_on_distance(caller, wanted.entrepreneur_id)
    owed = await claims.owed_cents(session, scheme, wanted.entrepreneur_id)
    cents = wanted.amount_cents or owed
    if cents > owed or cents == 0:
        raise LessOwed(wanted.amount_cents, owed)
    if await queries.write_offs.waiting(session, scheme, wanted.entrepreneur_id):
        message = "Another write-off of this entrepreneur's debt waits: decide about that first."
        raise WriteOffPending(message)
    write_off = WriteOff(
        scheme_id=scheme.id,
        entrepreneur_id=wanted.entrepreneur_id,
        amount_cents=cents,
        reason=wanted.reason,
        proposed_by_id=caller.user_id,
    )
    session.add(write_off)
    await session.flush()
    _tell(session, caller, write_off)
    return write_off


def _insist_on_distance(caller: Caller, entrepreneur_id: UUID) -> None:
    if caller.rights_in(entrepreneur_id):
        message = "You act for this entrepreneur: somebody else decides what it has to pay."
        raise OwnAffair(message)


async def decide(
    session: AsyncSession,
    caller: Caller,
    scheme: Scheme,
    write_off: WriteOff,
    wanted: WriteOffDecisionRequest,
) -> WriteOff:
    """Approve what somebody else proposed: it is owed no more; or reject it.

    Raises:
        OwnAffair: the caller acts for the entrepreneur.
        WriteOffDecided: it was decided.
        SamePerson: who proposed it can't approve it.
        LessOwed: by now it owes less, or is expected to pay: propose another amount.
    """
    _insist_on_distance(caller, write_off.entrepreneur_id)
    write_off = await database.locked(session, WriteOff, write_off.id)
    if write_off.state is not WriteOffState.PROPOSED:
        message = f"The write-off is {write_off.state}."
        raise WriteOffDecided(message, current_state=write_off.state)
    approves = wanted.kind is WriteOffState.APPROVED
    if approves and write_off.proposed_by_id == caller.user_id:
        message = "You proposed this: somebody else approves it."
        raise SamePerson(message)
    write_off.state, write_off.decision_reason = wanted.kind, wanted.reason
    write_off.decided_by_id, write_off.decided_at = caller.user_id, clock.now()
    await session.flush()
    _tell(session, caller, write_off)
    if approves:
        owed = await claims.owed_cents(session, scheme, write_off.entrepreneur_id)
        if write_off.amount_cents > owed:
            raise LessOwed(write_off.amount_cents, owed)
        await journal.post(session, postings.written_off(write_off, clock.now()))
        await letters.written_off(session, scheme, write_off)
    return write_off


def _tell(session: AsyncSession, caller: Caller, write_off: WriteOff) -> None:
    events.record(
        session,
        f"write-off.{write_off.state}",
        write_off.id,
        caller.actor,
        entrepreneurId=str(write_off.entrepreneur_id),
        amountCents=write_off.amount_cents,
    )
