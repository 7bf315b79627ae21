"""Become a user: an address is proved first, so that every account's address is its owner's."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.events import Actor
from app.core.ids import new_id
from app.core.languages import Language
from app.organisations.actions import attempts, letters, one_time_tokens, passwords, trail
from app.organisations.callers import Visitor
from app.organisations.models import TokenPurpose, User
from app.organisations.problems import EmailTaken
from app.organisations.schemas import Registration, RegistrationRequest


async def request(
    session: AsyncSession, visitor: Visitor, wanted: RegistrationRequest, preferred: Language
) -> None:
    """Mail a token; who has an account already is told so by mail, never in the answer."""
    await attempts.count_letter(visitor, wanted.email)
    user: User | None = await session.scalar(sa.select(User).where(User.email == wanted.email))
    if user is not None:
        await letters.to_user(session, user, "account_exists")
        return
    token = await one_time_tokens.issue(
        session, TokenPurpose.REGISTER, wanted.email, language=wanted.language
    )
    link = letters.page(visitor.settings, "registration", token)
    language = wanted.language or preferred
    await letters.to_address(
        session, wanted.email, language, "registration", link=link, token=token
    )


async def complete(
    session: AsyncSession, visitor: Visitor, given: Registration, preferred: Language
) -> User:
    """Make the account whose address the token proves, in the language asked for with it.

    Raises:
        TokenRefused: the token is unknown, used or too old.
        EmailTaken: an account for the address was made in the meantime.
        PasswordTooWeak: the password is easy to guess, or known from a leak.
    """
    used = await one_time_tokens.redeem(session, TokenPurpose.REGISTER, given.token)
    language = used.language or preferred
    return await make_user(session, visitor, used.email, given.name, given.password, language)


async def make_user(  # noqa: PLR0913  An account has so many parts.
    session: AsyncSession,
    visitor: Visitor,
    email: str,
    name: str,
    password: str,
    language: Language,
) -> User:
    """Make a user for an address that was proved.

    Raises:
        EmailTaken: there is one.
        PasswordTooWeak: the password is easy to guess, or known from a leak.
    """
    password_hash = await passwords.accept(visitor.settings, password, email)
    made: User | None = await session.scalar(
        insert(User)
        .values(id=new_id(), email=email, name=name, language=language, password_hash=password_hash)
        .on_conflict_do_nothing(index_elements=[User.email])
        .returning(User)
    )
    if made is None:
        message = "There is an account with this address. Sign in, or reset its password."
        raise EmailTaken(message)
    events.record(session, "user.made", made.id, Actor.user(made.id))
    trail.note(session, visitor, "user.made", actor=Actor.user(made.id), user_id=made.id)
    return made
