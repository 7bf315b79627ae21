"""Factories that read aloud: `await make.a_member(session, Role.APPROVER)`."""

from tests.make.mails import mails
from tests.make.organisations import (
    PASSWORD,
    Member,
    a_cookie,
    a_member,
    a_membership,
    a_user,
    an_api_key,
    an_organisation,
    signed_in,
)

__all__ = [
    "PASSWORD",
    "Member",
    "a_cookie",
    "a_member",
    "a_membership",
    "a_user",
    "an_api_key",
    "an_organisation",
    "mails",
    "signed_in",
]
