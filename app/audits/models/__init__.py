"""The tables of this domain."""

from app.audits.models.integrity import IntegrityCheck
from app.audits.models.readings import AuditReading
from app.audits.models.samples import AuditSample, AuditSampleItem, Population, SamplingMethod

__all__ = [
    "AuditReading",
    "AuditSample",
    "AuditSampleItem",
    "IntegrityCheck",
    "Population",
    "SamplingMethod",
]
