"""Questions about rules, contracts and obligations."""

from app.obligations.queries import contracts, obligations, rules, standing

__all__ = ["contracts", "obligations", "rules", "standing"]
