"""Rows for files: plans as they were submitted or are written, and the set-up of rounds.

Each question gives one batch, in the order of ids: a file may be long, and its reader slow.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.projects.exchange import Exported
from app.projects.models import PlanDraft, PlanVersion, Project, Round
from app.projects.schemas.rounds import RoundRequest

AT_ONCE = 100
"""How many rows are in memory."""

Column = sa.orm.InstrumentedAttribute[UUID]

_ENTREPRENEUR = sa.orm.joinedload(Project.entrepreneur)


async def submitted_plans(
    session: AsyncSession, round_id: UUID, after: UUID | None
) -> Sequence[Exported]:
    """Read what was submitted last of the projects of a round, confidential members included."""
    query = (
        sa.select(Project, PlanVersion)
        .join(PlanVersion, PlanVersion.project_id == Project.id)
        .where(Project.round_id == round_id, _later(Project.id, after))
        .ext(distinct_on(Project.id))
        .options(_ENTREPRENEUR)
        .order_by(Project.id, PlanVersion.number.desc())
        .limit(AT_ONCE)
    )
    found = await session.execute(query)
    return [
        Exported(project.id, _about(project, version.number), version.content)
        for project, version in found.all()
    ]


async def drafts(
    session: AsyncSession, organisation_id: UUID, round_id: UUID | None, after: UUID | None
) -> Sequence[Exported]:
    """Read the drafts of an entrepreneur, of one round or of all."""
    query = (
        sa.select(Project, PlanDraft)
        .join(PlanDraft, PlanDraft.project_id == Project.id)
        .where(Project.entrepreneur_id == organisation_id, _later(Project.id, after))
        .options(_ENTREPRENEUR)
        .order_by(Project.id)
        .limit(AT_ONCE)
    )
    if round_id is not None:
        query = query.where(Project.round_id == round_id)
    found = await session.execute(query)
    return [
        Exported(project.id, _about(project, None), draft.content) for project, draft in found.all()
    ]


def _later(column: Column, after: UUID | None) -> sa.ColumnElement[bool]:
    return sa.true() if after is None else column > after


def _about(project: Project, version: int | None) -> dict[str, Any]:
    return {
        "projectId": str(project.id),
        "number": project.number,
        "entrepreneur": project.entrepreneur.legal_name,
        "state": project.state.value,
        "version": version,
    }


async def rounds(session: AsyncSession, scheme_id: UUID, after: UUID | None) -> Sequence[Exported]:
    """Read the names and dates of a scheme's rounds, drafts included."""
    query = (
        sa.select(Round)
        .where(Round.scheme_id == scheme_id, _later(Round.id, after))
        .order_by(Round.id)
        .limit(AT_ONCE)
    )
    return [
        Exported(
            found.id,
            {
                "roundId": str(found.id),
                "number": found.number,
                "state": found.state.value,
                "policyId": str(found.policy_id) if found.policy_id else None,
            },
            RoundRequest.of(found).model_dump(mode="json", by_alias=True),
        )
        for found in await session.scalars(query)
    ]
