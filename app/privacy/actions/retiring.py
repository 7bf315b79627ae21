"""Erasing what law had us keep, once its years are over."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, files
from app.core.database import settings_of
from app.core.events import Actor
from app.core.files import File
from app.orders.models import Order, OrderState
from app.payments.models import (
    BankStatement,
    BankTransaction,
    Outgoing,
    OutgoingStatus,
    Receipt,
)
from app.payouts.models import Payout, PayoutState
from app.privacy.actions.masking import MASK

AT_ONCE = 1_000
STATEMENTS_AT_ONCE = 100
ENDED_OUTGOINGS = (OutgoingStatus.SETTLED, OutgoingStatus.FAILED, OutgoingStatus.WITHHELD)
ENDED_PAYOUTS = (PayoutState.SETTLED, PayoutState.WITHHELD)
WAITING_ORDERS = (
    *(OrderState.AWAITING_APPROVAL, OrderState.RESERVED),
    *(OrderState.PROCESSING, OrderState.DISPUTED),
)
HOUSE = Actor.system("privacy")


async def retire(session: AsyncSession, _older_than_days: int = 0) -> int:
    """Erase names, accounts and addresses that are older than the years to keep; say how many.

    A rule of housekeeping: some at a time, for it comes again within the hour.
    """
    before = years_ago(clock.now(), settings_of(session).retention_years)
    return (
        await _receipts(session, before)
        + await _transactions(session, before)
        + await _destinations(session, before)
        + await _statements(session, before)
        + await _orders(session, before)
    )


def years_ago(moment: datetime, years: int) -> datetime:
    """Count back whole years; of a leap day to the day before."""
    leap = moment.month == 2 and moment.day == 29  # noqa: PLR2004  29 February.
    return moment.replace(year=moment.year - years, day=28 if leap else moment.day)


async def _receipts(session: AsyncSession, before: datetime) -> int:
    old = (
        sa.select(Receipt.id)
        .where(
            Receipt.received_at < before,
            sa.func.num_nonnulls(Receipt.payer_name, Receipt.payer_iban, Receipt.remittance) > 0,
        )
        .limit(AT_ONCE)
    )
    changed = sa.update(Receipt).where(Receipt.id.in_(old))
    emptied = changed.values(payer_name=None, payer_iban=None, remittance=None)
    return len((await session.scalars(emptied.returning(Receipt.id))).all())


async def _transactions(session: AsyncSession, before: datetime) -> int:
    told = (
        BankTransaction.counterparty_name,
        BankTransaction.counterparty_iban,
        BankTransaction.remittance,
    )
    old = (
        sa.select(BankTransaction.id)
        .where(BankTransaction.booked_on < before.date(), sa.func.num_nonnulls(*told) > 0)
        .limit(AT_ONCE)
    )
    changed = sa.update(BankTransaction).where(BankTransaction.id.in_(old))
    emptied = changed.values(dict.fromkeys(told))
    return len((await session.scalars(emptied.returning(BankTransaction.id))).all())


async def _destinations(session: AsyncSession, before: datetime) -> int:
    """Erase where money went; what may still be sent keeps its destination."""
    count = 0
    for kind, ended in (
        (Outgoing, Outgoing.status.in_(ENDED_OUTGOINGS)),
        (Payout, Payout.state.in_(ENDED_PAYOUTS)),
    ):
        old = (
            sa.select(kind.id)
            .where(kind.planned_at < before, ended, kind.iban.is_not(None), kind.iban != MASK)
            .limit(AT_ONCE)
        )
        changed = sa.update(kind).where(kind.id.in_(old))
        emptied = changed.values(iban=MASK, holder_name=MASK)
        count += len((await session.scalars(emptied.returning(kind.id))).all())
    return count


async def _statements(session: AsyncSession, before: datetime) -> int:
    """Erase the files of statements; their hashes and what they came to stay."""
    old = (
        sa.select(BankStatement.file_id)
        .join(File, File.id == BankStatement.file_id)
        .where(BankStatement.imported_at < before, File.erased_at.is_(None))
        .limit(STATEMENTS_AT_ONCE)
    )
    found = set(await session.scalars(old))
    for file_id in found:
        await files.erase(session, file_id, HOUSE)
    return len(found)


async def _orders(session: AsyncSession, before: datetime) -> int:
    """Erase where orders had their invoices sent, and in whose name; the invoices themselves stay.

    What is given back of an order so old is invoiced to its buyer's own address.
    """
    told = (Order.invoice_address, Order.purchase_order_number, Order.cost_centre)
    old = (
        sa.select(Order.id)
        .where(
            Order.ordered_at < before,
            Order.state.not_in(WAITING_ORDERS),
            sa.func.num_nonnulls(*told) > 0,
        )
        .limit(AT_ONCE)
    )
    changed = sa.update(Order).where(Order.id.in_(old))
    emptied = changed.values(dict.fromkeys(told, sa.null()))
    return len((await session.scalars(emptied.returning(Order.id))).all())
