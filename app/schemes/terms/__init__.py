"""What a policy says, and the arithmetic that follows from it: pure, exact, without a database.

Amounts are whole euro cents, percentages are basis points (1/100 of a percent) or whole percents,
units are whole. Nothing here ever becomes a float.
"""

from app.schemes.terms.panel import (
    Aggregation,
    Criterion,
    PanelValuation,
    Rounding,
    Valued,
)
from app.schemes.terms.payouts import (
    Part,
    PayoutPlan,
    Remedy,
    Share,
    Tranche,
    TrancheMoment,
)
from app.schemes.terms.policy import PolicyTerms
from app.schemes.terms.reports import ReportTerms
from app.schemes.terms.sale import (
    BuyerKind,
    EnrolmentKind,
    FeeBearer,
    Invoicing,
    IssuedBy,
    LastingUnits,
    Quote,
    Reallocating,
    RefundedUnits,
)

__all__ = [
    "Aggregation",
    "BuyerKind",
    "Criterion",
    "EnrolmentKind",
    "FeeBearer",
    "Invoicing",
    "IssuedBy",
    "LastingUnits",
    "PanelValuation",
    "Part",
    "PayoutPlan",
    "PolicyTerms",
    "Quote",
    "Reallocating",
    "RefundedUnits",
    "Remedy",
    "ReportTerms",
    "Rounding",
    "Share",
    "Tranche",
    "TrancheMoment",
    "Valued",
]
