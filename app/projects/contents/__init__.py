"""What plans and reports say, what they lack, and which part the public sees: pure, no database.

Amounts are whole euro cents, thresholds whole units. A draft is a part of a plan (`PlanChange`);
a submission freezes a whole one (`Plan`) in which `completeness.lacks` finds nothing. Likewise with
reports (`ReportChange`, `ReportContent`, `reporting.report_lacks`), which count and name nobody.
"""

from app.projects.contents.completeness import Frame, Lack, lacks, smallest_covering
from app.projects.contents.expecting import Expectation, ExpectedPayment, Sales, expectation
from app.projects.contents.plan import (
    Plan,
    PlanChange,
    PlanChangeRequest,
    PublicPlan,
    public_part,
    total_cents,
)
from app.projects.contents.report import (
    PublicReportContent,
    ReportChange,
    ReportChangeRequest,
    ReportContent,
    ResultCount,
    public_part_of_report,
)
from app.projects.contents.reporting import (
    ComparedMilestone,
    ComparedPromise,
    ComparedResult,
    ReportFrame,
    compare_milestones,
    compare_promises,
    compare_results,
    report_lacks,
    results_for_everybody,
)
from app.projects.contents.scores import Findings, ScoreSheet, SealedRemark
from app.projects.contents.spreading import Demand, Spread, spread
from app.projects.contents.valuing import (
    FixedDocument,
    PanelDocument,
    RecusalKind,
    ValuationDocument,
    public_document,
)
from app.projects.contents.vocabulary import (
    CostKind,
    FinancingKind,
    ResultCategory,
    ResultKind,
    TargetGroup,
)

__all__ = [
    "ComparedMilestone",
    "ComparedPromise",
    "ComparedResult",
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
    "PlanChangeRequest",
    "PublicPlan",
    "PublicReportContent",
    "RecusalKind",
    "ReportChange",
    "ReportChangeRequest",
    "ReportContent",
    "ReportFrame",
    "ResultCategory",
    "ResultCount",
    "ResultKind",
    "Sales",
    "ScoreSheet",
    "SealedRemark",
    "Spread",
    "TargetGroup",
    "ValuationDocument",
    "compare_milestones",
    "compare_promises",
    "compare_results",
    "expectation",
    "lacks",
    "public_document",
    "public_part",
    "public_part_of_report",
    "report_lacks",
    "results_for_everybody",
    "smallest_covering",
    "spread",
    "total_cents",
]
