"""The balance at the provider: what moved it, what that cost, and what goes to the bank."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs
from app.core.database import settings_of
from app.core.events import Actor
from app.core.ids import new_id
from app.ledger.drafts import Draft
from app.payments import postings, queries
from app.payments.actions import books
from app.payments.actions.receipts import OUTSIDE
from app.payments.facts import PayoutStanding, Transaction
from app.payments.models import ProviderPayout, ProviderPayoutStatus, ProviderTransaction
from app.payments.problems import BalanceTooSmall, ProviderMissing

PAY_OUT = jobs.JobKind("payments.pay-out", max_attempts=60, back_off_seconds=5.0)
"""Have the provider pay out to the operator's bank (`errands.payouts`)."""


async def note(session: AsyncSession, scheme_id: UUID, transaction: Transaction) -> list[Draft]:
    """Keep a move of the balance.

    Returns:
        What it cost, to be entered by the caller with the rest; entered twice it is once.
    """
    return costs(await keep(session, scheme_id, transaction), scheme_id)


def costs(move: ProviderTransaction, scheme_id: UUID) -> list[Draft]:
    """Draft what a move of the balance cost."""
    drafts = [postings.fee(move, scheme_id)] if move.fee_cents else []
    if move.type in postings.COSTS and move.amount_cents:
        drafts.append(postings.charged(move, scheme_id))
    return drafts


async def keep(
    session: AsyncSession, scheme_id: UUID | None, transaction: Transaction
) -> ProviderTransaction:
    """Write a move of the balance down, once; say whose it is, if nobody knew."""
    row = insert(ProviderTransaction).values(
        id=new_id(),
        external_id=transaction.external_id,
        scheme_id=scheme_id,
        type=transaction.type,
        source_id=transaction.source_id,
        amount_cents=transaction.amount_cents,
        fee_cents=transaction.fee_cents,
        happened_at=transaction.happened_at,
        available_on=transaction.available_on,
        taken_at=clock.now(),
    )
    once = row.on_conflict_do_update(
        constraint="uq_provider_transactions_external_id",
        set_={
            "scheme_id": sa.func.coalesce(ProviderTransaction.scheme_id, row.excluded.scheme_id),
            # Who looked at the thing knows better what moved the balance than the list does.
            "source_id": sa.case(
                (row.excluded.scheme_id.is_(None), ProviderTransaction.source_id),
                else_=row.excluded.source_id,
            ),
        },
    ).returning(ProviderTransaction)
    found = await session.scalars(once, execution_options={"populate_existing": True})
    return found.one()


async def sweep(session: AsyncSession, transaction: Transaction) -> None:
    """Keep a move of the balance that is in the provider's list, and enter what it cost.

    Whose it is follows from what moved it. What is nobody's is kept without a scheme, where the
    operator's reconciliation shows it.
    """
    if await queries.balance.is_known(session, transaction.external_id):
        return
    scheme_id = await queries.balance.scheme_of(session, transaction.source_id)
    if scheme_id is None and transaction.type in postings.COSTS:
        scheme_id = await queries.balance.only_scheme(session)
    if scheme_id is None:
        await keep(session, None, transaction)
    else:
        await books.enter(session, scheme_id, await note(session, scheme_id, transaction))


async def pay_out(
    session: AsyncSession, actor: Actor, scheme_id: UUID, amount_cents: int
) -> ProviderPayout:
    """Want money to go from the provider to the operator's own bank account; a job does it.

    Raises:
        ProviderMissing: this installation has no payment provider.
        BalanceTooSmall: by the books there is not so much at the provider.
    """
    if settings_of(session).stripe_key is None:
        message = "This installation has no payment provider: all money comes by bank."
        raise ProviderMissing(message)
    # One at a time: two of them would both see the whole balance.
    await queries.balance.one_at_a_time(session, scheme_id)
    free = await queries.balance.at_provider(session, scheme_id)
    if amount_cents > free:
        message = "By the books there is less at the provider, with what is on its way to the bank."
        raise BalanceTooSmall(message, available_cents=max(free, 0))
    payout = ProviderPayout(
        id=(payout_id := new_id()),
        scheme_id=scheme_id,
        amount_cents=amount_cents,
        status=ProviderPayoutStatus.WANTED,
        # A statement shows 22 characters at most: these are the id's last, which are random.
        statement_text=f"BAAT {payout_id.hex[-12:].upper()}",
        wanted_by=str(actor),
    )
    session.add(payout)
    events.record(session, "provider-payout.wanted", payout.id, actor, amountCents=amount_cents)
    await session.flush()
    await jobs.enqueue(session, PAY_OUT, payout_id=payout.id)
    return payout


async def refuse(session: AsyncSession, payout: ProviderPayout, failure: str) -> None:
    """Note that the provider makes no such payout, and why; it is locked."""
    if payout.status is ProviderPayoutStatus.WANTED:
        payout.failure = failure
        _move(session, payout, ProviderPayoutStatus.FAILED)


async def follow(session: AsyncSession, payout: ProviderPayout, standing: PayoutStanding) -> None:
    """Write down how a payout stands at the provider; it is locked."""
    payout.external_id, payout.expected_on = standing.external_id, standing.expected_on
    if payout.status is ProviderPayoutStatus.WANTED:
        _move(session, payout, ProviderPayoutStatus.UNDER_WAY)
    if standing.failure is not None and payout.status is not ProviderPayoutStatus.FAILED:
        payout.failure = standing.failure
        _move(session, payout, ProviderPayoutStatus.FAILED)
    await session.flush()
    drafts = []
    for transaction in standing.transactions:
        move = await keep(session, payout.scheme_id, transaction)
        drafts += [postings.paid_out(payout, move), *costs(move, payout.scheme_id)]
    await books.enter(session, payout.scheme_id, drafts)


async def arrived(
    session: AsyncSession, payout: ProviderPayout, occurred_at: datetime, evidence: str
) -> None:
    """Find a payout of the provider's on the bank's statement. Twice is as once."""
    payout = await queries.balance.locked(session, payout.id)
    if payout.status is ProviderPayoutStatus.ARRIVED:
        return
    payout.arrived_at = occurred_at
    _move(session, payout, ProviderPayoutStatus.ARRIVED)
    await books.enter(session, payout.scheme_id, [postings.arrived(payout, occurred_at, evidence)])


def _move(session: AsyncSession, payout: ProviderPayout, status: ProviderPayoutStatus) -> None:
    payout.status = status
    what = status.replace("_", "-")
    events.record(session, f"provider-payout.{what}", payout.id, OUTSIDE)
