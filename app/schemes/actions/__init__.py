"""Verbs: what can be done about marketplaces and who takes part in them."""

from app.schemes.actions import (
    admissions,
    auditors,
    authorities,
    enrolments,
    invitations,
    panel,
    policies,
    schemes,
)

__all__ = [
    "admissions",
    "auditors",
    "authorities",
    "enrolments",
    "invitations",
    "panel",
    "policies",
    "schemes",
]
