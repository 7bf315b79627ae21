"""Bank statements (`camt.053`), as Dutch banks deliver them: versions 02, 06 and 08.

- *entry*: one line of a statement, booked; it has a *key* that is the same in every file with it.
- *transaction*: what an entry is made of: one, or several where the bank booked a batch as one.
- *return*: money that comes back because it could not be paid to whom it was sent.

Pending entries are counted and left out: a later statement has them booked. A statement is refused
if its entries don't lead from its opening to its closing balance.
"""

from app.payments.sepa.camt053.document import VERSIONS, Message, read
from app.payments.sepa.camt053.values import (
    Counterparty,
    Direction,
    Entry,
    Return,
    Statement,
    Transaction,
)

__all__ = [
    "VERSIONS",
    "Counterparty",
    "Direction",
    "Entry",
    "Message",
    "Return",
    "Statement",
    "Transaction",
    "read",
]
