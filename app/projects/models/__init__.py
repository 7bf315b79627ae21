"""The tables of this domain."""

from app.projects.models.objections import Objection, ObjectionState
from app.projects.models.plans import PlanAttachment, PlanDraft, PlanVersion
from app.projects.models.projects import (
    Project,
    ProjectDecision,
    ProjectDecisionKind,
    ProjectState,
)
from app.projects.models.rounds import Round, RoundDecision, RoundDecisionKind, RoundState

__all__ = [
    "Objection",
    "ObjectionState",
    "PlanAttachment",
    "PlanDraft",
    "PlanVersion",
    "Project",
    "ProjectDecision",
    "ProjectDecisionKind",
    "ProjectState",
    "Round",
    "RoundDecision",
    "RoundDecisionKind",
    "RoundState",
]
