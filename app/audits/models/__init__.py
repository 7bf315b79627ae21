"""The tables of this domain."""

from app.audits.models.integrity import IntegrityCheck
from app.audits.models.packs import AuditPack, AuditPackState, AuditSignature
from app.audits.models.periods import PeriodReport
from app.audits.models.readings import AuditReading
from app.audits.models.samples import AuditSample, AuditSampleItem, Population, SamplingMethod

__all__ = [
    "AuditPack",
    "AuditPackState",
    "AuditReading",
    "AuditSample",
    "AuditSampleItem",
    "AuditSignature",
    "IntegrityCheck",
    "PeriodReport",
    "Population",
    "SamplingMethod",
]
