"""What must always be true of the books."""

from functools import partial

from app.core.invariants import Invariant, Proof
from app.ledger.checks import newest_faults, part_faults


def entered(noun: str, table: str) -> Invariant:
    """Insist that whatever stands in the books under a noun is there."""
    return Invariant(
        f"{noun}-entries-known",
        f"Whatever the books name {noun}/… is one that is known.",
        f"""
SELECT format('entry or hold %s: expected that {noun} to be known, found none', r.reference)
  FROM ledger_references r
 WHERE r.reference LIKE '{noun}/%'
   AND NOT EXISTS (SELECT FROM {table} t WHERE t.id::text = split_part(r.reference, '/', 2))
""",  # noqa: S608  Names of our own.
    )


INVARIANTS = (
    Proof(
        "books-newest",
        "What was entered lately balances, and has its place, its reference and its leaf.",
        newest_faults,
    ),
    Proof(
        "books-protected",
        "The database refuses to change or remove what stands in the books: its triggers and"
        " constraints are there, and the application has no right to write. The chart of accounts"
        " is the program's.",
        partial(part_faults, part="protection"),
    ),
    Proof(
        "books-entries",
        "Every entry has all its lines and balances in each ledger, has its own reference, and"
        " mirrors what it reverses.",
        partial(part_faults, part="entries"),
    ),
    Proof(
        "books-order",
        "Entries became known in an order without a gap, each as it was committed to then, and the"
        " totals are the sums of the lines.",
        partial(part_faults, part="order"),
    ),
    Proof(
        "books-holds",
        "What is held back is held once, for an account that has it; each reference has its entry"
        " or hold.",
        partial(part_faults, part="holds"),
    ),
    Proof(
        "books-accounts",
        "Every balance is the sum of its lines, and no account has less than it may.",
        partial(part_faults, part="accounts"),
    ),
)
"""Together the last five are all that `baat check books` looks at."""
