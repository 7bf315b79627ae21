"""Give somebody their data, after they proved who they are."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.organisations.actions import passwords, trail
from app.organisations.callers import Caller
from app.organisations.models import User
from app.privacy.schemas import ExportRequest


async def prove(session: AsyncSession, caller: Caller, user: User, request: ExportRequest) -> None:
    """Insist on the password, and note that the data was given.

    Raises:
        PasswordWrong: it is not their present one.
    """
    await passwords.prove(session, caller, user, request.password)
    events.record(session, "user.exported", user.id, caller.actor)
    trail.note(session, caller.visitor, "user.exported", actor=caller.actor, user_id=user.id)
