"""Sign out, here or elsewhere."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
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
    _note_end(session, caller)


async def revoke_others(session: AsyncSession, caller: Caller) -> None:
    """Sign out everywhere else."""
    await revoke_all(session, caller.user_id, but=caller.identity.credential_id)
    _note_end(session, caller)


def _note_end(session: AsyncSession, caller: Caller) -> None:
    trail.note(session, caller.visitor, "session.ended", actor=caller.actor, user_id=caller.user_id)


async def revoke_all(session: AsyncSession, user_id: UUID, but: UUID | None = None) -> None:
    """End every session of a user, but perhaps one."""
    await session.execute(
        sa.update(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.id != but if but else sa.true(),
            UserSession.revoked_at.is_(None),
        )
        .values(revoked_at=clock.now())
    )


async def forget(session: AsyncSession, older_than_days: int) -> int:
    """Remove sessions that ended long ago, which the trail remembers; say how many."""
    before = clock.now() - timedelta(days=older_than_days)
    ended = sa.delete(UserSession).where(UserSession.expires_at < before)
    gone = await session.scalars(ended.returning(UserSession.id))
    return len(gone.all())
