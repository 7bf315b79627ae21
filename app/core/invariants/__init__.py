"""Invariants: what must always be true, said so that it can be looked at.

Each domain declares its own (`app/<domain>/invariants.py`); `audits` gathers and looks at them.

- *invariant*: a name, a sentence that a bookkeeper understands, and one statement of SQL that finds
  what breaks it.
- *proof*: the same where SQL is not enough: it hashes, or checks signatures.
- *fault*: a sentence that names a row, what is expected of it, and what was found. Ids and figures,
  never what people wrote or are called.

Each is looked at in one snapshot (`Database.snapshot`), so that those who write meanwhile can't
look like a fault.
"""

from app.core.invariants.kept import (
    CannotLook,
    Faults,
    Invariant,
    Kept,
    Proof,
    all_faults,
    faults_of,
)
from app.core.invariants.recorded import recorded

__all__ = [
    "CannotLook",
    "Faults",
    "Invariant",
    "Kept",
    "Proof",
    "all_faults",
    "faults_of",
    "recorded",
]
