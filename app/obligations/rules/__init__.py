"""What an authority's rules say: pure, one validated document.

Amounts are whole euro cents, shares are basis points (1/100 of a percent), hours are minutes.
Null says that the rules are silent.
"""

from app.obligations.rules.blocks import AgeBonus, BrokenMonths, BuildingBlock, BuildingBlocks
from app.obligations.rules.comparing import RuleChange, compare
from app.obligations.rules.counting import (
    ActivityTerms,
    OverClaiming,
    PsoStep,
    ResultCounted,
    ResultTerms,
    SocialPurchaseTerms,
    SupplierKind,
    UnitTerms,
)
from app.obligations.rules.document import AuthorityRules
from app.obligations.rules.imposing import ContractKind, ObligationBase, ObligationTerms
from app.obligations.rules.reporting import ReportingTerms

__all__ = [
    "ActivityTerms",
    "AgeBonus",
    "AuthorityRules",
    "BrokenMonths",
    "BuildingBlock",
    "BuildingBlocks",
    "ContractKind",
    "ObligationBase",
    "ObligationTerms",
    "OverClaiming",
    "PsoStep",
    "ReportingTerms",
    "ResultCounted",
    "ResultTerms",
    "RuleChange",
    "SocialPurchaseTerms",
    "SupplierKind",
    "UnitTerms",
    "compare",
]
