"""The whole of an authority's rules."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.core.wire import ONE_LINE, Request
from app.obligations.rules.blocks import BuildingBlocks
from app.obligations.rules.counting import (
    ActivityTerms,
    Deadlines,
    OverClaiming,
    PsoDiscount,
    PsoStep,
    SanctionTerms,
    SocialPurchaseTerms,
    UnitTerms,
)
from app.obligations.rules.imposing import ObligationTerms
from app.obligations.rules.reporting import ReportingTerms
from app.schemes.terms.fields import each_once

NotThere = "Null: the rules are silent, and nothing of the kind counts."


class AuthorityRules(Request):
    """What an authority imposes, and what it counts."""

    rules_version: Annotated[
        Literal[1], Field(description="The version of this document's form.", examples=[1])
    ]
    source: Annotated[
        str,
        Field(
            min_length=3,
            max_length=500,
            pattern=ONE_LINE,
            description="Where the rules stand: the decision, the guide, its edition.",
            examples=["Decision of the council of 12 June 2026, annex 2."],
        ),
    ]
    obligation: Annotated[
        ObligationTerms | None, Field(description="Null: no obligation follows from these rules.")
    ]
    deadlines: Deadlines
    building_blocks: Annotated[BuildingBlocks | None, Field(description=NotThere)]
    units: Annotated[UnitTerms | None, Field(description=NotThere)]
    social_purchases: Annotated[SocialPurchaseTerms | None, Field(description=NotThere)]
    activities: Annotated[ActivityTerms | None, Field(description=NotThere)]
    pso_discounts: Annotated[list[PsoDiscount], Field(max_length=len(PsoStep))]
    over_claiming: Annotated[
        OverClaiming | None, Field(description="Null: the rules are silent; refused then.")
    ]
    sanction: Annotated[
        SanctionTerms | None, Field(description="Null: what is not fulfilled has no sanction.")
    ]
    reporting: Annotated[
        ReportingTerms | None,
        Field(description="Null: the rules are silent, and no counts of people are shown."),
    ] = None

    @model_validator(mode="after")
    def _each_step_is_there_once(self) -> Self:
        each_once([discount.step for discount in self.pso_discounts])
        return self

    def pso_discount(self, step: PsoStep) -> PsoDiscount | None:
        """Find what a step is good for."""
        return next((each for each in self.pso_discounts if each.step is step), None)
