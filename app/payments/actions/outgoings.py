"""Let money leave: planned by one, approved by another, sent once, settled or owed again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs
from app.core.events import Actor
from app.core.ids import new_id
from app.ledger.chart import KeptPer
from app.ledger.drafts import Draft
from app.organisations.callers import Caller
from app.payments import hooks, postings, queries
from app.payments.actions import balance, books, receipts
from app.payments.facts import OutgoingStanding
from app.payments.hooks import Thing
from app.payments.models import Outgoing, OutgoingKind, OutgoingStatus, Purpose, Rail
from app.payments.problems import OutgoingStateForbids, SamePerson

SEND = jobs.JobKind("payments.send", max_attempts=60, back_off_seconds=5.0)
"""Have the provider refund or transfer (`errands.sending.send`)."""

CLAW_BACK = jobs.JobKind("payments.claw-back", max_attempts=60, back_off_seconds=5.0)
"""Have the provider take a transfer back (`errands.sending.claw_back`)."""


@dataclass(frozen=True, slots=True)
class ToPayment:
    """Back the way that a payment came."""

    payment_id: UUID


@dataclass(frozen=True, slots=True)
class ToProviderAccount:
    """To an entrepreneur's account at the provider."""

    provider_account_id: UUID


@dataclass(frozen=True, slots=True)
class ToBankAccount:
    """To an account at a bank."""

    iban: str
    holder_name: str


@dataclass(frozen=True, slots=True)
class Planned:
    """Money that should leave."""

    scheme_id: UUID
    kind: OutgoingKind
    purpose: str
    """`<noun>/<id>`; its owner is told of all that happens (`hooks`)."""
    account_owner_id: UUID | None
    """Whose `refund_due` or `payable`; none for the operator's fee and VAT."""
    amount_cents: int
    to: ToPayment | ToProviderAccount | ToBankAccount
    description: str


async def plan(session: AsyncSession, actor: Actor, planned: Planned) -> Outgoing:
    """Plan money to leave. A refund the way the payment came is sent without another person.

    What it comes from must be there when it is sent: `refund_due` and `payable` can't go below
    zero.

    Raises:
        ValueError: the purpose is none, or the account is kept otherwise.
    """
    Purpose.read(planned.purpose)
    has_owner = postings.FROM[planned.kind].kept_per is not KeptPer.KEEPER
    if has_owner != (planned.account_owner_id is not None):
        message = f"A {planned.kind} comes from an account that is kept otherwise."
        raise ValueError(message)
    to = planned.to
    outgoing = Outgoing(
        id=new_id(),
        scheme_id=planned.scheme_id,
        kind=planned.kind,
        purpose=planned.purpose,
        account_owner_id=planned.account_owner_id,
        amount_cents=planned.amount_cents,
        rail=Rail.BANK if isinstance(to, ToBankAccount) else Rail.PROVIDER,
        payment_id=to.payment_id if isinstance(to, ToPayment) else None,
        provider_account_id=to.provider_account_id if isinstance(to, ToProviderAccount) else None,
        iban=to.iban if isinstance(to, ToBankAccount) else None,
        holder_name=to.holder_name if isinstance(to, ToBankAccount) else None,
        description=planned.description,
        status=OutgoingStatus.PLANNED,
        planned_by=str(actor),
    )
    session.add(outgoing)
    _record(session, "planned", outgoing, actor)
    await session.flush()
    if isinstance(to, ToPayment):
        await _approve(session, outgoing, Actor.system("same-way-back"))
    return outgoing


async def approve(session: AsyncSession, caller: Caller, outgoing: Outgoing) -> Outgoing:
    """Agree that money leaves. Of the provider's it is sent at once; by bank, with the next file.

    Raises:
        SamePerson: the caller planned it.
        OutgoingStateForbids: it is not planned any more.
    """
    outgoing = await queries.outgoings.locked(session, outgoing.id)
    if outgoing.planned_by == str(caller.actor):
        message = "You planned this outgoing: somebody else approves it."
        raise SamePerson(message)
    _insist(outgoing, OutgoingStatus.PLANNED)
    await _approve(session, outgoing, caller.actor)
    return outgoing


async def _approve(session: AsyncSession, outgoing: Outgoing, actor: Actor) -> None:
    outgoing.status = OutgoingStatus.APPROVED
    outgoing.approved_by, outgoing.approved_at = str(actor), clock.now()
    _record(session, "approved", outgoing, actor)
    await hooks.tell(session, Thing.OUTGOING, outgoing.id)
    if outgoing.rail is Rail.PROVIDER:
        await jobs.enqueue(session, SEND, outgoing_id=outgoing.id)


async def withhold(
    session: AsyncSession, caller: Caller, outgoing: Outgoing, reason: str
) -> Outgoing:
    """Stop money before it is sent; it stays owed, and may be planned anew.

    Raises:
        OutgoingStateForbids: it was sent, or is over.
    """
    outgoing = await queries.outgoings.locked(session, outgoing.id)
    _insist(outgoing, OutgoingStatus.PLANNED, OutgoingStatus.APPROVED)
    await _withhold(session, caller.actor, outgoing, reason)
    return outgoing


async def stop(session: AsyncSession, actor: Actor, outgoing: Outgoing, reason: str) -> bool:
    """Stop money that nobody should have any more, unless it was sent; say whether it was not."""
    outgoing = await queries.outgoings.locked(session, outgoing.id)
    if outgoing.status not in {OutgoingStatus.PLANNED, OutgoingStatus.APPROVED}:
        return False
    await _withhold(session, actor, outgoing, reason)
    return True


async def _withhold(session: AsyncSession, actor: Actor, outgoing: Outgoing, reason: str) -> None:
    outgoing.failure = reason
    await _move(session, outgoing, OutgoingStatus.WITHHELD, actor)


async def claw_back(
    session: AsyncSession, caller: Caller, outgoing: Outgoing, reason: str
) -> Outgoing:
    """Want a transfer to an entrepreneur's account back, all of it; a job does it.

    Raises:
        SamePerson: the caller planned it.
        OutgoingStateForbids: it is not settled, or it is no transfer of the provider's.
    """
    outgoing = await queries.outgoings.locked(session, outgoing.id)
    if outgoing.planned_by == str(caller.actor):
        message = "You planned this outgoing: somebody else takes it back."
        raise SamePerson(message)
    _insist(outgoing, OutgoingStatus.SETTLED)
    if outgoing.provider_account_id is None:
        message = "Only a transfer to an account at the provider can be taken back."
        raise OutgoingStateForbids(message, current_status=outgoing.status)
    outgoing.failure = reason
    _record(session, "claw-back-wanted", outgoing, caller.actor)
    await session.flush()
    await jobs.enqueue(session, CLAW_BACK, outgoing_id=outgoing.id)
    return outgoing


async def keep(session: AsyncSession, outgoing: Outgoing, refusal: str) -> None:
    """Note why the provider does not take a transfer back; it stays settled, and is locked."""
    if outgoing.status is OutgoingStatus.SETTLED:
        outgoing.failure = refusal
        _record(session, "claw-back-refused", outgoing, receipts.OUTSIDE)


async def send(session: AsyncSession, *leaving: Outgoing) -> None:
    """Let approved money of a scheme leave the books, before the other side is told.

    All of it is locked.

    Raises:
        LimitReached: its owner's account has not so much.
        OutgoingStateForbids: it is not approved, or was sent.
    """
    sent_at = clock.now()
    for outgoing in leaving:
        _insist(outgoing, OutgoingStatus.APPROVED)
        outgoing.sent_at = sent_at
        await _move(session, outgoing, OutgoingStatus.SENT)
    drafts = [postings.sent(outgoing, sent_at) for outgoing in leaving]
    await books.enter(session, leaving[0].scheme_id, drafts)


async def settle(
    session: AsyncSession, outgoing: Outgoing, external_id: str, occurred_at: datetime
) -> None:
    """Note that sent money left the balance or the account; it is locked. Twice is as once."""
    if outgoing.status is OutgoingStatus.SENT:
        outgoing.external_id = outgoing.external_id or external_id
    drafts = await _settled(session, outgoing, occurred_at)
    await books.enter(session, outgoing.scheme_id, drafts)


async def fail(
    session: AsyncSession, outgoing: Outgoing, failure: str, occurred_at: datetime
) -> None:
    """Note that sent money was refused, or came back though it was settled; it is locked.

    It is owed again. Twice is as once.
    """
    drafts = await _failed(session, outgoing, failure, occurred_at)
    await books.enter(session, outgoing.scheme_id, drafts)


async def follow(session: AsyncSession, outgoing: Outgoing, standing: OutgoingStanding) -> None:
    """Write down how a refund or a transfer stands at the provider; it is locked."""
    outgoing.external_id = standing.external_id
    happened_at = standing.happened_at or clock.now()
    drafts = []
    if standing.failure is not None:
        drafts += await _failed(session, outgoing, standing.failure, happened_at)
    elif standing.settled:
        drafts += await _settled(session, outgoing, happened_at)
    if standing.clawed_back:
        drafts += await _clawed_back(session, outgoing, happened_at)
    for transaction in standing.transactions:
        drafts += await balance.note(session, outgoing.scheme_id, transaction)
    await books.enter(session, outgoing.scheme_id, drafts)


async def _settled(session: AsyncSession, outgoing: Outgoing, occurred_at: datetime) -> list[Draft]:
    if outgoing.status is not OutgoingStatus.SENT:
        return []
    outgoing.settled_at = occurred_at
    await _move(session, outgoing, OutgoingStatus.SETTLED)
    return [postings.settled(outgoing, occurred_at)]


async def _failed(
    session: AsyncSession, outgoing: Outgoing, failure: str, occurred_at: datetime
) -> list[Draft]:
    if outgoing.status not in {OutgoingStatus.SENT, OutgoingStatus.SETTLED}:
        return []
    was_settled = outgoing.status is OutgoingStatus.SETTLED
    outgoing.failure = failure
    await _move(session, outgoing, OutgoingStatus.FAILED)
    entry = postings.returned if was_settled else postings.failed
    return [entry(outgoing, occurred_at)]


async def _clawed_back(
    session: AsyncSession, outgoing: Outgoing, occurred_at: datetime
) -> list[Draft]:
    if outgoing.status is not OutgoingStatus.SETTLED:
        return []
    outgoing.failure = outgoing.failure or "reversed"
    await _move(session, outgoing, OutgoingStatus.CLAWED_BACK)
    return [postings.clawed_back(outgoing, occurred_at)]


async def _move(
    session: AsyncSession,
    outgoing: Outgoing,
    status: OutgoingStatus,
    actor: Actor = receipts.OUTSIDE,
) -> None:
    outgoing.status = status
    _record(session, status.replace("_", "-"), outgoing, actor)
    await hooks.tell(session, Thing.OUTGOING, outgoing.id)


def _record(session: AsyncSession, what: str, outgoing: Outgoing, actor: Actor) -> None:
    events.record(
        session,
        f"outgoing.{what}",
        outgoing.id,
        actor,
        purpose=outgoing.purpose,
        amountCents=outgoing.amount_cents,
        kind=outgoing.kind.value,
    )


def _insist(outgoing: Outgoing, *needed: OutgoingStatus) -> None:
    if outgoing.status not in needed:
        message = f"The outgoing is {outgoing.status}; this needs it to be {' or '.join(needed)}."
        raise OutgoingStateForbids(message, current_status=outgoing.status)
