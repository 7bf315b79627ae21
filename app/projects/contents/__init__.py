"""What a plan says, what it lacks, and which part of it the public sees: pure, without a database.

Amounts are whole euro cents, thresholds whole units. A draft is a part of a plan (`PlanChange`);
a submission freezes a whole one (`Plan`) in which `completeness.lacks` finds nothing.
"""

from app.projects.contents.completeness import Frame, Lack, lacks, smallest_covering
from app.projects.contents.expecting import Expectation, ExpectedPayment, Sales, expectation
from app.projects.contents.plan import Plan, PlanChange, PublicPlan, public_part, total_cents
from app.projects.contents.scores import Findings, ScoreSheet, SealedRemark
from app.projects.contents.spreading import Demand, Spread, spread
from app.projects.contents.valuing import (
    FixedDocument,
    PanelDocument,
    RecusalKind,
    ValuationDocument,
    public_document,
)
from app.projects.contents.vocabulary import CostKind, FinancingKind, TargetGroup

__all__ = [
    "CostKind",
    "Demand",
    "Expectation",
    "ExpectedPayment",
    "FinancingKind",
    "Findings",
    "FixedDocument",
    "Frame",
    "Lack",
    "PanelDocument",
    "Plan",
    "PlanChange",
    "PublicPlan",
    "RecusalKind",
    "Sales",
    "ScoreSheet",
    "SealedRemark",
    "Spread",
    "TargetGroup",
    "ValuationDocument",
    "expectation",
    "lacks",
    "public_document",
    "public_part",
    "smallest_covering",
    "spread",
    "total_cents",
]
