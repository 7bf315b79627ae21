"""The letters of this domain: what is mailed to whom, in their language."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.languages import Language
from app.organisations.actions.letters import Told, about_task, to_deciders
from app.projects import queries
from app.projects.contents import Plan
from app.projects.models import (
    Assignment,
    Listing,
    ObjectionState,
    Project,
    ProjectDecisionKind,
    Report,
    ReportKind,
    ReportState,
    Sitting,
    Valuation,
)
from app.schemes.terms import PanelValuation


async def submitted(session: AsyncSession, project: Project, plan: Plan) -> None:
    """Tell both sides that a plan was submitted."""
    told = _about(project, plan.title.model_dump())
    for organisation_id in (project.round.scheme.operator_id, project.entrepreneur_id):
        await _to_deciders(session, organisation_id, "submitted", told)


async def judged(
    session: AsyncSession, project: Project, kind: ProjectDecisionKind, reason: str
) -> None:
    """Tell an entrepreneur what the operator thinks of its plan."""
    await _to_entrepreneur(session, project, "judged", kind=kind.value, reason=reason)


async def objection_lodged(session: AsyncSession, project: Project) -> None:
    """Tell an operator that an entrepreneur objects."""
    draft = await queries.plans.draft(session, project.id)
    told = _about(project, draft.content.get("title", {}))
    await _to_deciders(session, project.round.scheme.operator_id, "objection_lodged", told)


async def objection_decided(
    session: AsyncSession, project: Project, outcome: ObjectionState, reason: str
) -> None:
    """Tell an entrepreneur what became of its objection."""
    await _to_entrepreneur(
        session, project, "objection_decided", outcome=outcome.value, reason=reason
    )


async def closing_soon(session: AsyncSession, project: Project) -> None:
    """Remind an entrepreneur of a plan that is not submitted."""
    await _to_entrepreneur(session, project, "closing_soon", closes_at=project.round.plans_close_at)


async def valued(session: AsyncSession, project: Project, plan: Plan, valuation: Valuation) -> None:
    """Tell an entrepreneur what its project was found worth."""
    told = _about(
        project,
        plan.title.model_dump(),
        units=str(valuation.impact_units),
        unit=project.round.scheme.unit_name,
        threshold=str(valuation.threshold_units),
        reason=valuation.reason,
    )
    await _to_deciders(session, project.entrepreneur_id, "valued", told)


async def listed(session: AsyncSession, project: Project, listing: Listing) -> None:
    """Tell an entrepreneur that its project is on the market."""
    unit = project.round.scheme.unit_name
    told = _about(
        project,
        listing.title,
        impact=f"{listing.impact_units} {unit}",
        threshold=f"{listing.threshold_units} {unit}",
    )
    await _to_deciders(session, project.entrepreneur_id, "listed", told)


async def round_cancelled(session: AsyncSession, project: Project, reason: str) -> None:
    """Tell an entrepreneur that its project ends with its round."""
    await _to_entrepreneur(session, project, "round_cancelled", reason=reason)


async def report_submitted(session: AsyncSession, project: Project, report: Report) -> None:
    """Tell an operator that a report waits for its judgement."""
    draft = await queries.plans.draft(session, project.id)
    told = _about(project, draft.content.get("title", {}), is_final=_is_final(report.kind))
    await _to_deciders(session, project.round.scheme.operator_id, "report_submitted", told)


async def report_judged(
    session: AsyncSession, project: Project, report: Report, reason: str
) -> None:
    """Tell an entrepreneur what the operator thinks of its report."""
    await _to_entrepreneur(
        session,
        project,
        "report_judged",
        is_final=_is_final(report.kind),
        is_accepted=report.state is ReportState.ACCEPTED,
        reason=reason,
    )


async def report_due(
    session: AsyncSession, project: Project, of_kind: ReportKind, due_on: date, *, now: bool
) -> None:
    """Remind an entrepreneur of a report; once it is due, tell the operator as well."""
    draft = await queries.plans.draft(session, project.id)
    title = draft.content.get("title", {})
    told = _about(project, title, is_final=_is_final(of_kind), due_on=due_on)
    await _to_deciders(session, project.entrepreneur_id, "report_due", told)
    if now:
        operator_id = project.round.scheme.operator_id
        await _to_deciders(session, operator_id, "report_not_there", told)


def _is_final(of_kind: ReportKind) -> bool:
    return of_kind is ReportKind.FINAL


async def to_expert(
    session: AsyncSession, sitting: Sitting, assignment: Assignment, letter: str, **values: object
) -> None:
    """Mail an expert about a plan to value, unless they declined such mail."""
    user = assignment.panel_member.user
    await about_task(session, user, f"projects/{letter}", _about_sitting(sitting, **values))


async def recused(
    session: AsyncSession, sitting: Sitting, assignment: Assignment, rules: PanelValuation
) -> None:
    """Tell an operator that an expert does not value a plan, and whether too few remain."""
    if assignment.recusal is None:
        raise RuntimeError("only a recusal is told")
    told = _about_sitting(
        sitting,
        expert=assignment.panel_member.user.name,
        remaining=str(len(sitting.active)),
        quorum=str(rules.quorum),
        is_short=len(sitting.active) < rules.quorum,
        reason=assignment.recusal.reason,
    )
    await _to_deciders(session, sitting.project.round.scheme.operator_id, "recused", told)


async def panel_short(session: AsyncSession, sitting: Sitting, rules: PanelValuation) -> None:
    """Tell an operator that so few valued a plan that the quorum is in danger, or missed."""
    told = _about_sitting(
        sitting,
        scored=str(len(sitting.scored)),
        quorum=str(rules.quorum),
        is_over=sitting.scores_due_at <= clock.now(),
    )
    await _to_deciders(session, sitting.project.round.scheme.operator_id, "panel_short", told)


def _about_sitting(sitting: Sitting, **values: object) -> Told:
    title = sitting.plan_version.read_plan().title.model_dump()
    return _about(
        sitting.project, title, due_on=clock.day_of(sitting.scores_due_at).isoformat(), **values
    )


async def _to_entrepreneur(
    session: AsyncSession, project: Project, letter: str, **values: object
) -> None:
    draft = await queries.plans.draft(session, project.id)
    told = _about(project, draft.content.get("title", {}), **values)
    await _to_deciders(session, project.entrepreneur_id, letter, told)


def _about(project: Project, title: Mapping[str, str], **values: object) -> Told:
    def told(language: Language) -> dict[str, Any]:
        return {
            "organisation": project.entrepreneur.legal_name,
            "round": project.round.name[language],
            "scheme": project.round.scheme.name[language],
            "project": titled(title, language),
            **values,
        }

    return told


def titled(title: Mapping[str, str], language: Language) -> str:
    """Give what a plan is called in a language, or in the one that it has."""
    return title.get(language) or title.get("nl") or title.get("en") or "?"


async def _to_deciders(
    session: AsyncSession, organisation_id: UUID, letter: str, told: Told
) -> None:
    await to_deciders(session, organisation_id, f"projects/{letter}", told)
