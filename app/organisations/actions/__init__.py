"""Verbs: what can be done about users, organisations and who acts for them."""

from app.organisations.actions import (
    api_keys,
    invitations,
    memberships,
    one_time_tokens,
    organisations,
    passwords,
    registrations,
    second_factor,
    sessions,
    signing_in,
    staff,
    trail,
    users,
)

__all__ = [
    "api_keys",
    "invitations",
    "memberships",
    "one_time_tokens",
    "organisations",
    "passwords",
    "registrations",
    "second_factor",
    "sessions",
    "signing_in",
    "staff",
    "trail",
    "users",
]
