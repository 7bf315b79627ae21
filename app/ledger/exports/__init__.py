"""The journal as files: hledger (plain-text accounting), CSV (spreadsheets), JSON Lines; XAF.

One entry after the other in the order of their positions, from one snapshot, in constant memory.
The same books give the same bytes: nothing in a file depends on when or by whom it was made.
What is written of a year (`hledger.write_year`, `xaf.write_year`) is as known at a position, and
gives the same bytes for good.
"""

from app.ledger.exports.writing import Format, opened, unsequenced, write

__all__ = ["Format", "opened", "unsequenced", "write"]
