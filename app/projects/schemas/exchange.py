"""Files of plans and rounds, and what an import does or would do, on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.sheets import RowFaultView
from app.core.wire import View
from app.projects.contents import PlanChange
from app.projects.models import ProjectState, RoundState
from app.projects.schemas.plans import LackView
from app.projects.schemas.rounds import RoundRequest


class PlanAboutView(View):
    """Which project a row is; an import passes over it."""

    project_id: UUID
    number: int
    entrepreneur: str
    state: ProjectState
    version: Annotated[int | None, Field(description="Of the submission; null: a draft.")]


class PlanRowView(View):
    """One plan in a file."""

    about: PlanAboutView
    plan: PlanChange


class PlanFileView(View):
    """Plans; `POST …/plan-imports` takes the same."""

    plans: list[PlanRowView]


class RoundAboutView(View):
    """Which round a row is; an import passes over it."""

    round_id: UUID
    number: int
    state: RoundState
    policy_id: UUID | None


class RoundRowView(View):
    """One round in a file."""

    about: RoundAboutView
    round: RoundRequest


class RoundFileView(View):
    """Rounds; `POST …/round-imports` takes the same."""

    rounds: list[RoundRowView]


class ImportReportView(View):
    """What an import would do: write all rows, or nothing because of these faults."""

    rows: Annotated[int, Field(description="How many rows were read.")]
    fault_count: int
    faults: Annotated[
        list[RowFaultView], Field(description="All faults of all rows, up to a thousand.")
    ]


class LackingPlanView(View):
    """A plan that would be imported, and what it would lack before it can be submitted."""

    row: int
    title: dict[str, str]
    lacks: list[LackView]


class PlanImportReportView(ImportReportView):
    """The same for plans, with what each of those without faults would lack."""

    plans: list[LackingPlanView]


class ImportedProjectView(View):
    """The project that was begun for a row."""

    row: int
    project_id: UUID


class PlanImportView(View):
    """What was imported: drafts, none of them submitted."""

    round_id: UUID
    projects: list[ImportedProjectView]


class ImportedRoundView(View):
    """The round that was prepared for a row."""

    row: int
    round_id: UUID
    number: Annotated[int, Field(description="Counts the scheme's rounds, from 1.")]


class RoundImportView(View):
    """What was imported: drafts, to be opened by the clock or by hand."""

    rounds: list[ImportedRoundView]
