"""Explain what left the bank and nobody recognised: a person says what it was, and why."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.ledger import journal
from app.organisations.callers import Caller
from app.payments import postings, queries
from app.payments.actions import matching
from app.payments.models import BankTransaction, Outcome, Outgoing, OutgoingStatus, Rail
from app.payments.problems import DoesNotExplain, TransactionExplained


async def as_cost(
    session: AsyncSession, caller: Caller, transaction: BankTransaction, reason: str
) -> BankTransaction:
    """Say that the bank took it for its work: the operator bears it.

    Raises:
        TransactionExplained: it is explained already.
    """
    transaction = await _unexplained(session, transaction)
    _explain(session, caller, transaction, Outcome.COST, reason)
    await session.flush()
    await journal.post(session, postings.bank_cost(transaction))
    return transaction


async def as_outgoing(
    session: AsyncSession,
    caller: Caller,
    transaction: BankTransaction,
    outgoing_id: UUID,
    reason: str,
) -> BankTransaction:
    """Say which outgoing it is, where the bank did not carry our id along.

    Raises:
        TransactionExplained: it is explained already.
        DoesNotExplain: the outgoing was not sent by bank from here, or is of another amount.
    """
    transaction = await _unexplained(session, transaction)
    outgoing = await _sent(session, transaction, outgoing_id)
    transaction.outgoing_id = outgoing.id
    _explain(session, caller, transaction, Outcome.SETTLED, reason)
    await matching.left(session, outgoing, str(transaction.id), transaction)
    return transaction


async def _sent(session: AsyncSession, transaction: BankTransaction, outgoing_id: UUID) -> Outgoing:
    kept = await queries.batches.locked(session, transaction.scheme_id, [outgoing_id])
    for outgoing in kept:
        is_sent = outgoing.rail is Rail.BANK and outgoing.status is OutgoingStatus.SENT
        if is_sent and outgoing.amount_cents == transaction.amount_cents:
            return outgoing
    message = (
        "Only an outgoing of the scheme that was sent by bank, and is of the same amount, can be"
        " what left."
    )
    raise DoesNotExplain(message)


async def _unexplained(session: AsyncSession, transaction: BankTransaction) -> BankTransaction:
    transaction = await queries.bank.locked_transaction(session, transaction.id)
    if transaction.outcome is not Outcome.UNEXPLAINED:
        message = f"The transaction is {transaction.outcome}: only an unexplained one is explained."
        raise TransactionExplained(message, current_outcome=transaction.outcome)
    return transaction


def _explain(
    session: AsyncSession,
    caller: Caller,
    transaction: BankTransaction,
    outcome: Outcome,
    reason: str,
) -> None:
    transaction.outcome, transaction.worked_at = outcome, clock.now()
    transaction.explained_by, transaction.explanation = str(caller.actor), reason
    events.record(
        session, "bank-transaction.explained", transaction.id, caller.actor, outcome=outcome
    )
