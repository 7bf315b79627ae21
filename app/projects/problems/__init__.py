"""Why this domain refuses."""

from app.projects.problems.imports import RowsRefused
from app.projects.problems.listings import ObjectionPending
from app.projects.problems.panel import (
    AlreadyAssigned,
    AlreadyRecused,
    ConflictOfInterest,
    NoPanelHere,
    NotAskedAnyMore,
    NotRecused,
    ScoresDue,
    ScoresOffRubric,
    ScoresOpened,
    ScoresSealed,
    TooEarlyToExtend,
)
from app.projects.problems.plans import (
    AlreadyObjected,
    NotAdmitted,
    NothingToContest,
    ObjectionClosed,
    ObjectionTooLate,
    OwnDecision,
    PlanIncomplete,
    PlansClosed,
    ProjectStateForbids,
    TooManyAttachments,
)
from app.projects.problems.reports import (
    ReportIncomplete,
    ReportOpen,
    ReportStateForbids,
    ResultUnsaid,
)
from app.projects.problems.rounds import (
    DateCannotMove,
    ProjectsUnderway,
    RoundStateForbids,
)
from app.projects.problems.valuations import (
    ExpertsDoNotAdopt,
    NothingToSupersede,
    OwnAcceptance,
    QuorumNotMet,
    ThresholdAboveValue,
    ValuationOutdated,
)

__all__ = [
    "AlreadyAssigned",
    "AlreadyObjected",
    "AlreadyRecused",
    "ConflictOfInterest",
    "DateCannotMove",
    "ExpertsDoNotAdopt",
    "NoPanelHere",
    "NotAdmitted",
    "NotAskedAnyMore",
    "NotRecused",
    "NothingToContest",
    "NothingToSupersede",
    "ObjectionClosed",
    "ObjectionPending",
    "ObjectionTooLate",
    "OwnAcceptance",
    "OwnDecision",
    "PlanIncomplete",
    "PlansClosed",
    "ProjectStateForbids",
    "ProjectsUnderway",
    "QuorumNotMet",
    "ReportIncomplete",
    "ReportOpen",
    "ReportStateForbids",
    "ResultUnsaid",
    "RoundStateForbids",
    "RowsRefused",
    "ScoresDue",
    "ScoresOffRubric",
    "ScoresOpened",
    "ScoresSealed",
    "ThresholdAboveValue",
    "TooEarlyToExtend",
    "TooManyAttachments",
    "ValuationOutdated",
]
