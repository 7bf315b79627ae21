"""Put approved outgoings into a file for the bank: they leave the books when it is made."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.ids import new_id
from app.core.problems import NotFound
from app.organisations.callers import Caller
from app.payments import queries
from app.payments.actions import bank_accounts, outgoings, payees
from app.payments.models import (
    BankAccount,
    BankBatch,
    BankTransfer,
    Outgoing,
    OutgoingStatus,
    Rail,
)
from app.payments.problems import (
    BankWouldRefuse,
    NoBankDay,
    OutgoingStateForbids,
    PayeeNotReady,
)
from app.payments.schemas.batches import BatchRequest
from app.payments.sepa import pain001
from app.payments.sepa.bank_days import is_bank_day, next_bank_day
from app.payments.sepa.pain001 import Batch, Transfer
from app.schemes.models import Scheme

FURTHEST = timedelta(days=60)
"""So far ahead a batch may be dated; banks keep files for about as long."""


async def make(
    session: AsyncSession, caller: Caller, scheme: Scheme, wanted: BatchRequest
) -> BankBatch:
    """Make the file of these outgoings: two people decided about each, and now they leave.

    Raises:
        NotFound: the scheme has no such account or outgoing.
        BankAccountClosed: nothing leaves from the account any more.
        NoBankDay: banks settle nothing on that day, or it has passed or is too far.
        OutgoingStateForbids: one is not approved, or does not leave by bank.
        PayeeNotReady: some can't leave today; each is named, with the reason.
        BankWouldRefuse: the bank would take no such file.
        LimitReached: an account of the books has not so much.
    """
    account = await _account(session, scheme, wanted.account_id)
    execute_on = _bank_day(wanted.execute_on)
    leaving = await _leaving(session, scheme, wanted.outgoing_ids)
    batch = _batch(caller, account, execute_on, leaving)
    _file(batch, leaving)
    session.add(batch)
    await session.flush()
    for outgoing in leaving:
        session.add(BankTransfer(batch_id=batch.id, outgoing_id=outgoing.id))
    await outgoings.send(session, *leaving)
    events.record(
        session,
        "bank-batch.made",
        batch.id,
        caller.actor,
        transfers=batch.transfer_count,
        totalCents=batch.total_cents,
    )
    await session.flush()
    return batch


async def _account(session: AsyncSession, scheme: Scheme, account_id: UUID) -> BankAccount:
    account = await queries.bank.account(session, scheme, account_id)
    if account is None:
        message = f"The scheme has no bank account {account_id}."
        raise NotFound(message)
    bank_accounts.insist_on_open(account)
    return account


def _bank_day(wanted: date | None) -> date:
    today = clock.today()
    if wanted is None:
        return next_bank_day(today)
    if not today <= wanted <= today + FURTHEST or not is_bank_day(wanted):
        proposed = next_bank_day(min(max(wanted, today), today + FURTHEST - timedelta(days=6)))
        message = f"Banks pay nothing on {wanted}, or it is no day of the next two months."
        raise NoBankDay(message, next_bank_day=proposed.isoformat())
    return wanted


async def _leaving(
    session: AsyncSession, scheme: Scheme, outgoing_ids: list[UUID]
) -> list[Outgoing]:
    leaving = await queries.batches.locked(session, scheme.id, outgoing_ids)
    missing = set(outgoing_ids) - {outgoing.id for outgoing in leaving}
    if missing:
        message = f"The scheme has no outgoings {', '.join(sorted(map(str, missing)))}."
        raise NotFound(message)
    unfit = [
        str(outgoing.id)
        for outgoing in leaving
        if outgoing.rail is not Rail.BANK or outgoing.status is not OutgoingStatus.APPROVED
    ]
    if unfit:
        message = f"Only what is approved and leaves by bank goes into a file: not {unfit[0]}."
        raise OutgoingStateForbids(message, outgoing_ids=unfit)
    reasons = {
        outgoing.id: reason
        for outgoing in leaving
        if (reason := await payees.held_back(session, scheme, outgoing)) is not None
    }
    if reasons:
        raise PayeeNotReady(reasons)
    return leaving


def _batch(
    caller: Caller, account: BankAccount, execute_on: date, leaving: list[Outgoing]
) -> BankBatch:
    return BankBatch(
        id=new_id(),
        scheme_id=account.scheme_id,
        account_id=account.id,
        debtor_name=account.holder_name,
        debtor_iban=account.iban,
        debtor_bic=account.bic,
        execute_on=execute_on,
        transfer_count=len(leaving),
        total_cents=sum(outgoing.amount_cents for outgoing in leaving),
        made_by=str(caller.actor),
        made_at=clock.now(),
    )


async def file_of(session: AsyncSession, batch: BankBatch) -> bytes:
    """Write the file of a batch: the same bytes whenever it is asked for."""
    transfers = await queries.batches.transfers(session, batch.id)
    return _file(batch, [transfer.outgoing for transfer in transfers])


def _file(batch: BankBatch, leaving: list[Outgoing]) -> bytes:
    try:
        return pain001.write(
            Batch(
                id=batch.id,
                created_at=batch.made_at,
                execute_on=batch.execute_on,
                debtor_name=batch.debtor_name,
                debtor_iban=batch.debtor_iban,
                transfers=tuple(_transfer(outgoing) for outgoing in leaving),
                debtor_bic=batch.debtor_bic,
            )
        )
    except ValueError as error:
        raise BankWouldRefuse(f"The bank would take no such file: {error}") from error


def _transfer(outgoing: Outgoing) -> Transfer:
    return Transfer(
        id=outgoing.id,
        amount_cents=outgoing.amount_cents,
        payee_name=outgoing.holder_name or "",
        payee_iban=outgoing.iban or "",
        remittance=outgoing.description,
    )
