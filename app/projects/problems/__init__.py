"""Why this domain refuses."""

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
from app.projects.problems.rounds import (
    DateCannotMove,
    NoPolicyApplies,
    ProjectsUnderway,
    RoundStateForbids,
)

__all__ = [
    "AlreadyObjected",
    "DateCannotMove",
    "NoPolicyApplies",
    "NotAdmitted",
    "NothingToContest",
    "ObjectionClosed",
    "ObjectionTooLate",
    "OwnDecision",
    "PlanIncomplete",
    "PlansClosed",
    "ProjectStateForbids",
    "ProjectsUnderway",
    "RoundStateForbids",
    "TooManyAttachments",
]
