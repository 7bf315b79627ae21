"""Questions about the bank: accounts, statements, transactions, and what explains them."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import database
from app.core.paging import Page, PageRequest, page
from app.organisations.models import Organisation
from app.payments.models import (
    BankAccount,
    BankStatement,
    BankTransaction,
    Outcome,
    Outgoing,
    Payment,
    PaymentStatus,
    ProviderPayout,
    ProviderPayoutStatus,
    Receipt,
    Way,
)
from app.schemes.models import Scheme

AT_ONCE = 5_000
"""So many values one statement of SQL is asked with."""


async def accounts(session: AsyncSession, scheme: Scheme, paging: PageRequest) -> Page[BankAccount]:
    """List the accounts of a scheme, the first first."""
    query = sa.select(BankAccount).where(BankAccount.scheme_id == scheme.id)
    return await page(session, query, BankAccount, paging)


async def account(session: AsyncSession, scheme: Scheme, account_id: UUID) -> BankAccount | None:
    """Find an account of a scheme."""
    found: BankAccount | None = await session.scalar(
        sa.select(BankAccount).where(
            BankAccount.id == account_id, BankAccount.scheme_id == scheme.id
        )
    )
    return found


async def open_account(session: AsyncSession, scheme: Scheme, iban: str) -> BankAccount | None:
    """Find an account of a scheme that is in use, and keep it: one import of it at a time."""
    found: BankAccount | None = await session.scalar(
        sa.select(BankAccount)
        .where(
            BankAccount.scheme_id == scheme.id,
            BankAccount.iban == iban,
            BankAccount.closed_at.is_(None),
        )
        .with_for_update()
    )
    return found


async def locked_account(session: AsyncSession, account_id: UUID) -> BankAccount:
    """Keep an account as it is until this is done."""
    return await database.locked(session, BankAccount, account_id)


async def same_statement(
    session: AsyncSession, account_id: UUID, digest: bytes
) -> BankStatement | None:
    """Find a statement that was imported before."""
    found: BankStatement | None = await session.scalar(
        sa.select(BankStatement).where(
            BankStatement.account_id == account_id, BankStatement.digest == digest
        )
    )
    return found


async def closing_before(session: AsyncSession, account_id: UUID, opening: date) -> int | None:
    """Say with which balance the last statement ended that ended before a day, or on it."""
    found: int | None = await session.scalar(
        sa.select(BankStatement.closing_cents)
        .where(BankStatement.account_id == account_id, BankStatement.closing_on <= opening)
        .order_by(BankStatement.closing_on.desc(), BankStatement.id.desc())
        .limit(1)
    )
    return found


async def known_keys(session: AsyncSession, account_id: UUID, keys: list[str]) -> set[str]:
    """Say which of these entries an account has."""
    known: set[str] = set()
    for start in range(0, len(keys), AT_ONCE):
        known |= set(
            await session.scalars(
                sa.select(BankTransaction.entry_key).where(
                    BankTransaction.account_id == account_id,
                    BankTransaction.entry_key.in_(keys[start : start + AT_ONCE]),
                )
            )
        )
    return known


async def statements(
    session: AsyncSession, scheme: Scheme, account_id: UUID | None, paging: PageRequest
) -> Page[BankStatement]:
    """List the statements of a scheme, or of one account; newest first."""
    query = sa.select(BankStatement).join(BankAccount, BankAccount.id == BankStatement.account_id)
    query = query.where(BankAccount.scheme_id == scheme.id)
    if account_id is not None:
        query = query.where(BankStatement.account_id == account_id)
    return await page(session, query, BankStatement, paging, newest_first=True)


async def statement(
    session: AsyncSession, scheme: Scheme, statement_id: UUID
) -> BankStatement | None:
    """Find a statement of a scheme, with the file that it came in."""
    found: BankStatement | None = await session.scalar(
        sa.select(BankStatement)
        .options(sa.orm.joinedload(BankStatement.file))
        .join(BankAccount, BankAccount.id == BankStatement.account_id)
        .where(BankStatement.id == statement_id, BankAccount.scheme_id == scheme.id)
    )
    return found


async def transactions(
    session: AsyncSession,
    scheme: Scheme,
    outcome: Outcome | None,
    statement_id: UUID | None,
    paging: PageRequest,
) -> Page[BankTransaction]:
    """List what happened at the bank: all, what came to this, of a statement; newest first."""
    query = sa.select(BankTransaction).where(BankTransaction.scheme_id == scheme.id)
    if outcome is not None:
        query = query.where(BankTransaction.outcome == outcome)
    if statement_id is not None:
        query = query.where(BankTransaction.statement_id == statement_id)
    return await page(session, query, BankTransaction, paging, newest_first=True)


async def transaction(
    session: AsyncSession, scheme: Scheme, transaction_id: UUID
) -> BankTransaction | None:
    """Find a transaction of a scheme."""
    found: BankTransaction | None = await session.scalar(
        sa.select(BankTransaction).where(
            BankTransaction.id == transaction_id, BankTransaction.scheme_id == scheme.id
        )
    )
    return found


async def locked_transaction(session: AsyncSession, transaction_id: UUID) -> BankTransaction:
    """Keep a transaction as it is until this is done, and read it anew."""
    return await database.locked(session, BankTransaction, transaction_id)


async def waiting_returns(session: AsyncSession, outgoing: Outgoing) -> list[UUID]:
    """List what brings an outgoing back and waits for what took it, the first first."""
    query = sa.select(BankTransaction.id).where(
        BankTransaction.outgoing_id == outgoing.id, BankTransaction.outcome == Outcome.OPEN
    )
    return list(await session.scalars(query.order_by(BankTransaction.id)))


async def payments_named(
    session: AsyncSession, scheme_id: UUID, references: list[str]
) -> list[Payment]:
    """List and keep the payments of a scheme with these creditor references, by their ids."""
    query = sa.select(Payment).where(
        Payment.scheme_id == scheme_id, Payment.creditor_reference.in_(references)
    )
    return list(await session.scalars(query.order_by(Payment.id).with_for_update()))


async def payments_alike(
    session: AsyncSession, scheme_id: UUID, payer_iban: str, amount_cents: int
) -> list[Payment]:
    """List and keep the payments by bank that an account's holder has still to make, of an amount.

    What came already counts: of a payment that came in part, the rest is what is still to come.
    """
    came = sa.select(sa.func.coalesce(sa.func.sum(Receipt.amount_cents), 0))
    rest = Payment.amount_cents - came.where(Receipt.payment_id == Payment.id).scalar_subquery()
    query = (
        sa.select(Payment)
        .join(Organisation, Organisation.id == Payment.payer_id)
        .where(
            Payment.scheme_id == scheme_id,
            Payment.way == Way.BANK,
            Payment.status == PaymentStatus.EXPECTED,
            Organisation.iban == payer_iban,
            rest == amount_cents,
        )
    )
    return list(await session.scalars(query.order_by(Payment.id).with_for_update(of=Payment)))


async def still_to_come(session: AsyncSession, payment: Payment) -> int:
    """Say how much of a payment has not come yet; less than zero if more came."""
    came = await session.scalar(
        sa.select(sa.func.sum(Receipt.amount_cents)).where(Receipt.payment_id == payment.id)
    )
    return payment.amount_cents - int(came or 0)


async def payouts_under_way(
    session: AsyncSession, scheme_id: UUID, amount_cents: int
) -> list[ProviderPayout]:
    """List what the provider pays out to the bank of a scheme, of an amount; the first first."""
    query = sa.select(ProviderPayout).where(
        ProviderPayout.scheme_id == scheme_id,
        ProviderPayout.status == ProviderPayoutStatus.UNDER_WAY,
        ProviderPayout.amount_cents == amount_cents,
    )
    return list(await session.scalars(query.order_by(ProviderPayout.id)))
