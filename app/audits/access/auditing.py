"""Who audits an organisation today? What auditors write themselves is theirs to do alone."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models import AuditSample
from app.core.database import Session
from app.core.problems import NotFound
from app.organisations.access import Person
from app.organisations.callers import Caller
from app.organisations.problems import RoleTooSmall
from app.schemes import queries as of_schemes
from app.schemes.models import AuditorAppointment


async def find_audit(
    session: AsyncSession, caller: Caller, organisation_id: UUID
) -> AuditorAppointment:
    """Find the appointment by which a person audits an organisation today.

    Raises:
        NotFound: they have nothing to do with it.
        RoleTooSmall: they may know it, and don't audit it.
    """
    if await of_schemes.keepers.audits(session, caller, organisation_id):
        found = await of_schemes.keepers.appointment(session, caller.user_id, organisation_id)
        if found is not None:
            return found
    if caller.rights_in(organisation_id) or caller.is_staff:
        message = "This is for those who audit the organisation."
        raise RoleTooSmall(message)
    message = f"You audit no organisation {organisation_id}."
    raise NotFound(message).for_trail()


async def _audit(organisation_id: UUID, caller: Person, session: Session) -> AuditorAppointment:
    return await find_audit(session, caller, organisation_id)


OwnAudit = Annotated[AuditorAppointment, Depends(_audit)]
"""The appointment by which the person audits an organisation today."""


async def _sample(audit_sample_id: UUID, caller: Person, session: Session) -> AuditSample:
    found = await session.get(AuditSample, audit_sample_id)
    if found is None:
        message = f"You know no sample {audit_sample_id}."
        raise NotFound(message).for_trail()
    await find_audit(session, caller, found.organisation_id)
    return found


DrawnSample = Annotated[AuditSample, Depends(_sample)]
"""A sample of the books of an organisation that the person audits."""
