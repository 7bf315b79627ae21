"""What else counts: units, social purchases, activities, PSO; by when, and what follows if not."""

from enum import StrEnum
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from app.core.money import Cents
from app.core.wire import Request
from app.schemes.terms.fields import BasisPoints, BilingualText, Days, Region, each_once

Factor = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=100_000,
        description="Social-return value per euro without VAT: 10,000 is 1:1.",
        examples=[10_000],
    ),
]
MostOfObligation = Annotated[
    BasisPoints | None,
    Field(description="The share of an obligation that this may fill; null: all of it."),
]


class OverClaiming(StrEnum):
    """What becomes of a claim that is worth more than is open."""

    REFUSED = "refused"
    """It is refused: claim less."""
    SURPLUS = "surplus"
    """It counts, and what is too much is marked as surplus."""


class Anywhere(Request):
    """Wherever the project is."""

    kind: Literal["anywhere"]


class OwnMunicipalities(Request):
    """The project lies in one of the authority's own municipalities."""

    kind: Literal["own-municipalities"]


class NamedMunicipalities(Request):
    """The project lies in one of these municipalities."""

    kind: Literal["municipalities"]
    municipalities: Region


ProjectRegion: TypeAlias = Annotated[
    Anywhere | OwnMunicipalities | NamedMunicipalities, Field(discriminator="kind")
]


class ResultCounted(StrEnum):
    """Whom of those that a final report counts an authority looks at."""

    TOOK_PART = "took-part"
    COMPLETED = "completed"
    FOUND_WORK = "found-work"
    FOUND_TRAINING = "found-training"


class ResultTerms(Request):
    """From when a project's final report is accepted, its units count for what came of it."""

    counted: Annotated[
        ResultCounted,
        Field(
            description="Which people, of all target groups together, are held against those that"
            " the plan promised. More than were promised count for no more than was bought."
        ),
    ]


class UnitTerms(Request):
    """What units of a marketplace (RIKX) count for."""

    factor_basis_points: Factor
    maximum_share_basis_points: MostOfObligation
    region: Annotated[
        ProjectRegion | None, Field(description="Null: the rules are silent; anywhere then.")
    ]
    result: Annotated[
        ResultTerms | None,
        Field(
            description="Null (as in rules that do not say it): units count as they were bought,"
            " whatever came of their project."
        ),
    ] = None


class SupplierKind(StrEnum):
    """From whom buying is social purchasing."""

    SOCIAL_ENTERPRISE = "social-enterprise"
    """In the register of the Code Sociale Ondernemingen."""
    PSO_30_PLUS = "pso-30-plus"
    """Certified PSO 30+."""
    SHELTERED_WORKSHOP = "sheltered-workshop"
    """A sheltered-employment company (SW-bedrijf)."""


class SocialPurchaseTerms(Request):
    """What buying from social suppliers counts for, without VAT."""

    factor_basis_points: Factor
    maximum_share_basis_points: MostOfObligation
    suppliers: Annotated[
        list[SupplierKind], Field(min_length=1, max_length=10), AfterValidator(each_once)
    ]


class ActivityRate(Request):
    """What an hour of one kind of activity counts for."""

    code: Annotated[
        str,
        Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60, examples=["mentoring"]),
    ]
    name: BilingualText
    hour_cents: Annotated[Cents, Field(examples=[7_500])]


class ActivityTerms(Request):
    """What hours of the contractor's people count for: workshops, mentoring, other help in kind."""

    rates: Annotated[list[ActivityRate], Field(min_length=1, max_length=50)]
    maximum_share_basis_points: MostOfObligation

    @model_validator(mode="after")
    def _each_is_there_once(self) -> Self:
        each_once([rate.code for rate in self.rates])
        return self

    def rate(self, code: str) -> ActivityRate | None:
        """Find a rate by its code."""
        return next((rate for rate in self.rates if rate.code == code), None)


class PsoStep(StrEnum):
    """The steps of the Performance ladder Socially responsible Enterprise (TNO)."""

    ASPIRANT = "aspirant"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    THIRTY_PLUS = "30-plus"


class PsoDiscount(Request):
    """The share of an obligation that a certified contractor has fulfilled by its certificate."""

    step: PsoStep
    basis_points: BasisPoints


class SanctionTerms(Request):
    """What happens when an obligation is not fulfilled in time."""

    recovery_days: Annotated[
        Days | None, Field(description="Time to make up for it; null: the rules are silent.")
    ]
    factor_basis_points: Annotated[
        int,
        Field(
            strict=True,
            ge=0,
            le=50_000,
            description="Withheld per euro that was not realised: 15,000 is 1.5 times.",
            examples=[15_000],
        ),
    ]


class Deadlines(Request):
    """By when; null: the rules are silent."""

    report_in_days: Annotated[
        Days | None, Field(description="From the award, for the contractor.", examples=[7])
    ]
    objection_days: Annotated[
        Days | None, Field(description="From a decision, for the contractor.", examples=[42])
    ]
    remind_days_before: Annotated[
        list[Days],
        Field(max_length=6, description="When reminders of a due date go out.", examples=[[30, 7]]),
    ]
