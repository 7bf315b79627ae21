"""What is owed, and what something counts for: pure arithmetic over an authority's rules.

Rules and facts in, a value with its steps out: no database, no clock. Fractions are exact until
the last step, where an amount is rounded once to the nearest cent (a half goes up).
"""

from app.obligations.valuing.arithmetic import NotLaidDown, Room, Step, Sum, Worth
from app.obligations.valuing.owing import ContractFacts, Owed, owed, sanction
from app.obligations.valuing.periods import months_between
from app.obligations.valuing.placements import Placement, counted_months, placement, placements
from app.obligations.valuing.spending import (
    ActivityHours,
    Realised,
    SocialPurchase,
    UnitsBought,
    activity,
    pso,
    result,
    social_purchase,
    units,
)

__all__ = [
    "ActivityHours",
    "ContractFacts",
    "NotLaidDown",
    "Owed",
    "Placement",
    "Realised",
    "Room",
    "SocialPurchase",
    "Step",
    "Sum",
    "UnitsBought",
    "Worth",
    "activity",
    "counted_months",
    "months_between",
    "owed",
    "placement",
    "placements",
    "pso",
    "result",
    "sanction",
    "social_purchase",
    "units",
]
