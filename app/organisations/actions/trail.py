"""Write the trail: sign-ins, refusals and changes of rights."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.events import Actor
from app.core.problems import Extra
from app.organisations.callers import Caller, Visitor
from app.organisations.models import TrailEntry


def note(  # noqa: PLR0913  Each is one column of the row that this writes.
    session: AsyncSession,
    visitor: Visitor,
    kind: str,
    *,
    actor: Actor | None = None,
    user_id: UUID | None = None,
    organisation_id: UUID | None = None,
    **data: Extra,
) -> None:
    """Add an entry in the transaction of what it tells about."""
    session.add(
        TrailEntry(
            kind=kind,
            actor=str(actor) if actor else None,
            user_id=user_id,
            organisation_id=organisation_id,
            network=visitor.network,
            request_id=visitor.request_id,
            data=data,
        )
    )


def rights_changed(  # noqa: PLR0913  The same columns, and the event's subject.
    session: AsyncSession,
    caller: Caller,
    kind: str,
    subject_id: UUID,
    *,
    user_id: UUID | None = None,
    organisation_id: UUID | None = None,
    **data: str | int | bool | list[str] | None,
) -> None:
    """Write a change of rights as an event and into the trail."""
    events.record(session, kind, subject_id, caller.actor, **data)
    note(
        session,
        caller.visitor,
        kind,
        actor=caller.actor,
        user_id=user_id,
        organisation_id=organisation_id,
        subjectId=str(subject_id),
        **data,
    )
