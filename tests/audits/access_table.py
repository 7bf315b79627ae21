"""Who may do what with audits: one line per operation."""

from tests.matrix import ANYBODY, PERSONS, Rule
from tests.organisations.access_table import INSPECTORS, ORGANISATION, OURS

TABLE: dict[str, Rule] = {
    "GET /v1/integrity": Rule(ANYBODY),
    f"GET {ORGANISATION}/audit-readings": Rule(INSPECTORS),
    "GET /v1/me/audit-readings": Rule(PERSONS, on=OURS),
}
"""The rules, by operation."""
