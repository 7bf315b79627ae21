"""Raise findings, assign, answer, close and reopen them."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.actions import letters
from app.audits.models import (
    AuditFinding,
    AuditFindingFile,
    AuditFindingStep,
    FindingSide,
    FindingState,
    FindingStepKind,
    Population,
    SubjectKind,
)
from app.audits.problems import FindingStateForbids, TooManyFindingFiles
from app.audits.queries import findings
from app.audits.schemas.findings import FindingReopeningRequest, FindingRequest
from app.core import clock, events, files, jobs
from app.core.database import Database, locked
from app.core.files import Received
from app.core.problems import NotFound, existing
from app.organisations.callers import Caller
from app.organisations.models import Right
from app.schemes.models import AuditorAppointment

MOST_FILES = 50
"""Of one finding."""
AT_ONCE = 500

_KINDS = {
    Population.OBLIGATIONS: SubjectKind.OBLIGATION,
    Population.FULFILMENTS: SubjectKind.FULFILMENT,
    Population.ORDERS: SubjectKind.ORDER,
    Population.PAYOUTS: SubjectKind.PAYOUT,
    Population.ENTRIES: SubjectKind.ENTRY,
}


async def raise_finding(
    session: AsyncSession, caller: Caller, audit: AuditorAppointment, request: FindingRequest
) -> AuditFinding:
    """Tell an organisation that is audited what was found, and until when it is to answer.

    Raises:
        NotFound: what it is about is not the organisation's, or the caller does not work for whom
            it is raised for.
    """
    kind, subject_id = await _subject(session, audit.organisation_id, request)
    for_id = request.raised_for_id
    if for_id is not None and Right.READ not in caller.rights_in(for_id):
        message = f"You work for no organisation {for_id}."
        raise NotFound(message)
    finding = AuditFinding(
        organisation_id=audit.organisation_id,
        appointment_id=audit.id,
        raised_by_id=caller.user_id,
        raised_for_id=for_id,
        state=FindingState.RAISED,
        severity=request.severity,
        title=request.title,
        description=request.description,
        subject_kind=kind,
        subject_id=subject_id,
        sample_item_id=request.sample_item_id,
        due_on=request.due_on,
        remind_on=request.remind_on or request.due_on,
    )
    session.add(finding)
    await session.flush()
    _note(session, caller, finding, FindingStepKind.RAISED, request.description)
    await session.flush()
    await letters.to_audited(session, finding, "raised")
    return finding


async def _subject(
    session: AsyncSession, organisation_id: UUID, request: FindingRequest
) -> tuple[SubjectKind | None, UUID | None]:
    if request.sample_item_id is not None:
        drawn = await findings.sample_item(session, organisation_id, request.sample_item_id)
        sample, item = existing(drawn, request.sample_item_id)
        return _KINDS[sample.population], item.thing_id
    if request.subject is None:
        return None, None
    kind, subject_id = request.subject.kind, request.subject.id
    if not await findings.is_of(session, organisation_id, kind, subject_id):
        message = f"You audit no {kind} {subject_id} of this organisation."
        raise NotFound(message)
    return kind, subject_id


async def keep(session: AsyncSession, finding_id: UUID) -> AuditFinding:
    """Keep a finding as it is until this is done."""
    return await locked(session, AuditFinding, finding_id)


async def assign(
    session: AsyncSession, caller: Caller, finding: AuditFinding, user_id: UUID, said: str
) -> AuditFinding:
    """Let somebody of the audited organisation answer a finding.

    Raises:
        FindingStateForbids: it is answered or closed.
        NotFound: they do not act for the organisation.
    """
    _insist(finding, FindingState.RAISED, FindingState.ASSIGNED)
    if not await findings.is_member(session, finding.organisation_id, user_id):
        message = f"The organisation has no member {user_id}."
        raise NotFound(message)
    finding.state = FindingState.ASSIGNED
    finding.assigned_to_id = user_id
    _note(session, caller, finding, FindingStepKind.ASSIGNED, said)
    await session.flush()
    await letters.to_audited(session, finding, "assigned", said=said)
    return finding


async def answer(
    session: AsyncSession, caller: Caller, finding: AuditFinding, said: str
) -> AuditFinding:
    """Answer a finding: the auditor concludes then.

    Raises:
        FindingStateForbids: it is answered or closed.
    """
    _insist(finding, FindingState.RAISED, FindingState.ASSIGNED)
    finding.state = FindingState.ANSWERED
    finding.remind_on = None
    _note(session, caller, finding, FindingStepKind.ANSWERED, said)
    await session.flush()
    await letters.to_auditor(session, finding, said)
    return finding


async def close(
    session: AsyncSession, caller: Caller, finding: AuditFinding, said: str
) -> AuditFinding:
    """Conclude a finding.

    Raises:
        FindingStateForbids: it is closed.
    """
    _insist(finding, FindingState.RAISED, FindingState.ASSIGNED, FindingState.ANSWERED)
    finding.state = FindingState.CLOSED
    finding.closed_at = clock.now()
    finding.remind_on = None
    _note(session, caller, finding, FindingStepKind.CLOSED, said)
    await session.flush()
    await letters.to_audited(session, finding, "closed", said=said)
    return finding


async def reopen(
    session: AsyncSession, caller: Caller, finding: AuditFinding, request: FindingReopeningRequest
) -> AuditFinding:
    """Ask for another answer, also where the finding was closed.

    Raises:
        FindingStateForbids: it waits for an answer.
    """
    _insist(finding, FindingState.ANSWERED, FindingState.CLOSED)
    is_assigned = finding.assigned_to_id is not None
    finding.state = FindingState.ASSIGNED if is_assigned else FindingState.RAISED
    finding.closed_at = None
    finding.due_on = finding.remind_on = request.due_on
    _note(session, caller, finding, FindingStepKind.REOPENED, request.text)
    await session.flush()
    await letters.to_audited(session, finding, "reopened", said=request.text)
    return finding


def insist_on_open(finding: AuditFinding) -> None:
    """Insist that a finding is not closed.

    Raises:
        FindingStateForbids: it is.
    """
    _insist(finding, FindingState.RAISED, FindingState.ASSIGNED, FindingState.ANSWERED)


async def attach(
    session: AsyncSession,
    caller: Caller,
    finding: AuditFinding,
    received: Received,
    side: FindingSide,
) -> AuditFindingFile:
    """Attach a file that was received to a finding, or to the answer to it.

    Raises:
        FindingStateForbids: it was closed meanwhile.
        TooManyFindingFiles: there are so many already.
    """
    finding = await keep(session, finding.id)
    insist_on_open(finding)
    await insist_on_room(session, finding)
    file = await files.keep(session, received, caller.actor)
    made = AuditFindingFile(
        finding_id=finding.id, file_id=file.id, side=side, attached_by_id=caller.user_id
    )
    session.add(made)
    _note(session, caller, finding, FindingStepKind.FILE_ATTACHED, file.sha256.hex())
    await session.flush()
    made.file = file
    return made


async def insist_on_room(session: AsyncSession, finding: AuditFinding) -> None:
    """Insist that there is room for another file.

    Raises:
        TooManyFindingFiles: there is none.
    """
    if len(await findings.files(session, finding.id)) >= MOST_FILES:
        message = f"A finding has {MOST_FILES} files at the most."
        raise TooManyFindingFiles(message)


async def remind_due(database: Database) -> None:
    """Write every reminder whose day has come, each in its own transaction: a chore."""
    async with database.reading() as session:
        due = await findings.to_remind(session, clock.today(), AT_ONCE)
    await jobs.each_in_turn(database, due, remind)


async def remind(session: AsyncSession, finding_id: UUID) -> None:
    """Remind of one finding, if that is still due; on its last day once more."""
    finding = await keep(session, finding_id)
    today = clock.today()
    if finding.remind_on is None or finding.remind_on > today:
        return
    finding.remind_on = _next_reminder(finding, today)
    await session.flush()
    await letters.to_audited(session, finding, "due")


def _next_reminder(finding: AuditFinding, today: date) -> date | None:
    return finding.due_on if today < finding.due_on else None


def _insist(finding: AuditFinding, *states: FindingState) -> None:
    if finding.state not in states:
        message = f"The finding is {finding.state}: this is for one that is {' or '.join(states)}."
        raise FindingStateForbids(message, current_state=finding.state)


def _note(
    session: AsyncSession, caller: Caller, finding: AuditFinding, kind: FindingStepKind, said: str
) -> None:
    step = AuditFindingStep(
        finding_id=finding.id,
        kind=kind,
        said=said,
        assigned_to_id=finding.assigned_to_id,
        made_by_id=caller.user_id,
    )
    session.add(step)
    told = {"severity": finding.severity.value, "dueOn": finding.due_on.isoformat()}
    events.record(session, f"finding.{kind}", finding.id, caller.actor, **told)
