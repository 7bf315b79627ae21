"""Tell which accounts at a bank keep a scheme's money."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.database import violates
from app.ledger import journal
from app.ledger.chart import Book
from app.organisations.callers import Caller
from app.payments import queries
from app.payments.models import BankAccount
from app.payments.problems import BankAccountClosed, BankAccountTaken
from app.payments.schemas.bank import BankAccountRequest
from app.schemes.models import Scheme


async def open_account(
    session: AsyncSession, caller: Caller, scheme: Scheme, wanted: BankAccountRequest
) -> BankAccount:
    """Take an account into use: its statements are the scheme's from now on.

    Raises:
        BankAccountTaken: it is in use, here or in another scheme.
    """
    account = BankAccount(scheme_id=scheme.id, opened_by=str(caller.actor), **wanted.model_dump())
    session.add(account)
    try:
        await session.flush()
    except IntegrityError as error:
        if violates(error, "uq_bank_accounts_open_iban"):
            message = "This account is in use already: it keeps the money of one scheme only."
            raise BankAccountTaken(message) from None
        raise
    await journal.open_ledger(session, scheme.id, Book.MONEY)
    events.record(session, "bank-account.opened", account.id, caller.actor)
    return account


async def close_account(
    session: AsyncSession, caller: Caller, account: BankAccount, reason: str
) -> BankAccount:
    """Use an account no more; what its statements said stays.

    Raises:
        BankAccountClosed: it is closed already.
    """
    account = await queries.bank.locked_account(session, account.id)
    insist_on_open(account)
    account.closed_at, account.closed_by = clock.now(), str(caller.actor)
    account.closing_reason = reason
    events.record(session, "bank-account.closed", account.id, caller.actor)
    await session.flush()
    return account


def insist_on_open(account: BankAccount) -> None:
    """Insist that an account is in use.

    Raises:
        BankAccountClosed: it is not.
    """
    if account.closed_at is not None:
        raise BankAccountClosed("The account is closed: open the one that is used now.")
