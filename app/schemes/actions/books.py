"""The books that a scheme keeps: money and impact."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger import journal
from app.ledger.chart import Book
from app.schemes.models import Scheme


async def open_books(session: AsyncSession, scheme: Scheme) -> None:
    """Let a scheme keep its books of money and impact; doing it again changes nothing."""
    for book in (Book.MONEY, Book.IMPACT):
        await journal.open_ledger(session, scheme.id, book)
