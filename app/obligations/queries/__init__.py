"""Questions about rules, contracts and obligations."""

from app.obligations.queries import (
    contracts,
    imports,
    moves,
    objections,
    obligations,
    rules,
    small_counts,
    standing,
    standings,
)

__all__ = [
    "contracts",
    "imports",
    "moves",
    "objections",
    "obligations",
    "rules",
    "small_counts",
    "standing",
    "standings",
]
