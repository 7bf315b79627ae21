"""Change what a user says of themselves."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.database import violates
from app.core.events import Actor
from app.organisations.actions import attempts, letters, one_time_tokens, passwords, sessions, trail
from app.organisations.callers import Caller, Visitor
from app.organisations.models import TokenPurpose, User
from app.organisations.problems import EmailTaken
from app.organisations.schemas import EmailChangeRequest, ProfileChange


async def change(session: AsyncSession, caller: Caller, user: User, request: ProfileChange) -> User:
    """Change the named members of the profile; the event says which, not to what."""
    changes = request.changes()
    for name, value in changes.items():
        setattr(user, name, value)
    await session.flush()
    events.record(session, "user.changed", user.id, caller.actor, fields=sorted(changes))
    return user


async def request_email_change(
    session: AsyncSession, caller: Caller, user: User, request: EmailChangeRequest
) -> None:
    """Mail a token to the new address, and word of it to the old one.

    Whether somebody else has the new address is told to its owner only.
    """
    await passwords.prove(session, caller, user, request.password)
    await attempts.count_letter(caller.visitor, request.email)
    trail.rights_changed(session, caller, "email.change-requested", user.id, user_id=user.id)
    await letters.to_user(session, user, "email_change_asked")
    owner: User | None = await session.scalar(sa.select(User).where(User.email == request.email))
    if owner is not None:
        await letters.to_user(session, owner, "account_exists")
        return
    token = await one_time_tokens.issue(session, TokenPurpose.CHANGE_EMAIL, request.email, user.id)
    link = letters.page(caller.visitor.settings, "email-change", token)
    await letters.to_address(
        session,
        request.email,
        user.language,
        "email_change",
        name=user.name,
        link=link,
        token=token,
    )


async def change_email(session: AsyncSession, visitor: Visitor, token: str) -> None:
    """Take over the address that the token proves; every session of the user ends.

    Raises:
        TokenRefused: the token is unknown, used or too old.
        EmailTaken: an account for the address was made in the meantime.
    """
    used = await one_time_tokens.redeem(session, TokenPurpose.CHANGE_EMAIL, token)
    user = await session.get_one(User, used.user_id, with_for_update=True)
    user.email = used.email
    try:
        await session.flush()
    except IntegrityError as error:
        if violates(error, "uq_users_email"):
            message = "Another account has this address by now."
            raise EmailTaken(message) from error
        raise
    # What was mailed to the old address proves nothing any more.
    await one_time_tokens.withdraw(session, user.id)
    actor = Actor.user(user.id)
    await sessions.revoke_all(session, user.id, actor)
    events.record(session, "user.email-changed", user.id, actor)
    trail.note(session, visitor, "user.email-changed", actor=actor, user_id=user.id)
