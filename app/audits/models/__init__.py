"""The tables of this domain."""

from app.audits.models.findings import (
    AuditFinding,
    AuditFindingFile,
    AuditFindingStep,
    FindingSide,
    FindingState,
    FindingStepKind,
    Severity,
    SubjectKind,
)
from app.audits.models.integrity import IntegrityCheck
from app.audits.models.packs import AuditPack, AuditPackState, AuditSignature
from app.audits.models.periods import PeriodReport
from app.audits.models.readings import AuditReading
from app.audits.models.samples import AuditSample, AuditSampleItem, Population, SamplingMethod

__all__ = [
    "AuditFinding",
    "AuditFindingFile",
    "AuditFindingStep",
    "AuditPack",
    "AuditPackState",
    "AuditReading",
    "AuditSample",
    "AuditSampleItem",
    "AuditSignature",
    "FindingSide",
    "FindingState",
    "FindingStepKind",
    "IntegrityCheck",
    "PeriodReport",
    "Population",
    "SamplingMethod",
    "Severity",
    "SubjectKind",
]
