"""The entrepreneur's desk, on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.wire import View
from app.projects.schemas.plans import CompletenessView, ProjectDecisionView, ProjectView
from app.schemes.terms import Part, TrancheMoment


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


class ExpectedPaymentView(View):
    """One tranche, in cents, without VAT and fee."""

    part: Part
    moment: TrancheMoment
    percent: Annotated[int, Field(description="Of the part.")]
    amount_cents: Annotated[
        int, Field(description="The start part as planned; of the result part what is sold by now.")
    ]
    at_most_cents: Annotated[
        int | None, Field(description="If all units are sold; null before the project is listed.")
    ]
    earliest_on: Annotated[
        date | None, Field(description="Not before; null where the plan names no date.")
    ]
    latest_on: Annotated[
        date | None,
        Field(description="If it is approved on the earliest day, and paid at the term's end."),
    ]


class ExpectationView(View):
    """What a project lets its entrepreneur expect; what was paid of it is not taken off.

    What is planned, on its way and paid stands in `GET /v1/projects/{projectId}/payouts`, and what
    can be paid now, or why not, in `GET /v1/projects/{projectId}/earmark`.
    """

    threshold_units: int
    is_conditional: Annotated[
        bool, Field(description="The threshold is not reached: nothing is paid unless it is.")
    ]
    payment_term_days: Annotated[int, Field(description="From approval to payment, at the most.")]
    debit_wait_days: Annotated[
        int, Field(description="What buyers paid by direct debit comes so many days later.")
    ]
    payments: list[ExpectedPaymentView]


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
    expected: Annotated[
        ExpectationView | None,
        Field(description="Null while the plan names no threshold, and once nothing is paid."),
    ]


class DeskView(View):
    """Where an entrepreneur's projects stand, newest first."""

    organisation_id: UUID
    projects: list[DeskProjectView]
    next: Annotated[
        UUID | None, Field(description="Pass it as `after` to read on; null at the end.")
    ]
