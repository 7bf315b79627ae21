"""Accounts at a bank, made straight in the database."""

from itertools import count

from sqlalchemy.ext.asyncio import AsyncSession
from stdnum import iban

from app.ledger import journal
from app.ledger.chart import Book
from app.payments.models import BankAccount
from app.schemes.models import Scheme

_numbers = count(1)


def a_bank_number() -> str:
    """A number of a Dutch account that nobody had before."""
    account = f"ABNA{next(_numbers):010}"
    return f"NL{iban.calc_check_digits(f'NL00{account}')}{account}"


async def a_bank_account(session: AsyncSession, scheme: Scheme, iban: str) -> BankAccount:
    """Have a scheme keep its money on an account."""
    account = BankAccount(
        scheme_id=scheme.id, iban=iban, holder_name="Stichting Rijnmond", opened_by="system:test"
    )
    session.add(account)
    await session.flush()
    await journal.open_ledger(session, scheme.id, Book.MONEY)
    return account
