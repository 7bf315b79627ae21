"""The tables of this domain."""

from app.projects.models.listings import Listing, MarketEntry, MarketVersion, Sale
from app.projects.models.objections import Objection, ObjectionState
from app.projects.models.panel import Assignment, Recusal, ScoreExtension, Sitting
from app.projects.models.plans import PlanAttachment, PlanDraft, PlanVersion
from app.projects.models.projects import (
    Project,
    ProjectDecision,
    ProjectDecisionKind,
    ProjectState,
)
from app.projects.models.reports import (
    Report,
    ReportDecision,
    ReportEvidence,
    ReportKind,
    ReportMeasurement,
    ReportState,
    ReportVersion,
    Result,
)
from app.projects.models.rounds import Round, RoundDecision, RoundDecisionKind, RoundState
from app.projects.models.scores import OpenedScores, SealedScores
from app.projects.models.valuations import Valuation

__all__ = [
    "Assignment",
    "Listing",
    "MarketEntry",
    "MarketVersion",
    "Objection",
    "ObjectionState",
    "OpenedScores",
    "PlanAttachment",
    "PlanDraft",
    "PlanVersion",
    "Project",
    "ProjectDecision",
    "ProjectDecisionKind",
    "ProjectState",
    "Recusal",
    "Report",
    "ReportDecision",
    "ReportEvidence",
    "ReportKind",
    "ReportMeasurement",
    "ReportState",
    "ReportVersion",
    "Result",
    "Round",
    "RoundDecision",
    "RoundDecisionKind",
    "RoundState",
    "Sale",
    "ScoreExtension",
    "SealedScores",
    "Sitting",
    "Valuation",
]
