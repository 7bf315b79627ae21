"""The tables of this domain."""

from app.audits.models.integrity import IntegrityCheck

__all__ = ["IntegrityCheck"]
