"""Ledgers, and drafts that need no story."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.ids import new_id
from app.ledger import chart, journal
from app.ledger.chart import Account, Book
from app.ledger.drafts import Draft, Hold, credit, debit

MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)

_numbers = count(1)


async def a_keeper(session: AsyncSession) -> UUID:
    """Somebody who keeps all three books."""
    keeper_id = new_id()
    for book in Book:
        await journal.open_ledger(session, keeper_id, book)
    return keeper_id


def a_draft(to: Account, amount: int, *, reference: str | None = None) -> Draft:
    """Money comes in on the bank for somebody's account."""
    number = next(_numbers)
    return Draft(
        kind="test.received",
        reference=reference or f"test/{new_id()}/received",
        narration=f"Receipt {number}",
        occurred_at=MAY,
        lines=(
            debit(chart.BANK.of(to.keeper_id), amount, to.owner_id),
            credit(to, amount, to.owner_id),
        ),
    )


def a_transfer(source: Account, to: Account, amount: int, *, settles: str | None = None) -> Draft:
    """Money moves from one account of the credit side to another."""
    return Draft(
        kind="test.moved",
        reference=f"test/{new_id()}/moved",
        narration="A transfer",
        occurred_at=MAY,
        lines=(debit(source, amount, source.owner_id), credit(to, amount, to.owner_id)),
        settles=settles,
    )


def a_hold(account: Account, amount: int, *, minutes: int = 30) -> Hold:
    """A claim on part of an account."""
    return Hold(
        account=account,
        amount=amount,
        reference=f"test/{new_id()}/held",
        about_id=account.owner_id,
        expires_at=clock.now() + timedelta(minutes=minutes),
    )
