"""Questions that experts ask about what they are assigned to."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import sealing
from app.core.paging import Page, PageRequest, page
from app.projects.contents import Findings
from app.projects.models import Assignment, SealedScores
from app.projects.queries import panel
from app.schemes.models import PanelMember

SEALED_SCORES = "expert scores"
"""What the sheets are sealed for."""

_WHOLE = (
    sa.orm.joinedload(Assignment.panel_member).joinedload(PanelMember.user),
    sa.orm.joinedload(Assignment.recusal),
    sa.orm.selectinload(Assignment.submissions).joinedload(SealedScores.opened),
    sa.orm.joinedload(Assignment.sitting).options(*panel.WHOLE),
)


async def one(session: AsyncSession, assignment_id: UUID) -> Assignment | None:
    """Find an assignment with its expert and its sitting."""
    found: Assignment | None = await session.scalar(
        sa.select(Assignment).where(Assignment.id == assignment_id).options(*_WHOLE)
    )
    return found


async def of_user(session: AsyncSession, user_id: UUID, paging: PageRequest) -> Page[Assignment]:
    """List what somebody is, or was, assigned to, in every scheme."""
    query = (
        sa.select(Assignment)
        .join(PanelMember, PanelMember.id == Assignment.panel_member_id)
        .where(PanelMember.user_id == user_id)
        .options(*_WHOLE)
    )
    return await page(session, query, Assignment, paging)


def unseal(session: AsyncSession, scores: SealedScores) -> Findings:
    """Open one sheet: for the expert who wrote it, or when all are opened.

    Raises:
        CannotOpen: it was changed, or sealed with another secret.
    """
    return Findings.model_validate_json(sealing.unseal(session, SEALED_SCORES, scores.sealed))
