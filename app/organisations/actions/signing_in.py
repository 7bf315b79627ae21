"""Sign in."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.events import Actor
from app.core.problems import Problem
from app.organisations import credentials
from app.organisations.actions import attempts, second_factor, trail
from app.organisations.callers import Visitor
from app.organisations.models import User, UserSession
from app.organisations.problems import SecondFactorNeeded, SecondFactorUnreadable, SignInRefused
from app.organisations.schemas import SessionRequest


async def sign_in(
    session: AsyncSession, visitor: Visitor, request: SessionRequest
) -> tuple[UserSession, str]:
    """Begin a session; give its row and its token.

    Every attempt is counted before the password is looked at, so that many at once gain nothing,
    and given back when it succeeds.

    Raises:
        SignInRefused: address, password or code is wrong.
        SecondFactorNeeded: the password is right and the code is missing.
        SecondFactorUnreadable: the code can't be checked here.
        TooManyRequests: there were too many failures.
    """
    try:
        async with attempts.counted(visitor, request.email) as attempt:
            try:
                user = await _proved(session, visitor, request)
            except (SecondFactorNeeded, SecondFactorUnreadable):
                attempt.succeed()  # As far as it went: what lacks is no failure of theirs.
                raise
            attempt.succeed()
    except Problem as refusal:
        await _note_failure(visitor, request.email, refusal)
        raise
    return await _begin(session, visitor, user, request)


async def _proved(session: AsyncSession, visitor: Visitor, request: SessionRequest) -> User:
    # Read beside the unit of work: hashing takes long, and holds no connection meanwhile.
    async with visitor.database.aside() as aside:
        stored = await aside.scalar(
            sa.select(User.password_hash).where(User.email == request.email)
        )
    if not await credentials.matches(visitor.settings, request.password, stored):
        message = "The e-mail address or the password is wrong."
        raise SignInRefused(message)
    user: User | None = await session.scalar(
        sa.select(User).where(User.email == request.email).with_for_update()
    )
    if user is None or user.password_hash != stored:
        message = "The address or the password was changed just now."
        raise SignInRefused(message)
    if user.totp_confirmed_at is not None:
        if request.code is None:
            message = "The password is right. Send it again with the code of your authenticator."
            raise SecondFactorNeeded(message)
        if not await second_factor.accepts(session, user, request.code):
            message = "The code is wrong or was used before."
            raise SignInRefused(message)
    return user


async def _begin(
    session: AsyncSession, visitor: Visitor, user: User, request: SessionRequest
) -> tuple[UserSession, str]:
    token = credentials.new_token(credentials.SESSION_PREFIX)
    started = UserSession(
        user_id=user.id,
        token_hash=credentials.digest(token),
        in_cookie=request.delivery == "cookie",
        second_factor=user.totp_confirmed_at is not None,
        user_agent=visitor.user_agent,
        network=visitor.network,
        expires_at=clock.now() + timedelta(hours=visitor.settings.session_hours),
    )
    session.add(started)
    await session.flush()
    actor = Actor.user(user.id)
    events.record(session, "session.started", started.id, actor)
    trail.note(session, visitor, "session.started", actor=actor, user_id=user.id)
    return started, token


async def _note_failure(visitor: Visitor, email: str, refusal: Problem) -> None:
    async with visitor.database.aside() as aside:
        user_id = await aside.scalar(sa.select(User.id).where(User.email == email))
        trail.note(
            aside,
            visitor,
            "session.refused",
            user_id=user_id,
            account=credentials.account_key(visitor.settings, email),
            reason=refusal.type_path(),
        )
