"""Attach files that prove what a report says, and take them off."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, files
from app.core.files import Received
from app.organisations.callers import Caller
from app.projects import queries
from app.projects.actions import reports
from app.projects.models import Project, Report, ReportEvidence
from app.projects.problems import TooManyAttachments

MOST_FILES = 50
"""Of one report."""


async def insist_on_room(session: AsyncSession, report: Report) -> None:
    """Refuse what can be refused before a file is received.

    Raises:
        ReportStateForbids: the report is not written now.
        TooManyAttachments: there are so many already.
    """
    reports.insist_on_writable(report)
    if len(await queries.reports.evidence(session, report.id)) >= MOST_FILES:
        message = f"A report has {MOST_FILES} files at the most. Remove one first."
        raise TooManyAttachments(message)


async def attach(  # noqa: PLR0913  Each is one thing that belongs to the file.
    session: AsyncSession,
    caller: Caller,
    project: Project,
    report: Report,
    received: Received,
    *,
    promise: int | None,
    is_public: bool,
) -> ReportEvidence:
    """Attach a file that was received; time has passed since the guards looked.

    Raises:
        ReportStateForbids: the report is not written any more.
        TooManyAttachments: others attached meanwhile.
    """
    await queries.projects.locked_on_sale(session, project.id)
    report = await queries.reports.locked(session, report.id)
    await insist_on_room(session, report)
    file = await files.keep(session, received, caller.actor)
    made = ReportEvidence(
        report_id=report.id,
        file_id=file.id,
        promise=promise,
        is_public=is_public,
        attached_by_id=caller.user_id,
    )
    session.add(made)
    await session.flush()
    made.file = file
    _record(session, caller, report, made, "report.file-attached")
    return made


async def remove(
    session: AsyncSession, caller: Caller, report: Report, evidence: ReportEvidence
) -> None:
    """Take a file off a draft that is locked; versions that had it keep it, else it is erased.

    Raises:
        ReportStateForbids: the report is not written now.
    """
    reports.insist_on_writable(report)
    # Read again, for it may have been found before the report was locked.
    await session.refresh(evidence, ["removed_at"])
    if evidence.removed_at is not None:
        return
    evidence.removed_at = clock.now()
    if not await queries.reports.was_submitted_with(session, evidence.id, report.id):
        await files.erase(session, evidence.file_id, caller.actor)
    _record(session, caller, report, evidence, "report.file-removed")
    await session.flush()


def _record(
    session: AsyncSession, caller: Caller, report: Report, evidence: ReportEvidence, kind: str
) -> None:
    events.record(session, kind, report.id, caller.actor, evidenceId=str(evidence.id))
