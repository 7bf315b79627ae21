"""Judging plans, and objecting to a judgement, on the wire."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.core.wire import Moment, Request, View
from app.organisations.schemas.fields import Grounds, Reason
from app.projects.models import ObjectionState, ProjectDecisionKind


class RemarkRequest(Request):
    """What should be other in one place of a plan."""

    pointer: Annotated[
        str,
        Field(
            pattern=r"^#(/[A-Za-z0-9_~-]+)*$",
            max_length=200,
            description="A JSON Pointer fragment into the plan.",
            examples=["#/costs/2"],
        ),
    ]
    text: Annotated[
        Reason,
        Field(description="What; without e-mail addresses and citizen numbers."),
    ]


class EligibilityRequest(Request):
    """Return a plan with remarks, accept it, or reject it."""

    kind: Literal[
        ProjectDecisionKind.RETURNED, ProjectDecisionKind.ACCEPTED, ProjectDecisionKind.REJECTED
    ]
    reason: Annotated[Reason, Field(description="Why; the entrepreneur reads this.")]
    remarks: Annotated[
        list[RemarkRequest],
        Field(default_factory=list, max_length=100, description="Of a return: at least one."),
    ]
    until: Annotated[
        Moment | None,
        Field(description="Of a return: until when it can come again, if not `plansCloseAt`."),
    ] = None

    @model_validator(mode="after")
    def _only_a_return_has_remarks(self) -> Self:
        is_return = self.kind is ProjectDecisionKind.RETURNED
        if is_return and not self.remarks:
            message = "a return has at least one remark"
            raise ValueError(message)
        if not is_return and (self.remarks or self.until):
            message = "remarks and until are for a return"
            raise ValueError(message)
        return self


class ObjectionRequest(Request):
    """What an entrepreneur has against a rejection or a valuation."""

    decision_id: Annotated[UUID, Field(description="The decision that is contested.")]
    grounds: Grounds


class ObjectionDecisionRequest(Request):
    """Uphold an objection, or dismiss it."""

    kind: Literal[ObjectionState.UPHELD, ObjectionState.DISMISSED]
    reason: Annotated[Reason, Field(description="Why; the entrepreneur reads this.")]


class ObjectionView(View):
    """An objection and what became of it."""

    id: UUID
    project_id: UUID
    decision_id: UUID
    state: ObjectionState
    grounds: str
    lodged_by_id: UUID
    lodged_at: Moment
    reason: str | None
    decided_by_id: UUID | None
    decided_at: Moment | None
