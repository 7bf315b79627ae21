"""Small books that somebody breaks."""

from tests.ledger.conftest import as_owner, break_books, names

__all__ = ["as_owner", "break_books", "names"]
