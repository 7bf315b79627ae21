"""Tables of rules."""

from app.obligations.models.rules import RuleDraft, RuleVersion

__all__ = ["RuleDraft", "RuleVersion"]
