"""Who may do what with audits: one line per operation."""

from tests.matrix import ANYBODY, Rule

TABLE: dict[str, Rule] = {
    "GET /v1/integrity": Rule(ANYBODY),
}
"""The rules, by operation."""
