"""Sessions, API keys and second factors on the wire."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.money import LARGEST_AMOUNT
from app.core.wire import ONE_LINE, Moment, Request, View
from app.organisations.schemas.fields import Code, Email, PresentPassword


class Delivery(StrEnum):
    """How a session's token reaches its client."""

    TOKEN = "token"  # noqa: S105  A way of delivery, not a secret.
    """In the body, for programs: send it as `Authorization: Bearer …`."""
    COOKIE = "cookie"
    """In a cookie that scripts can't read, for browsers: changes need the CSRF token too."""


class SessionRequest(Request):
    """Sign in."""

    email: Email
    password: PresentPassword
    code: Annotated[
        Code | None, Field(description="The second factor, for who has turned it on.")
    ] = None
    delivery: Delivery = Delivery.TOKEN


class SessionView(View):
    """A sign-in of the caller's."""

    id: UUID
    in_cookie: bool
    second_factor: bool
    user_agent: str | None
    network: Annotated[
        str | None, Field(description="Where it began, without the last part of the address.")
    ]
    created_at: Moment
    last_used_at: Moment
    expires_at: Moment
    is_current: Annotated[bool, Field(description="This is the session that asks.")] = False


class SessionStarted(View):
    """A new session; the token is shown here and never again."""

    id: UUID
    token: Annotated[str | None, Field(description="Null when it is in a cookie.")]
    csrf_token: Annotated[
        str | None, Field(description="For cookies: send it as `X-CSRF-Token` with each change.")
    ]
    expires_at: Moment


class PasswordRequest(Request):
    """The present password, once more."""

    password: PresentPassword


class CodeRequest(Request):
    """A code of the second factor."""

    code: Code


class SecondFactorRemoval(Request):
    """Password and code, once more: without the second factor an account is weaker."""

    password: PresentPassword
    code: Code


class SecondFactorView(View):
    """A new second factor: add it to an authenticator, then confirm it with a code."""

    secret: Annotated[str, Field(description="For typing over (Base32).")]
    uri: Annotated[str, Field(description="For a QR code (otpauth).")]


class RecoveryCodesView(View):
    """Ten codes for when the authenticator is lost; shown here and never again."""

    codes: list[str]


class ApiKeyRequest(Request):
    """What a key is for, and what it may do."""

    name: Annotated[
        str,
        Field(min_length=1, max_length=100, pattern=ONE_LINE, examples=["Procurement system"]),
    ]
    scopes: Annotated[
        list[str],
        Field(
            min_length=1,
            max_length=50,
            description="What it may do: names from `GET /scopes`.",
            examples=[["organisations:read"]],
        ),
    ]
    spending_limit_cents: Annotated[
        int,
        Field(
            ge=0,
            le=LARGEST_AMOUNT,
            description="What it may order at once, all included; an order above it waits for an"
            " approver, and so does every order of a key with 0.",
            examples=[250_000],
        ),
    ] = 0
    expires_at: Annotated[
        Moment | None, Field(description="When it ends by itself; null: when it is revoked.")
    ] = None


class ApiKeyView(View):
    """A machine's credential, without its secret."""

    id: UUID
    organisation_id: UUID
    name: str
    scopes: list[str]
    spending_limit_cents: int
    hint: Annotated[str, Field(description="Its last four characters.", examples=["x7Qk"])]
    created_by: str
    created_at: Moment
    last_used_at: Moment | None
    expires_at: Moment | None
    revoked_at: Moment | None


class ApiKeyMade(ApiKeyView):
    """A new key; its secret is shown here and never again."""

    token: Annotated[str, Field(description="Send it as `Authorization: Bearer …`.")]


class ScopeView(View):
    """Something an API key may be allowed to do."""

    name: str
    meaning: str


class ScopesView(View):
    """Every scope of this installation."""

    items: list[ScopeView]
