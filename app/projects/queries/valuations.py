"""Questions about valuations: what one would say now, and those that were adopted."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.projects.contents import FixedDocument, PanelDocument
from app.projects.contents.valuing import (
    AbsenceRecord,
    Basis,
    ExtensionRecord,
    Heard,
    Numbered,
    OpenedSheet,
    RecusalRecord,
    SittingRecord,
    by_panel,
    by_policy,
)
from app.projects.models import (
    Assignment,
    PlanVersion,
    Project,
    ProjectDecision,
    ProjectDecisionKind,
    Recusal,
    Sitting,
    Valuation,
)
from app.projects.problems import QuorumNotMet, ScoresSealed
from app.projects.queries import panel, projects
from app.schemes.models import Policy
from app.schemes.terms import PanelValuation


async def last(session: AsyncSession, project_id: UUID) -> Valuation | None:
    """Find the valuation of a project that counts."""
    found: Valuation | None = await session.scalar(
        sa.select(Valuation)
        .where(Valuation.project_id == project_id)
        .order_by(Valuation.number.desc())
        .limit(1)
    )
    return found


async def lost_a_score(session: AsyncSession, project_id: UUID) -> bool:
    """Tell whether an expert whose scores count in the valuation of a project was recused since."""
    standing = await last(session, project_id)
    document = standing.read_document() if standing else None
    if not isinstance(document, PanelDocument):
        return False
    counted = [sheet.assignment_id for sheet in document.scores]
    recused = sa.exists().where(Recusal.assignment_id.in_(counted))
    return bool(await session.scalar(sa.select(recused)))


async def listed(session: AsyncSession, project: Project, paging: PageRequest) -> Page[Valuation]:
    """List all valuations of a project, those that were superseded included."""
    query = sa.select(Valuation).where(Valuation.project_id == project.id)
    return await page(session, query, Valuation, paging)


async def proposal(session: AsyncSession, project: Project) -> PanelDocument | FixedDocument:
    """Work out what a valuation would say now; the project's round and policy must be loaded.

    Raises:
        ScoresSealed: no panel was asked about the last version of the plan, or it is not opened.
        QuorumNotMet: too few experts valued it.
    """
    version = await projects.last_version(session, project.id)
    policy = project.round.policy
    if version is None or policy is None:
        message = "Nothing was submitted that could be valued."
        raise ScoresSealed(message)
    rules = policy.read_terms().valuation
    if not isinstance(rules, PanelValuation):
        return by_policy(_basis(project, version, policy), rules)
    sitting = await panel.last(session, project.id)
    if sitting is None or sitting.plan_version_id != version.id:
        message = "No expert was assigned to the last version of the plan."
        raise ScoresSealed(message)
    heard = _heard(sitting)
    if len(heard.opened) < rules.quorum:
        message = f"{len(heard.opened)} experts valued it; the quorum is {rules.quorum}."
        raise QuorumNotMet(message, valued=len(heard.opened), quorum=rules.quorum)
    return by_panel(_basis(project, version, policy), rules, heard)


def _basis(project: Project, version: PlanVersion, policy: Policy) -> Basis:
    return Basis(
        project_id=project.id,
        plan_version=Numbered(id=version.id, number=version.number),
        policy=Numbered(id=policy.id, number=policy.number),
        threshold_units=version.read_plan().threshold_units,
    )


def _heard(sitting: Sitting) -> Heard:
    if sitting.opened_at is None:
        message = "The scores are sealed until the deadline, or until all of them are in."
        raise ScoresSealed(message, scores_due_at=sitting.scores_due_at.isoformat())
    return Heard(
        sitting=SittingRecord(
            id=sitting.id,
            number=sitting.number,
            due_at=sitting.scores_due_at,
            opened_at=sitting.opened_at,
            extensions=[ExtensionRecord.model_validate(each) for each in sitting.extensions],
        ),
        opened=[sheet for each in sitting.active if (sheet := _sheet(each))],
        recusals=[
            RecusalRecord(
                assignment_id=each.id,
                panel_member_id=each.panel_member_id,
                kind=each.recusal.kind,
                reason=each.recusal.reason,
                recorded_at=each.recusal.recorded_at,
            )
            for each in sitting.assignments
            if each.recusal is not None
        ],
        absent=[
            AbsenceRecord(assignment_id=each.id, panel_member_id=each.panel_member_id)
            for each in sitting.active
            if each.findings is None
        ],
    )


def _sheet(assignment: Assignment) -> OpenedSheet | None:
    findings, last_one = assignment.findings, assignment.last
    if findings is None or last_one is None:
        return None
    return OpenedSheet(
        findings=findings,
        panel_member_id=assignment.panel_member_id,
        commitment=last_one.commitment,
        submitted_at=last_one.submitted_at,
        number=last_one.number,
    )


async def accepted_by(session: AsyncSession, project: Project) -> str | None:
    """Say who found a project eligible last."""
    found: str | None = await session.scalar(
        sa.select(ProjectDecision.decided_by)
        .where(
            ProjectDecision.project_id == project.id,
            ProjectDecision.kind == ProjectDecisionKind.ACCEPTED,
        )
        .order_by(ProjectDecision.id.desc())
        .limit(1)
    )
    return found
