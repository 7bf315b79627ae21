"""The journal as files: hledger (plain-text accounting), CSV (spreadsheets), JSON Lines.

One entry after the other in the order of their positions, from one snapshot, in constant memory.
The same books give the same bytes: nothing in a file depends on when or by whom it was made.
"""

from app.ledger.exports.writing import Format, opened, unsequenced, write

__all__ = ["Format", "opened", "unsequenced", "write"]
