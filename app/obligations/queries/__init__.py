"""Questions about rules, contracts and obligations."""

from app.obligations.queries import contracts, imports, obligations, rules, standing

__all__ = ["contracts", "imports", "obligations", "rules", "standing"]
