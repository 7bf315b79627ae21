"""Proof from the rows alone that the books are right: `baat check-books`, and a job.

Nothing is taken on trust that can be computed from the lines: balances, holds, limits, totals,
leaves. A fault is a sentence that names a row, what is expected of it and what was found. One wrong
row may be named several times, for each thing that it breaks.

What rows can't tell: whether a limit was crossed for a moment in the past, for the order in which
positions are given is not the order in which accounts were locked.
"""

from app.ledger.checks.running import Counts, all_faults, counts, faults_since, part_faults
from app.ledger.checks.watching import WATCH, newest_faults, watch

__all__ = [
    "WATCH",
    "Counts",
    "all_faults",
    "counts",
    "faults_since",
    "newest_faults",
    "part_faults",
    "watch",
]
