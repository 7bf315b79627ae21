"""Become a user, and get back in: operations for who is not signed in."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.languages import negotiate
from app.core.problems import TooManyRequests, refusals
from app.organisations import actions
from app.organisations.access import AnyVisitor
from app.organisations.models import User
from app.organisations.problems import EmailTaken, PasswordTooWeak, TokenRefused
from app.organisations.schemas import (
    PasswordReset,
    PasswordResetRequest,
    Registration,
    RegistrationRequest,
    TokenRequest,
    UserView,
)

router: APIRouter = router_of("", "Signing in")


@router.post(
    "/registrations", status_code=202, response_class=Response, responses=refusals(TooManyRequests)
)
async def request_registration(
    request: RegistrationRequest,
    visitor: AnyVisitor,
    session: Session,
    accept_language: Annotated[str | None, Header()] = None,
) -> Response:
    """Ask for an account. A token is mailed; the answer is the same whoever the address is."""
    await actions.registrations.request(session, visitor, request, negotiate(accept_language))
    return Response(status_code=202)


@router.post(
    "/users",
    status_code=201,
    response_model=UserView,
    responses=refusals(TokenRefused, EmailTaken, PasswordTooWeak),
)
async def register(
    request: Registration,
    visitor: AnyVisitor,
    session: Session,
    accept_language: Annotated[str | None, Header()] = None,
) -> User:
    """Make your account with the mailed token."""
    language = negotiate(accept_language)
    return await actions.registrations.complete(session, visitor, request, language)


@router.post(
    "/password-resets",
    status_code=202,
    response_class=Response,
    responses=refusals(TooManyRequests),
)
async def request_password_reset(
    request: PasswordResetRequest, visitor: AnyVisitor, session: Session
) -> Response:
    """Ask for a new password. A token is mailed; the answer is the same whoever the address is."""
    await actions.passwords.request_reset(session, visitor, request.email)
    return Response(status_code=202)


@router.post("/passwords", status_code=204, responses=refusals(TokenRefused, PasswordTooWeak))
async def reset_password(request: PasswordReset, visitor: AnyVisitor, session: Session) -> None:
    """Choose a new password with the mailed token; all your sessions end."""
    await actions.passwords.reset(session, visitor, request)


@router.post("/email-addresses", status_code=204, responses=refusals(TokenRefused, EmailTaken))
async def confirm_email_change(
    request: TokenRequest, visitor: AnyVisitor, session: Session
) -> None:
    """Take your new e-mail address into use with the mailed token."""
    await actions.users.change_email(session, visitor, request.token)
