"""The tables of this domain."""

from app.audits.models.integrity import IntegrityCheck
from app.audits.models.readings import AuditReading

__all__ = ["AuditReading", "IntegrityCheck"]
