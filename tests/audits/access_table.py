"""Who may do what with audits: one line per operation."""

from tests.matrix import Rule

TABLE: dict[str, Rule] = {}
"""The rules, by operation."""
