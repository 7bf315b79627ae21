"""Attach files to a plan, and take them off."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, files
from app.core.files import Received
from app.organisations.callers import Caller
from app.projects import queries
from app.projects.actions import plans
from app.projects.models import PlanAttachment, Project
from app.projects.problems import TooManyAttachments

MOST_ATTACHMENTS = 50
"""Of one plan."""


async def insist_on_room(session: AsyncSession, project: Project) -> None:
    """Refuse what can be refused before a file is received.

    Raises:
        ProjectStateForbids: the plan is not written now.
        TooManyAttachments: there are so many already.
    """
    plans.insist_on_writable(project)
    if len(await queries.plans.attachments(session, project.id)) >= MOST_ATTACHMENTS:
        message = f"A plan has {MOST_ATTACHMENTS} attachments at the most. Remove one first."
        raise TooManyAttachments(message)


async def attach(
    session: AsyncSession,
    caller: Caller,
    project: Project,
    received: Received,
    *,
    is_public: bool,
) -> PlanAttachment:
    """Attach a file that was received; time has passed since the guards looked.

    Raises:
        ProjectStateForbids: the plan is not written any more.
        TooManyAttachments: others attached meanwhile.
    """
    project = await queries.projects.locked(session, project.id)
    await insist_on_room(session, project)
    file = await files.keep(session, received, caller.actor)
    made = PlanAttachment(
        project_id=project.id,
        file_id=file.id,
        is_public=is_public,
        attached_by_id=caller.user_id,
    )
    session.add(made)
    await session.flush()
    made.file = file
    _record(session, caller, project, made, "project.file-attached")
    return made


async def remove(
    session: AsyncSession, caller: Caller, project: Project, attachment: PlanAttachment
) -> None:
    """Take a file off a draft; versions that had it keep it, and what none had is erased.

    Raises:
        ProjectStateForbids: the plan is not written now.
    """
    project = await queries.projects.locked(session, project.id)
    plans.insist_on_writable(project)
    # Read again, for it was found before the project was locked: somebody else may have been first.
    await session.refresh(attachment, ["removed_at"])
    if attachment.removed_at is not None:
        return
    attachment.removed_at = clock.now()
    if not await queries.projects.was_submitted_with(session, attachment):
        await files.erase(session, attachment.file_id, caller.actor)
    _record(session, caller, project, attachment, "project.file-removed")
    await session.flush()


def _record(
    session: AsyncSession, caller: Caller, project: Project, attachment: PlanAttachment, kind: str
) -> None:
    events.record(session, kind, project.id, caller.actor, attachmentId=str(attachment.id))
