"""People on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.languages import Language
from app.core.wire import Change, Moment, Request, View
from app.organisations.models import Right
from app.organisations.schemas.fields import (
    Email,
    Password,
    PersonName,
    PresentPassword,
    Reason,
    Token,
)


class UserView(View):
    """A person, as colleagues and staff see them."""

    id: UUID
    name: PersonName
    email: str


class RightsView(View):
    """What the caller may do for one organisation at this moment."""

    organisation_id: UUID
    rights: list[Right]


class MeView(View):
    """The signed-in person, and what they may do."""

    id: UUID
    name: PersonName
    email: str
    language: Language
    wants_task_mail: bool
    wants_news_mail: bool
    has_second_factor: bool
    is_staff: bool
    organisations: list[RightsView]
    created_at: Moment
    version: Annotated[int, Field(description="The same as the ETag; send it as `If-Match`.")]


class ProfileChange(Change):
    """New values for the named members; those left out stay as they are."""

    name: PersonName | None = None
    language: Language | None = None
    wants_task_mail: Annotated[
        bool | None, Field(description="Mail me when something waits for me.")
    ] = None
    wants_news_mail: Annotated[bool | None, Field(description="Mail me about new rounds.")] = None


class RegistrationRequest(Request):
    """An address that wants an account; a token goes there."""

    email: Email
    language: Annotated[
        Language | None,
        Field(description="Of the letter and the account; else what the browser prefers."),
    ] = None


class Registration(Request):
    """The token proves the address; the rest makes the account."""

    token: Token
    name: PersonName
    password: Password


class FirstStaff(Request):
    """Who runs the platform from the beginning."""

    email: Email
    name: PersonName
    password: Password
    language: Language = Language.DUTCH


class PasswordResetRequest(Request):
    """Whose password to reset."""

    email: Email


class PasswordReset(Request):
    """The token from the e-mail and a new password."""

    token: Token
    new_password: Password


class PasswordChange(Request):
    """The present password and a new one."""

    password: PresentPassword
    new_password: Password


class EmailChangeRequest(Request):
    """A new address; a token goes there, and word of it to the old one."""

    email: Email
    password: PresentPassword


class TokenRequest(Request):
    """A token from an e-mail."""

    token: Token


class StaffRequest(Request):
    """Who becomes staff, and why."""

    email: Email
    reason: Reason


class StaffView(View):
    """A user who works for the platform."""

    id: UUID
    user: UserView
    appointed_by: str
    appointed_at: Moment
