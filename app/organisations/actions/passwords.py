"""Choose, change and reset passwords."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.events import Actor
from app.core.settings import Settings
from app.organisations import credentials
from app.organisations.actions import attempts, letters, one_time_tokens, sessions, trail
from app.organisations.callers import Caller, Visitor
from app.organisations.models import TokenPurpose, User
from app.organisations.problems import PasswordTooWeak, PasswordWrong
from app.organisations.schemas import PasswordChange, PasswordReset

REPEATED = 4
"""Fewer different characters than this are no password, however many there are."""


async def accept(settings: Settings, password: str, email: str) -> str:
    """Hash a password that somebody chose.

    After NIST SP 800-63B: length and known leaks count, rules about kinds of characters don't.

    Raises:
        PasswordTooWeak: it is easy to guess, or known from a leak.
    """
    name = email.partition("@")[0]
    if len(set(password)) < REPEATED or password.lower() in {email, name * 2, name * 3}:
        message = "This password is too easy to guess. Choose a sentence of your own."
        raise PasswordTooWeak(message)
    if credentials.is_breached(settings, password):
        message = "This password is known from a leak elsewhere. Choose another one."
        raise PasswordTooWeak(message)
    return await credentials.hash_password(settings, password)


async def prove(session: AsyncSession, caller: Caller, user: User, password: str) -> None:
    """Insist on the present password before something that a stolen session must not do.

    The user's row is locked afterwards.

    Raises:
        PasswordWrong: it is another one.
        TooManyRequests: it was tried too often.
    """
    await _compare(caller, user, password)
    await _lock_as_proved(session, user)


async def _compare(caller: Caller, user: User, password: str) -> None:
    async with attempts.counted(caller.visitor, user.email) as attempt:
        if not await credentials.matches(caller.visitor.settings, password, user.password_hash):
            message = "This is not your present password."
            raise PasswordWrong(message)
        attempt.succeed()


async def _lock_as_proved(session: AsyncSession, user: User) -> None:
    # Hashing takes long: whoever wants the row, a sign-in perhaps, must not wait for it.
    proved = user.password_hash
    await session.refresh(user, with_for_update=True)
    if user.password_hash != proved:
        message = "The password was changed just now."
        raise PasswordWrong(message)


async def change(
    session: AsyncSession, caller: Caller, user: User, request: PasswordChange
) -> None:
    """Replace the password; every other session of the user ends, and every mailed token."""
    await _compare(caller, user, request.password)
    accepted = await accept(caller.visitor.settings, request.new_password, user.email)
    await _lock_as_proved(session, user)
    user.password_hash = accepted
    user.password_changed_at = clock.now()
    await one_time_tokens.withdraw(session, user.id)
    here = caller.identity.credential_id
    await sessions.revoke_all(session, user.id, caller.actor, but=here)
    trail.rights_changed(session, caller, "password.changed", user.id, user_id=user.id)
    await letters.to_user(session, user, "password_changed")


async def request_reset(session: AsyncSession, visitor: Visitor, email: str) -> None:
    """Mail a token, if there is such a user; the answer never tells."""
    await attempts.count_letter(visitor, email)
    user: User | None = await session.scalar(sa.select(User).where(User.email == email))
    if user is None:
        return
    token = await one_time_tokens.issue(session, TokenPurpose.RESET_PASSWORD, email, user.id)
    trail.note(session, visitor, "password.reset-requested", user_id=user.id)
    link = letters.page(visitor.settings, "password-reset", token)
    await letters.to_user(session, user, "password_reset", link=link, token=token)


async def reset(session: AsyncSession, visitor: Visitor, request: PasswordReset) -> UUID:
    """Choose a new password with a mailed token; every session and token of the user ends.

    Raises:
        TokenRefused: the token is unknown, used or too old.
    """
    used = await one_time_tokens.redeem(session, TokenPurpose.RESET_PASSWORD, request.token)
    accepted = await accept(visitor.settings, request.new_password, used.email)
    user = await session.get_one(User, used.user_id, with_for_update=True)
    user.password_hash = accepted
    user.password_changed_at = clock.now()
    await one_time_tokens.withdraw(session, user.id)
    actor = Actor.user(user.id)
    await sessions.revoke_all(session, user.id, actor)
    events.record(session, "password.reset", user.id, actor)
    trail.note(session, visitor, "password.reset", user_id=user.id)
    await letters.to_user(session, user, "password_changed")
    return user.id
