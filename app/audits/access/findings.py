"""Whose finding is it, and who answers it?

The audited organisation's people and the auditor's side see a finding, and nobody else. The
auditor's side is who raised it, as long as the appointment lasts, and the people of the
organisation that they raised it for; of these only who audits it as well may conclude.
"""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models import AuditFinding, AuditFindingFile, FindingSide
from app.audits.queries import findings
from app.audits.queries.findings import Narrowed
from app.core.database import Session
from app.core.problems import NotFound, existing
from app.organisations.access import Person, as_of_now, find_organisation
from app.organisations.callers import Caller
from app.organisations.models import Organisation, Right
from app.organisations.problems import RoleTooSmall
from app.schemes import queries as of_schemes


async def _finding(finding_id: UUID, caller: Person, session: Session) -> AuditFinding:
    found = await session.get(AuditFinding, finding_id)
    if found is None or not (
        Right.READ in caller.rights_in(found.organisation_id)
        or Right.READ in _rights_of_auditors(caller, found)
        or await _audits(session, caller, found)
    ):
        message = f"You have nothing to do with a finding {finding_id}."
        raise NotFound(message).for_trail()
    return found


def _rights_of_auditors(caller: Caller, finding: AuditFinding) -> frozenset[Right]:
    for_id = finding.raised_for_id
    return caller.rights_in(for_id) if for_id is not None else frozenset()


async def _audits(session: AsyncSession, caller: Caller, finding: AuditFinding) -> bool:
    """Tell whether a person audits the organisation today, and the finding is of their side."""
    is_theirs = finding.raised_by_id == caller.user_id
    if not is_theirs and Right.READ not in _rights_of_auditors(caller, finding):
        return False
    return await of_schemes.keepers.audits(session, caller, finding.organisation_id)


SeenFinding = Annotated[AuditFinding, Depends(_finding)]
"""A finding that the person may see."""


async def _concluded(finding: SeenFinding, caller: Person, session: Session) -> AuditFinding:
    if not await _audits(session, caller, finding):
        message = "This is for who audits the organisation and raised the finding."
        raise RoleTooSmall(message)
    return finding


async def _assigned(finding: SeenFinding, caller: Person, session: Session) -> AuditFinding:
    _insist_on_audited(caller, finding)
    await find_organisation(session, caller, finding.organisation_id, Right.ADMINISTER)
    return finding


async def _answered(finding: SeenFinding, caller: Person, session: Session) -> AuditFinding:
    _insist_on_audited(caller, finding)
    right = Right.APPROVE
    if finding.assigned_to_id == caller.user_id:
        right = Right.WRITE
    await find_organisation(session, caller, finding.organisation_id, right)
    return finding


def _insist_on_audited(caller: Caller, finding: AuditFinding) -> None:
    if not caller.rights_in(finding.organisation_id):
        message = "This is for the people of the audited organisation."
        raise RoleTooSmall(message)


ConcludedFinding = Annotated[AuditFinding, Depends(_concluded)]
"""A finding that the person concludes as its auditor."""
AssignedFinding = Annotated[AuditFinding, Depends(_assigned)]
"""A finding at an organisation of which the person is an admin."""
AnsweredFinding = Annotated[AuditFinding, Depends(_answered)]
"""A finding that the person may answer: it is assigned to them, or they decide there."""


@dataclass(frozen=True, slots=True)
class Contributed:
    """A finding, and on whose side the person gives a file."""

    finding: AuditFinding
    side: FindingSide


async def _contributed(finding: SeenFinding, caller: Person, session: Session) -> Contributed:
    if await _audits(session, caller, finding):
        return Contributed(finding, FindingSide.AUDITOR)
    return Contributed(await _answered(finding, caller, session), FindingSide.AUDITED)


ContributedFinding = Annotated[Contributed, Depends(_contributed)]
"""A finding to which the person may give files, on either side."""


async def still_contributed(session: AsyncSession, caller: Caller, finding_id: UUID) -> Contributed:
    """Prove again, when a file has come in, that the person may give it.

    Raises:
        NotFound, RoleTooSmall, OrganisationInactive, CredentialRefused: not any more.
    """
    caller = await as_of_now(session, caller)
    return await _contributed(await _finding(finding_id, caller, session), caller, session)


async def _file(finding_file_id: UUID, finding: SeenFinding, session: Session) -> AuditFindingFile:
    return existing(await findings.file(session, finding.id, finding_file_id), finding_file_id)


SeenFindingFile = Annotated[AuditFindingFile, Depends(_file)]
"""A file of a finding that the person may see."""


@dataclass(frozen=True, slots=True)
class FoundAt:
    """An organisation, and which findings there the person may see."""

    organisation_id: UUID
    narrowed: Narrowed


async def _found_at(organisation_id: UUID, caller: Person, session: Session) -> FoundAt:
    if Right.READ in caller.rights_in(organisation_id):
        return FoundAt(organisation_id, Narrowed())
    audits = await of_schemes.keepers.audits(session, caller, organisation_id)
    if audits and await session.get(Organisation, organisation_id) is not None:
        own = Narrowed(raised_by_id=caller.user_id, raised_for_ids=tuple(caller.identity.rights))
        return FoundAt(organisation_id, own)
    message = f"You know no findings at an organisation {organisation_id}."
    raise NotFound(message).for_trail()


FindingsAt = Annotated[FoundAt, Depends(_found_at)]
"""An organisation whose findings the person may see: all as its own, or those that they raised."""
