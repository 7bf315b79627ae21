"""Projects and their plans, on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.core.files import FileView
from app.core.wire import Moment, Request, View
from app.organisations.schemas.fields import Reason
from app.projects.contents import Plan, PlanChange, PlanChangeRequest
from app.projects.models import ProjectDecisionKind, ProjectState


class ProjectRequest(Request):
    """A project to be offered in a round."""

    round_id: UUID
    plan: Annotated[PlanChangeRequest, Field(description="What is known already.")] = (
        PlanChangeRequest()
    )


class EntrepreneurView(View):
    """Who offers a project."""

    id: UUID
    legal_name: str


class ProjectView(View):
    """A project, without its plan."""

    id: UUID
    scheme_id: UUID
    round_id: UUID
    entrepreneur: EntrepreneurView
    number: Annotated[int, Field(description="Begins the serials of its units.")]
    state: ProjectState
    resubmit_until: Annotated[
        Moment | None,
        Field(description="Of one that was returned: the operator's term, if there is one."),
    ]
    created_at: Moment
    version: int


class PlanDraftView(View):
    """A draft, as far as it is written."""

    project_id: UUID
    content: Annotated[PlanChange, Field(description="Members that are not filled in are null.")]
    changed_by_id: UUID
    changed_at: Moment
    version: Annotated[int, Field(description="The same as the ETag; send it as `If-Match`.")]


class LackView(View):
    """One thing that is missing or wrong."""

    code: Annotated[str, Field(examples=["threshold-too-small"])]
    pointer: Annotated[str, Field(examples=["#/thresholdUnits"])]
    detail: str


class CompletenessView(View):
    """Everything that keeps a draft from being submitted."""

    complete: bool
    lacks: list[LackView]
    costs_cents: Annotated[int, Field(description="The lines of costs added up.")]
    other_financing_cents: int
    smallest_threshold_units: Annotated[
        int, Field(description="So few units cover the costs that other financing leaves.")
    ]
    submit_until: Annotated[datetime, Field(description="When the chance to submit ends.")]


class FrozenAttachmentView(View):
    """A file as it was attached when the plan was submitted."""

    id: UUID
    file_id: UUID
    name: str | None
    media_type: str
    size_bytes: int
    sha256: str
    is_public: bool


class PlanVersionView(View):
    """A plan as it was submitted; never changed."""

    id: UUID
    project_id: UUID
    number: int
    content: Plan
    attachments: list[FrozenAttachmentView]
    submitted_by_id: UUID
    submitted_at: Moment


class ProjectDecisionView(View):
    """A decision about a project: by whom, when and why."""

    id: UUID
    kind: ProjectDecisionKind
    reason: str
    plan_version_id: UUID | None
    decided_by: str
    decided_at: Moment
    data: Annotated[dict[str, Any], Field(description="Of a return: remarks, and the term.")]


class WithdrawalRequest(Request):
    """Why a project is taken back."""

    reason: Reason


class AttachmentView(View):
    """A file that belongs to a plan."""

    id: UUID
    project_id: UUID
    is_public: Annotated[bool, Field(description="Whether buyers see it.")]
    attached_by_id: UUID
    attached_at: Moment
    file: FileView
