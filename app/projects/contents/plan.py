"""A plan: what an entrepreneur wants to do, for whom, at what cost."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from app.core.money import LARGEST_AMOUNT
from app.core.wire import ONE_LINE, NamingNobody, Request, View
from app.projects.contents.vocabulary import CostKind, FinancingKind, TargetGroup
from app.schemes.terms.fields import Units

LARGEST_LINE_CENTS = LARGEST_AMOUNT // 1_000
"""A list has a hundred lines at the most: their sum stays an amount."""

LineCents = Annotated[
    int, Field(strict=True, ge=0, le=LARGEST_LINE_CENTS, examples=[125_000], description="Cents.")
]
Line = Annotated[str, Field(max_length=200, pattern=ONE_LINE)]
Prose = Annotated[str, Field(max_length=10_000)]
Municipality = Annotated[
    str,
    Field(
        pattern=r"^GM[0-9]{4}$",
        description="A municipality of the scheme's region, as CBS numbers them.",
        examples=["GM0599"],
    ),
]


class Title(Request):
    """One line, in the languages of the scheme."""

    nl: Annotated[Line, Field(description="In Dutch.", examples=["Chauffeurs voor de zorg"])] = ""
    en: Annotated[Line, Field(description="In English.", examples=["Drivers for care"])] = ""


class Text(Request):
    """Some paragraphs, in the languages of the scheme."""

    nl: Annotated[Prose, Field(description="In Dutch.")] = ""
    en: Annotated[Prose, Field(description="In English.")] = ""


class HeadCount(Request):
    """How many people of a group take part; nobody is named."""

    group: TargetGroup
    people: Annotated[int, Field(strict=True, ge=1, le=100_000, examples=[12])]


class AmountLine(Request):
    """A cost that is an amount."""

    kind: Literal[CostKind.MATERIALS, CostKind.FACILITIES, CostKind.OTHER]
    description: Line
    amount_cents: LineCents


class HoursLine(Request):
    """Hours of work at a rate."""

    kind: Literal["hours"]
    description: Line
    hours: Annotated[int, Field(strict=True, ge=0, le=1_000_000, examples=[120])]
    rate_cents: Annotated[
        int, Field(strict=True, ge=0, le=1_000_000, description="Per hour.", examples=[4_500])
    ]

    @property
    def amount_cents(self) -> int:
        """What the hours cost together."""
        return self.hours * self.rate_cents


CostLine: TypeAlias = Annotated[AmountLine | HoursLine, Field(discriminator="kind")]


class Financing(Request):
    """Money from elsewhere for the same project."""

    kind: FinancingKind
    description: Line
    amount_cents: LineCents


class Milestone(Request):
    """What is there on a day."""

    on: date
    what: Line


class Place(Request):
    """Where the project is."""

    municipality: Municipality
    address: Annotated[Line, Field(examples=["Stationsplein 1, Rotterdam"])]


Costs = Annotated[list[CostLine], Field(max_length=100, description="Confidential.")]
OtherFinancing = Annotated[
    list[Financing],
    Field(max_length=100, description="Confidential; an empty list says that there is none."),
]
TargetGroups = Annotated[list[HeadCount], Field(max_length=len(TargetGroup))]
Milestones = Annotated[list[Milestone], Field(max_length=100)]
Evidence = Annotated[
    list[Line],
    Field(max_length=50, description="What will prove the results.", examples=[["Contracts"]]),
]
Confidential = Annotated[Prose, Field(description="Confidential: no buyer sees it.")]


StartsOn = Annotated[
    date,
    Field(
        description="The policy says how long after its round opens a project may start:"
        " `completeness` names the days."
    ),
]


class PlanChange(Request):
    """New values for the named members of a draft; null empties one, others stay as they are."""

    title: Title | None = None
    summary: Text | None = None
    objectives: Text | None = None
    activities: Text | None = None
    target_groups: TargetGroups | None = None
    threshold_units: Units | None = None
    starts_on: StartsOn | None = None
    ends_on: date | None = None
    milestones: Milestones | None = None
    promised_evidence: Evidence | None = None
    place: Place | None = None
    costs: Costs | None = None
    other_financing: OtherFinancing | None = None
    bank: Confidential | None = None
    partners: Confidential | None = None
    notes: Confidential | None = None

    def changes(self) -> dict[str, Any]:
        """Give what the client named, as it goes over the wire."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class PlanChangeRequest(PlanChange, NamingNobody):
    """The same as it is sent, without e-mail addresses and citizen numbers."""


class Plan(Request):
    """A whole plan, as a submission freezes it."""

    title: Title
    summary: Text
    objectives: Text
    activities: Text
    target_groups: TargetGroups
    threshold_units: Units
    starts_on: StartsOn
    ends_on: date
    milestones: Milestones
    promised_evidence: Evidence
    place: Place
    costs: Costs
    other_financing: OtherFinancing
    bank: Confidential = ""
    partners: Confidential = ""
    notes: Confidential = ""

    @property
    def costs_cents(self) -> int:
        """All costs together."""
        return total_cents(self.costs)

    @property
    def other_financing_cents(self) -> int:
        """What comes from elsewhere together."""
        return total_cents(self.other_financing)

    @property
    def people(self) -> int:
        """How many people take part, of all groups."""
        return sum(count.people for count in self.target_groups)


def total_cents(lines: Sequence[AmountLine | HoursLine | Financing]) -> int:
    """Add up lines, in cents."""
    return sum(line.amount_cents for line in lines)


class PublicPlan(View):
    """What everybody may know of a plan: nothing of its costs but their sum, no partners, notes."""

    title: Title
    summary: Text
    objectives: Text
    activities: Text
    target_groups: list[HeadCount]
    people: Annotated[int, Field(description="Of all groups together.")]
    threshold_units: int
    starts_on: date
    ends_on: date
    milestones: list[Milestone]
    promised_evidence: list[str]
    place: Place
    costs_cents: Annotated[int, Field(description="All costs together.")]


def public_part(plan: Plan) -> PublicPlan:
    """Leave out what a buyer never sees."""
    return PublicPlan.model_validate(plan)
