"""Questions about sittings of the panel, and about conflicts of interest."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.organisations.models import Membership, Organisation
from app.projects.models import (
    Assignment,
    Project,
    ProjectState,
    Recusal,
    Round,
    ScoreExtension,
    SealedScores,
    Sitting,
)
from app.schemes.models import PanelMember
from app.schemes.terms import PanelValuation

_PROJECT = sa.orm.joinedload(Sitting.project).joinedload(Project.round)
_OF_ASSIGNMENT = (
    sa.orm.joinedload(Assignment.panel_member).joinedload(PanelMember.user),
    sa.orm.joinedload(Assignment.recusal),
    sa.orm.selectinload(Assignment.submissions).joinedload(SealedScores.opened),
)
WHOLE = (
    _PROJECT.joinedload(Round.policy),
    _PROJECT.joinedload(Round.scheme),
    sa.orm.joinedload(Sitting.project).joinedload(Project.entrepreneur),
    sa.orm.joinedload(Sitting.plan_version),
    sa.orm.selectinload(Sitting.extensions),
    sa.orm.selectinload(Sitting.assignments).options(*_OF_ASSIGNMENT),
)
"""A sitting with all that its rules look at."""


def rules(project: Project) -> PanelValuation | None:
    """Read the rules of the panel, if one values here; the round's policy must be loaded."""
    policy = project.round.policy
    return policy.read_terms().panel if policy else None


async def last(
    session: AsyncSession, project_id: UUID, number: int | None = None
) -> Sitting | None:
    """Find the last sitting about a project, or the one of a number, with everything of it."""
    wanted = sa.true() if number is None else Sitting.number == number
    found: Sitting | None = await session.scalar(
        sa.select(Sitting)
        .where(Sitting.project_id == project_id, wanted)
        .order_by(Sitting.number.desc())
        .limit(1)
        .options(*WHOLE)
        .execution_options(populate_existing=True)
    )
    return found


async def sitting(session: AsyncSession, sitting_id: UUID) -> Sitting:
    """Read a sitting with everything of it, as it stands now."""
    return (
        await session.scalars(
            sa.select(Sitting)
            .where(Sitting.id == sitting_id)
            .options(*WHOLE)
            .execution_options(populate_existing=True)
        )
    ).one()


async def assignment(session: AsyncSession, assignment_id: UUID) -> Assignment:
    """Read an assignment with its expert, its recusal and what was submitted."""
    return (
        await session.scalars(
            sa.select(Assignment)
            .where(Assignment.id == assignment_id)
            .options(*_OF_ASSIGNMENT)
            .execution_options(populate_existing=True)
        )
    ).one()


async def overdue(session: AsyncSession, now: datetime) -> list[tuple[UUID, datetime]]:
    """List the sealed sittings whose deadline has passed, with that deadline."""
    extended = (
        sa.select(sa.func.max(ScoreExtension.due_at))
        .where(ScoreExtension.sitting_id == Sitting.id)
        .scalar_subquery()
    )
    due_at = sa.func.greatest(Round.scores_due_at, extended)
    found = await session.execute(
        sa.select(Sitting.id, due_at)
        .join(Project, Project.id == Sitting.project_id)
        .join(Round, Round.id == Project.round_id)
        .where(
            Sitting.opened_at.is_(None),
            Project.state == ProjectState.ELIGIBLE,
            due_at <= now,
        )
        .order_by(Sitting.id)
    )
    return [(sitting_id, due) for sitting_id, due in found]


async def conflicts(
    session: AsyncSession, user_ids: Collection[UUID], entrepreneur_ids: Collection[UUID]
) -> set[tuple[UUID, UUID]]:
    """Say which users belong to which of these organisations, or to one registered the same."""
    own = sa.orm.aliased(Organisation)
    theirs = sa.orm.aliased(Organisation)
    found = await session.execute(
        sa.select(Membership.user_id, theirs.id)
        .join(own, own.id == Membership.organisation_id)
        .join(
            theirs,
            sa.or_(
                theirs.id == own.id,
                sa.and_(
                    theirs.country == own.country, theirs.register_number == own.register_number
                ),
            ),
        )
        .where(Membership.user_id.in_(user_ids), theirs.id.in_(entrepreneur_ids))
    )
    return {(user_id, organisation_id) for user_id, organisation_id in found}


async def loads(session: AsyncSession, round_id: UUID) -> Counter[UUID]:
    """Count how many projects of a round each expert has, those recused from left out."""
    found = await session.execute(
        sa.select(Assignment.panel_member_id, sa.func.count().label("projects"))
        .join(Sitting, Sitting.id == Assignment.sitting_id)
        .join(Project, Project.id == Sitting.project_id)
        .outerjoin(Recusal, Recusal.assignment_id == Assignment.id)
        .where(Project.round_id == round_id, Recusal.id.is_(None))
        .group_by(Assignment.panel_member_id)
    )
    return Counter({row.panel_member_id: row.projects for row in found})


async def eligible(session: AsyncSession, of_round: Round) -> list[UUID]:
    """List the projects of a round that wait for their valuation, in the order of their ids."""
    found = await session.scalars(
        sa.select(Project.id)
        .where(Project.round_id == of_round.id, Project.state == ProjectState.ELIGIBLE)
        .order_by(Project.id)
    )
    return list(found)


async def ever_assigned(session: AsyncSession, project: Project) -> set[UUID]:
    """Say which users were assigned in any sitting about a project, recused or not."""
    found = await session.scalars(
        sa.select(PanelMember.user_id)
        .join(Assignment, Assignment.panel_member_id == PanelMember.id)
        .join(Sitting, Sitting.id == Assignment.sitting_id)
        .where(Sitting.project_id == project.id)
    )
    return set(found)
