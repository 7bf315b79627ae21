"""Questions about rules, contracts and obligations."""

from app.obligations.queries import (
    contracts,
    imports,
    moves,
    obligations,
    rules,
    standing,
    standings,
)

__all__ = ["contracts", "imports", "moves", "obligations", "rules", "standing", "standings"]
