"""Sign out, here or elsewhere."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.events import Actor
from app.core.problems import NotFound
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.organisations.models import UserSession


async def revoke(session: AsyncSession, caller: Caller, session_id: UUID) -> None:
    """End one of the caller's sessions.

    Raises:
        NotFound: the caller has no such session, or it ended before.
    """
    ended = await session.scalar(
        sa.update(UserSession)
        .where(
            UserSession.id == session_id,
            UserSession.user_id == caller.user_id,
            UserSession.revoked_at.is_(None),
        )
        .values(revoked_at=clock.now())
        .returning(UserSession.id)
    )
    if ended is None:
        message = f"You have no session {session_id}."
        raise NotFound(message)
    events.record(session, "session.ended", session_id, caller.actor)
    _note_end(session, caller)


async def revoke_others(session: AsyncSession, caller: Caller) -> None:
    """Sign out everywhere else."""
    await revoke_all(session, caller.user_id, caller.actor, but=caller.identity.credential_id)
    _note_end(session, caller)


def _note_end(session: AsyncSession, caller: Caller) -> None:
    trail.note(session, caller.visitor, "session.ended", actor=caller.actor, user_id=caller.user_id)


async def revoke_all(
    session: AsyncSession, user_id: UUID, actor: Actor, but: UUID | None = None
) -> None:
    """End every session of a user, but perhaps one; each end is an event."""
    ended = await session.scalars(
        sa.update(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.id != but if but else sa.true(),
            UserSession.revoked_at.is_(None),
        )
        .values(revoked_at=clock.now())
        .returning(UserSession.id)
    )
    for session_id in ended:
        events.record(session, "session.ended", session_id, actor)


async def forget_second_factor(session: AsyncSession, user_id: UUID) -> None:
    """Let a user's sessions count as begun with a password only: the second factor is off."""
    await session.execute(
        sa.update(UserSession).where(UserSession.user_id == user_id).values(second_factor=False)
    )


async def forget(session: AsyncSession, older_than_days: int) -> int:
    """Remove sessions that ended long ago, which the trail remembers; say how many."""
    before = clock.now() - timedelta(days=older_than_days)
    ended = sa.delete(UserSession).where(UserSession.expires_at < before)
    gone = await session.scalars(ended.returning(UserSession.id))
    return len(gone.all())
