"""Who plans payouts, who approves them, and who may look?"""

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Session
from app.core.problems import existing
from app.payouts import queries
from app.payouts.models import Payout, RemedyProposal, WriteOff
from app.projects.access import ApprovedProject, OperatedProject, ReadableProject
from app.projects.models import Project
from app.schemes.access import ApprovedScheme


async def _readable(payout_id: UUID, project: ReadableProject, session: Session) -> Payout:
    return await _found(session, project, payout_id)


async def _operated(payout_id: UUID, project: OperatedProject, session: Session) -> Payout:
    return await _found(session, project, payout_id)


async def _approved(payout_id: UUID, project: ApprovedProject, session: Session) -> Payout:
    return await _found(session, project, payout_id)


async def _found(session: AsyncSession, project: Project, payout_id: UUID) -> Payout:
    return existing(await queries.payouts.one(session, project, payout_id), payout_id)


ReadablePayout = Annotated[Payout, Depends(_readable)]
"""A payout of a project that the caller may read: both sides, auditors and staff."""
OperatedPayout = Annotated[Payout, Depends(_operated)]
"""A payout of a scheme for whose operator the person works."""
ApprovedPayout = Annotated[Payout, Depends(_approved)]
"""A payout of a scheme for whose operator the person decides."""


async def _remedy(remedy_id: UUID, project: ApprovedProject, session: Session) -> RemedyProposal:
    found = await queries.freezes.proposal(session, project, remedy_id)
    return existing(found, remedy_id)


ApprovedRemedy = Annotated[RemedyProposal, Depends(_remedy)]
"""What was proposed about frozen money, for whose operator the person decides."""


async def _write_off(write_off_id: UUID, scheme: ApprovedScheme, session: Session) -> WriteOff:
    return existing(await queries.write_offs.one(session, scheme, write_off_id), write_off_id)


ApprovedWriteOff = Annotated[WriteOff, Depends(_write_off)]
"""A write-off of a scheme for whose operator the person decides."""
