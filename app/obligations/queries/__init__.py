"""Questions about rules."""

from app.obligations.queries import rules

__all__ = ["rules"]
