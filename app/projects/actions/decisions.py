"""Write decisions: one row each, an event, and a line in the trail where a person decided."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.events import Actor
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.projects.models import (
    PlanVersion,
    Project,
    ProjectDecision,
    ProjectDecisionKind,
    Round,
    RoundDecision,
    RoundDecisionKind,
)

CLOCK = Actor.system("clock")


async def about_round(
    session: AsyncSession,
    by: Caller | Actor,
    of_round: Round,
    decided: tuple[RoundDecisionKind, str],
    data: dict[str, Any] | None = None,
) -> RoundDecision:
    """Write a decision about a round: its kind and the reason for it."""
    kind, reason = decided
    actor = by.actor if isinstance(by, Caller) else by
    decision = RoundDecision(
        round_id=of_round.id, kind=kind, reason=reason, decided_by=str(actor), data=data or {}
    )
    session.add(decision)
    await session.flush()
    name, decision_id = f"round.{kind}", str(decision.id)
    if isinstance(by, Caller):
        owner = of_round.scheme.operator_id
        trail.rights_changed(
            session, by, name, of_round.id, organisation_id=owner, decisionId=decision_id
        )
    else:
        events.record(session, name, of_round.id, actor, decisionId=decision_id)
    return decision


async def about_project(  # noqa: PLR0913  Each is one column of the row that this writes.
    session: AsyncSession,
    by: Caller | Actor,
    project: Project,
    kind: ProjectDecisionKind,
    reason: str,
    version: PlanVersion | None = None,
    data: dict[str, Any] | None = None,
) -> ProjectDecision:
    """Write a decision about a project; its entrepreneur reads the reason."""
    decision = ProjectDecision(
        project_id=project.id,
        kind=kind,
        reason=reason,
        plan_version_id=version.id if version else None,
        decided_by=str(by.actor if isinstance(by, Caller) else by),
        data=data or {},
    )
    session.add(decision)
    await session.flush()
    name, round_id, decision_id = f"project.{kind}", str(project.round_id), str(decision.id)
    if isinstance(by, Caller):
        trail.rights_changed(
            session,
            by,
            name,
            project.id,
            organisation_id=project.entrepreneur_id,
            roundId=round_id,
            decisionId=decision_id,
        )
    else:
        events.record(session, name, project.id, by, roundId=round_id, decisionId=decision_id)
    return decision
