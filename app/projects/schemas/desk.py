"""The entrepreneur's desk, on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.wire import View
from app.projects.schemas.plans import CompletenessView, ProjectDecisionView, ProjectView


class UnitsView(View):
    """What the impact book says of a project, in whole units; zero before it is listed."""

    issued: int
    sold: int
    reserved: int
    for_sale: int


class RemarkView(View):
    """What the operator wants other in one place of the plan."""

    pointer: Annotated[str, Field(examples=["#/costs/2"])]
    text: str


class DeskProjectView(View):
    """One project on the desk."""

    project: ProjectView
    title: dict[str, str]
    completeness: Annotated[
        CompletenessView | None, Field(description="Of one that is being written.")
    ]
    remarks: Annotated[
        list[RemarkView], Field(description="Of a return that waits for a new version.")
    ]
    last_decision: ProjectDecisionView | None
    units: UnitsView
    expected_cents: Annotated[
        int, Field(description="Units sold times the round's price, without VAT and fee.")
    ]


class DeskView(View):
    """Where an entrepreneur's projects stand, newest first."""

    organisation_id: UUID
    projects: list[DeskProjectView]
