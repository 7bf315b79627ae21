"""Import statements: read without trust, kept once, and every new entry looked at by a job."""

import asyncio
import hashlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, files, jobs
from app.core.database import settings_of
from app.core.files import Received
from app.core.ids import new_id
from app.core.problems import InvalidRequest
from app.organisations.callers import Caller
from app.payments import queries
from app.payments.actions.matching import MATCH
from app.payments.models import BankAccount, BankStatement, BankTransaction, Outcome
from app.payments.problems import StatementOfUnknownAccount
from app.payments.sepa import camt053
from app.payments.sepa.camt053 import Entry, Message, Statement
from app.payments.sepa.faults import MessageRefusedError
from app.schemes.models import Scheme


async def read(session: AsyncSession, received: Received) -> Message:
    """Read a received file, beside the loop that others wait for.

    Raises:
        InvalidRequest: it is no `camt.053`, or does not add up; every fault is named.
    """
    content = await files.read(settings_of(session), received)
    try:
        return await asyncio.to_thread(camt053.read, content)
    except MessageRefusedError as error:
        raise refused(error) from error


def refused(error: MessageRefusedError) -> InvalidRequest:
    """Tell the faults of a bank's message as those of a request."""
    return InvalidRequest(
        [
            {
                "in": "body",
                "pointer": "#",
                "code": fault.code,
                "detail": f"{fault.where}: {fault.detail}",
            }
            for fault in error.faults
        ]
    )


async def take(
    session: AsyncSession, caller: Caller, scheme: Scheme, received: Received, message: Message
) -> list[BankStatement]:
    """Keep the statements of a file; one that was imported before is the same as then.

    Entries that another statement brought already are left out, so that files may overlap.

    Raises:
        StatementOfUnknownAccount: one of them is of an account that is none of the scheme's.
    """
    accounts = await _accounts(session, scheme, message)
    told = [(accounts[statement.iban], statement) for statement in message.statements]
    known = [
        await queries.bank.same_statement(session, account.id, _digest(statement))
        for account, statement in told
    ]
    if all(known):
        return [statement for statement in known if statement is not None]
    file = await files.keep(session, received, caller.actor)
    taken: list[BankStatement] = []
    for (account, statement), same in zip(told, known, strict=True):
        # The same one may stand in a file twice: the second time it is known.
        row = same or await queries.bank.same_statement(session, account.id, _digest(statement))
        if row is None:
            row = await _row(session, account, statement)
            row.file_id, row.imported_by = file.id, str(caller.actor)
            await _keep(session, scheme, row, statement)
            _record(session, caller, row)
        taken.append(row)
    return taken


async def _accounts(
    session: AsyncSession, scheme: Scheme, message: Message
) -> dict[str, BankAccount]:
    """Lock the accounts that a file is about, in the order of their numbers."""
    numbers = sorted({statement.iban for statement in message.statements})
    accounts = {iban: await queries.bank.open_account(session, scheme, iban) for iban in numbers}
    unknown = [iban for iban, account in accounts.items() if account is None]
    if unknown:
        which = ", ".join(unknown)
        message_ = f"The file is about {which}, and the scheme keeps no money there: open it first."
        raise StatementOfUnknownAccount(message_, ibans=unknown)
    return {iban: account for iban, account in accounts.items() if account is not None}


def _digest(statement: Statement) -> bytes:
    told = [
        statement.number,
        statement.opening_on,
        statement.opening_cents,
        statement.closing_on,
        statement.closing_cents,
        *(entry.key for entry in statement.entries),
    ]
    return hashlib.sha256("\x1f".join(map(str, told)).encode()).digest()


async def _row(session: AsyncSession, account: BankAccount, statement: Statement) -> BankStatement:
    expected_cents = None
    if statement.opening_on is not None:
        expected_cents = await queries.bank.closing_before(
            session, account.id, statement.opening_on
        )
    return BankStatement(
        id=new_id(),
        account_id=account.id,
        digest=_digest(statement),
        number=statement.number,
        sequence=statement.sequence,
        opening_on=statement.opening_on,
        opening_cents=statement.opening_cents,
        closing_on=statement.closing_on,
        closing_cents=statement.closing_cents,
        expected_cents=expected_cents,
        entry_count=len(statement.entries),
        pending_count=statement.pending_count,
        imported_at=clock.now(),
    )


async def _keep(
    session: AsyncSession, scheme: Scheme, row: BankStatement, statement: Statement
) -> None:
    keys = [entry.key for entry in statement.entries]
    known = await queries.bank.known_keys(session, row.account_id, keys)
    new = [entry for entry in statement.entries if entry.key not in known]
    row.new_count = len(new)
    session.add(row)
    await session.flush()
    values = [
        {"scheme_id": scheme.id, "account_id": row.account_id, "statement_id": row.id, **said}
        for entry in new
        for said in _transactions(entry)
    ]
    if not values:
        return
    await session.execute(sa.insert(BankTransaction), values)
    for value in values:
        await jobs.enqueue(session, MATCH, transaction_id=value["id"])


def _transactions(entry: Entry) -> Iterator[dict[str, Any]]:
    """Say what an entry is made of; what moves nothing is left out."""
    for position, transaction in enumerate(entry.transactions, 1):
        if transaction.amount_cents == 0:
            continue
        returned = transaction.returned
        information = entry.information if len(entry.transactions) == 1 else None
        yield {
            "id": new_id(),
            "entry_key": entry.key,
            "position": position,
            "direction": transaction.direction,
            "amount_cents": transaction.amount_cents,
            "booked_on": entry.booked_on,
            "bank_reference": transaction.bank_reference or entry.bank_reference,
            "code": entry.code,
            "counterparty_name": transaction.counterparty.name,
            "counterparty_iban": transaction.counterparty.iban,
            "end_to_end_id": transaction.end_to_end_id,
            "batch_reference": transaction.batch_id,
            "remittance": transaction.remittance or information,
            "is_back": returned is not None or entry.is_reversal,
            "return_reason": returned.reason if returned else None,
            "outcome": Outcome.OPEN,
            "version": 1,
        }


def _record(session: AsyncSession, caller: Caller, statement: BankStatement) -> None:
    events.record(
        session,
        "bank-statement.imported",
        statement.id,
        caller.actor,
        accountId=str(statement.account_id),
        closingCents=statement.closing_cents,
        newEntries=statement.new_count,
    )
