"""Verbs: what can be done about marketplaces and who takes part in them."""

from app.schemes.actions import (
    admissions,
    auditors,
    authorities,
    books,
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
    "books",
    "enrolments",
    "invitations",
    "panel",
    "policies",
    "schemes",
]
