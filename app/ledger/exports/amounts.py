"""Amounts and moments as files write them."""

from datetime import UTC, datetime

from app.ledger.chart import KINDS, Book
from app.ledger.leaves import LeafLine


def book_of(line: LeafLine) -> Book:
    """Say which book a line is in."""
    return KINDS[line.kind].book


def decimal(amount: int, book: Book) -> str:
    """Write an amount in its unit, without separators: `1250.00`, or `3` units."""
    if not book.decimals:
        return str(amount)
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), 10**book.decimals)
    return f"{sign}{whole}.{rest:0{book.decimals}}"


def moment(at: datetime) -> str:
    """Write a moment in UTC (RFC 3339)."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
