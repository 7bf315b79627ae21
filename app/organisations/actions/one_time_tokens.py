"""Tokens that are mailed and used once."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.languages import Language
from app.organisations import credentials
from app.organisations.models import OneTimeToken, TokenPurpose
from app.organisations.problems import TokenRefused

LIFETIMES = {
    TokenPurpose.REGISTER: timedelta(hours=24),
    TokenPurpose.RESET_PASSWORD: timedelta(hours=1),
    TokenPurpose.CHANGE_EMAIL: timedelta(hours=24),
}

AT_ONCE = {TokenPurpose.REGISTER: 3, TokenPurpose.RESET_PASSWORD: 3, TokenPurpose.CHANGE_EMAIL: 1}
"""So many may live. Strangers can ask for the first two, and a request of theirs must not end
the one somebody waits for; a change of address corrects the one before."""


async def issue(
    session: AsyncSession,
    purpose: TokenPurpose,
    email: str,
    user_id: UUID | None = None,
    language: Language | None = None,
) -> str:
    """Make a token for an address; older ones for the same purpose end when there are too many.

    What belongs to a user ends by user: two users may have asked for the same new address.
    """
    same = OneTimeToken.user_id == user_id if user_id else OneTimeToken.email == email
    older = (
        sa.select(OneTimeToken.id)
        .where(OneTimeToken.purpose == purpose, same)
        .order_by(OneTimeToken.id.desc())
        .offset(AT_ONCE[purpose] - 1)
    )
    await session.execute(sa.delete(OneTimeToken).where(OneTimeToken.id.in_(older)))
    token = credentials.new_token(credentials.ONE_TIME_PREFIX)
    session.add(
        OneTimeToken(
            purpose=purpose,
            token_hash=credentials.digest(token),
            email=email,
            user_id=user_id,
            language=language,
            expires_at=clock.now() + LIFETIMES[purpose],
        )
    )
    return token


async def withdraw(session: AsyncSession, user_id: UUID) -> None:
    """End every token of a user: whoever asked for it may not have been them."""
    await session.execute(sa.delete(OneTimeToken).where(OneTimeToken.user_id == user_id))


async def redeem(session: AsyncSession, purpose: TokenPurpose, token: str) -> OneTimeToken:
    """Use a token up. Removing the row lets only one of two requests have it.

    Raises:
        TokenRefused: it is unknown, used or too old.
    """
    found: OneTimeToken | None = await session.scalar(
        sa.delete(OneTimeToken)
        .where(
            OneTimeToken.purpose == purpose,
            OneTimeToken.token_hash == credentials.digest(token),
            OneTimeToken.expires_at > clock.now(),
        )
        .returning(OneTimeToken)
    )
    if found is None:
        message = "The token is unknown, was used before or has expired. Ask for a new one."
        raise TokenRefused(message)
    return found


async def forget(session: AsyncSession, _older_than_days: int) -> int:
    """Remove tokens that nobody can use any more, however short ago; say how many."""
    expired = sa.delete(OneTimeToken).where(OneTimeToken.expires_at < clock.now())
    gone = await session.scalars(expired.returning(OneTimeToken.id))
    return len(gone.all())
