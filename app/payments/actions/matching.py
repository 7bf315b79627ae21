"""Find out what a transaction at the bank is: by reference, then by amount and account, or not.

Nothing is guessed. What comes in and is not recognised goes into suspense; what leaves and is not
recognised waits, in no books, for a person to explain it.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.payments import queries
from app.payments.actions import balance, outgoings, receipts
from app.payments.facts import Arrival
from app.payments.models import (
    BankTransaction,
    Outcome,
    Outgoing,
    OutgoingStatus,
    Payment,
    ProviderPayout,
    Rail,
)
from app.payments.sepa.camt053 import Direction
from app.payments.sepa.pain001 import our_id
from app.payments.sepa.references import references_in

MATCH = jobs.JobKind("payments.match", max_attempts=40, back_off_seconds=2.0)
"""Find out what a transaction is."""

SETTLE = jobs.JobKind("payments.settle-of-batch", max_attempts=40, back_off_seconds=2.0)
"""Settle one outgoing of what the bank booked as one."""

PROVIDER = "stripe"
"""Stands in the name of who pays out to the bank."""


async def match(session: AsyncSession, transaction_id: UUID) -> None:
    """Find out what a transaction is, once, and do what follows from it."""
    transaction = await queries.bank.locked_transaction(session, transaction_id)
    if transaction.outcome is not Outcome.OPEN:
        return
    if transaction.direction is Direction.INCOMING:
        outcome = await _incoming(session, transaction)
    else:
        outcome = await _outgoing(session, transaction)
    if outcome is not Outcome.OPEN:
        transaction.outcome, transaction.worked_at = outcome, clock.now()


async def _incoming(session: AsyncSession, transaction: BankTransaction) -> Outcome:
    outgoing = await _ours(session, transaction, OutgoingStatus.SENT, OutgoingStatus.SETTLED)
    if outgoing is not None:
        # Nobody else knows its id: it came back, also where the bank does not say so.
        reason = transaction.return_reason or "returned"
        transaction.outgoing_id = outgoing.id
        if outgoing.status is OutgoingStatus.SENT:
            # What took it is not read yet, or not imported: the books need both, in this order.
            return Outcome.OPEN
        await outgoings.fail(session, outgoing, reason, transaction.happened_at)
        return Outcome.RETURNED
    payout = await _provider_payout(session, transaction)
    if payout is not None:
        evidence = f"camt:{transaction.id}"
        await balance.arrived(session, payout, transaction.happened_at, evidence)
        return Outcome.PROVIDER_PAYOUT
    shares = await _shares(session, transaction)
    for share in shares:
        await receipts.take(session, share.arrival, share.payment)
    return Outcome.SUSPENSE if shares[0].payment is None else Outcome.RECEIVED


async def _outgoing(session: AsyncSession, transaction: BankTransaction) -> Outcome:
    if transaction.is_back:
        return Outcome.UNEXPLAINED
    outgoing = await _ours(session, transaction, OutgoingStatus.SENT)
    if outgoing is None:
        return await _whole_batch(session, transaction)
    transaction.outgoing_id = outgoing.id
    await left(session, outgoing, str(transaction.id), transaction)
    return Outcome.SETTLED


async def left(
    session: AsyncSession, outgoing: Outgoing, external_id: str, transaction: BankTransaction
) -> None:
    """Settle what left by bank; what brought it back and was read before is looked at again."""
    await outgoings.settle(session, outgoing, external_id, transaction.happened_at)
    for waiting_id in await queries.bank.waiting_returns(session, outgoing):
        await jobs.enqueue(session, MATCH, transaction_id=waiting_id)


async def _whole_batch(session: AsyncSession, transaction: BankTransaction) -> Outcome:
    """Settle a batch that the bank booked as one: all of it that the bank did not reject."""
    batch_id = our_id(transaction.batch_reference)
    transfers = await queries.batches.transfers(session, batch_id) if batch_id else []
    paid = [
        transfer.outgoing
        for transfer in transfers
        if transfer.outgoing.scheme_id == transaction.scheme_id
        and transfer.outgoing.status is OutgoingStatus.SENT
    ]
    if not paid or sum(one.amount_cents for one in paid) != transaction.amount_cents:
        return Outcome.UNEXPLAINED
    for outgoing in paid:
        await jobs.enqueue(session, SETTLE, outgoing_id=outgoing.id, transaction_id=transaction.id)
    return Outcome.SETTLED


async def settle(session: AsyncSession, outgoing_id: UUID, transaction_id: UUID) -> None:
    """Settle one outgoing of a batch that the bank booked as one."""
    transaction = await queries.bank.locked_transaction(session, transaction_id)
    outgoing = await queries.outgoings.locked(session, outgoing_id)
    await left(session, outgoing, f"{transaction.id}/{outgoing.id}", transaction)


async def _ours(
    session: AsyncSession, transaction: BankTransaction, *standing: OutgoingStatus
) -> Outgoing | None:
    """Find and keep what we sent under the transaction's end-to-end id, if all of it agrees."""
    outgoing_id = our_id(transaction.end_to_end_id)
    if outgoing_id is None:
        return None
    kept = await queries.batches.locked(session, transaction.scheme_id, [outgoing_id])
    for outgoing in kept:
        agrees = outgoing.rail is Rail.BANK and outgoing.amount_cents == transaction.amount_cents
        if agrees and outgoing.status in standing:
            return outgoing
    return None


async def _provider_payout(
    session: AsyncSession, transaction: BankTransaction
) -> ProviderPayout | None:
    """Find what the provider paid out: by the text that we gave along, or else by its name."""
    if transaction.is_back:
        return None
    candidates = await queries.bank.payouts_under_way(
        session, transaction.scheme_id, transaction.amount_cents
    )
    said = _together(transaction.remittance)
    for payout in candidates:
        if _together(payout.statement_text) in said:
            return payout
    is_provider = PROVIDER in (transaction.counterparty_name or "").lower()
    return candidates[0] if candidates and is_provider else None


def _together(text: str | None) -> str:
    return "".join((text or "").upper().split())


@dataclass(frozen=True, slots=True)
class _Share:
    """A part of what came in, and for what."""

    arrival: Arrival
    payment: Payment | None


async def _shares(session: AsyncSession, transaction: BankTransaction) -> list[_Share]:
    """Say for which payments money came: one share, or several that a payer paid together."""
    payments = await _named(session, transaction)
    if len(payments) > 1:
        rests = [await queries.bank.still_to_come(session, payment) for payment in payments]
        if min(rests) > 0 and sum(rests) == transaction.amount_cents:
            return [
                _Share(_arrival(transaction, rest, number), payment)
                for number, (payment, rest) in enumerate(zip(payments, rests, strict=True), 1)
            ]
    whole = _arrival(transaction, transaction.amount_cents)
    return [_Share(whole, payments[0] if len(payments) == 1 else None)]


async def _named(session: AsyncSession, transaction: BankTransaction) -> list[Payment]:
    """List the payments that a transaction names by reference, or else by amount and account."""
    texts = (transaction.remittance, transaction.end_to_end_id)
    references = {found for text in texts if text for found in references_in(text)}
    if references:
        return await queries.bank.payments_named(session, transaction.scheme_id, sorted(references))
    if transaction.counterparty_iban is None or transaction.is_back:
        return []
    alike = await queries.bank.payments_alike(
        session, transaction.scheme_id, transaction.counterparty_iban, transaction.amount_cents
    )
    # Two that fit equally well are none that fits: a person knows which.
    return alike if len(alike) == 1 else []


def _arrival(transaction: BankTransaction, amount_cents: int, number: int | None = None) -> Arrival:
    part = f"/{number}" if number else ""
    return Arrival(
        scheme_id=transaction.scheme_id,
        rail=Rail.BANK,
        external_id=f"{transaction.id}{part}",
        amount_cents=amount_cents,
        received_at=transaction.happened_at,
        payer_name=transaction.counterparty_name,
        payer_iban=transaction.counterparty_iban,
        remittance=transaction.remittance,
    )
