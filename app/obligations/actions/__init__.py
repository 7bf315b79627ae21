"""Verbs about rules."""

from app.obligations.actions import rules

__all__ = ["rules"]
