"""The panel at work, on the wire."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from app.core.wire import Moment, Request, View
from app.organisations.schemas.fields import Reason
from app.projects.contents import Findings, Plan, RecusalKind
from app.projects.contents.scores import Digest
from app.schemes.schemas import PanelMemberView
from app.schemes.terms import Criterion


class AssignmentRequest(Request):
    """Which expert values a plan, and in whose place."""

    panel_member_id: UUID
    replaces_id: Annotated[
        UUID | None, Field(description="The assignment of a recused expert.")
    ] = None


class RecusalRequest(Request):
    """Why an expert does not value a plan."""

    reason: Annotated[
        Reason,
        Field(
            description="It becomes a part of the valuation, which the entrepreneur reads.",
            examples=["My brother works for the entrepreneur."],
        ),
    ]


class ExtensionRequest(Request):
    """Until when the experts may score, and why they get more time."""

    due_at: Annotated[Moment, Field(examples=["2027-02-01T16:00:00Z"])]
    reason: Reason


class RecusalView(View):
    """Why an expert does not value a plan, and who noticed."""

    id: UUID
    assignment_id: UUID
    kind: RecusalKind
    reason: str
    recorded_at: Moment


class AssignmentView(View):
    """An expert who values a plan, as the operator and its auditors see it."""

    id: UUID
    sitting_id: UUID
    panel_member: PanelMemberView
    replaces_id: UUID | None
    assigned_at: Moment
    recusal: RecusalView | None
    submitted_at: Annotated[Moment | None, Field(description="When the last sheet came.")]
    commitment: Annotated[
        Digest | None, Field(description="What binds the expert to the sheet while it is sealed.")
    ]
    findings: Annotated[
        Findings | None, Field(description="Null until the scores of the sitting are opened.")
    ]


class ExtensionView(View):
    """The experts got more time."""

    id: UUID
    sitting_id: UUID
    due_at: Moment
    reason: str
    decided_by_id: UUID
    decided_at: Moment


class SittingView(View):
    """A time in which experts value a plan."""

    id: UUID
    project_id: UUID
    number: int
    plan_version_id: UUID
    scores_due_at: Moment
    opened_at: Annotated[Moment | None, Field(description="Null: the scores are sealed.")]
    extensions: list[ExtensionView]
    assignments: list[AssignmentView]


class ShortageView(View):
    """A project for which there are too few experts without a conflict."""

    project_id: UUID
    missing: Annotated[int, Field(examples=[2])]


class SpreadView(View):
    """What spreading did."""

    assignments: list[AssignmentView]
    shortages: list[ShortageView]


class OwnAssignmentView(View):
    """What an expert is asked to value, and until when."""

    id: UUID
    project_id: UUID
    plan_version_id: UUID
    assigned_at: Moment
    scores_due_at: Moment
    opened_at: Moment | None
    recusal: RecusalView | None
    submitted_at: Moment | None
    commitment: Digest | None

    @model_validator(mode="before")
    @classmethod
    def _with_its_sitting(cls, row: Any) -> Any:  # noqa: ANN401  A row, or what was read of one.
        return row if isinstance(row, dict) else cls.members_of(row)

    @classmethod
    def members_of(cls, row: Any) -> dict[str, Any]:  # noqa: ANN401  An `Assignment`.
        """Read an assignment and the sitting that it belongs to."""
        sitting = row.sitting
        return {
            **{name: getattr(row, name) for name in ("id", "assigned_at", "recusal")},
            **{name: getattr(row, name) for name in ("submitted_at", "commitment")},
            **{name: getattr(sitting, name) for name in ("project_id", "plan_version_id")},
            **{name: getattr(sitting, name) for name in ("scores_due_at", "opened_at")},
        }


class PanelPlanView(OwnAssignmentView):
    """The whole plan that an expert values, its confidential part included, and the rubric."""

    plan: Plan
    attachments: list[dict[str, Any]]
    rubric: list[Criterion]

    @classmethod
    def members_of(cls, row: Any) -> dict[str, Any]:  # noqa: ANN401  An `Assignment`.
        """Read the plan and the rubric too."""
        version = row.sitting.plan_version
        return {
            **super().members_of(row),
            "plan": version.content,
            "attachments": version.attachments,
            "rubric": row.sitting.project.round.policy.read_terms().panel.rubric,
        }


class SubmissionView(View):
    """That a sheet came in, and what binds the expert to it: keep the commitment."""

    id: UUID
    assignment_id: UUID
    number: Annotated[int, Field(description="Counts the sheets; the last one counts.")]
    commitment: Digest
    submitted_at: Moment


class OwnScoresView(SubmissionView):
    """An expert's own sheet, with the salts of its commitment."""

    findings: Findings
