"""Verbs about rules, contracts and obligations."""

from app.obligations.actions import (
    confirming,
    contracts,
    following,
    imports,
    judging,
    objecting,
    objections,
    packages,
    proposals,
    reminding,
    rules,
)

__all__ = [
    "confirming",
    "contracts",
    "following",
    "imports",
    "judging",
    "objecting",
    "objections",
    "packages",
    "proposals",
    "reminding",
    "rules",
]
