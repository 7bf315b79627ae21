"""What is imposed: of which sum, which percentage, from which amount on, and how much at most."""

from enum import StrEnum
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from app.core.money import Cents
from app.core.wire import Request
from app.schemes.terms.fields import BasisPoints


class ContractKind(StrEnum):
    """What is bought by a contract (European procurement law)."""

    SERVICES = "services"
    WORKS = "works"
    SUPPLIES = "supplies"


class ObligationBase(StrEnum):
    """The sum that the percentage is taken of; all four are in use."""

    CONTRACT_SUM = "contract-sum"
    TENDER_SUM = "tender-sum"
    INVOICED_TURNOVER = "invoiced-turnover"
    WAGE_BILL = "wage-bill"


Percent = Annotated[BasisPoints, Field(ge=1, examples=[500])]


class FixedPercentage(Request):
    """The same for every contract."""

    kind: Literal["fixed"]
    basis_points: Percent


class LeastPercentage(Request):
    """Each contract names its own, and none below this."""

    kind: Literal["at-least"]
    basis_points: Percent


class ChosenPercentage(Request):
    """Each contract names one of these."""

    kind: Literal["one-of"]
    basis_points: Annotated[list[Percent], Field(min_length=2, max_length=10)]


class ContractPercentage(Request):
    """Each contract names its own; the rules name none."""

    kind: Literal["per-contract"]


Percentage: TypeAlias = Annotated[
    FixedPercentage | LeastPercentage | ChosenPercentage | ContractPercentage,
    Field(discriminator="kind"),
]


class LowLabour(Request):
    """A lower percentage for contracts in which labour is a small part."""

    below_labour_share_basis_points: Annotated[
        BasisPoints, Field(ge=1, description="Of the contract sum; 3,000 is 30 percent.")
    ]
    basis_points: Percent


class FromAmount(Request):
    """Contracts of this amount or more carry an obligation."""

    kind: Literal["from"]
    amount_cents: Cents


class FromTheFirstEuro(Request):
    """Every contract carries an obligation."""

    kind: Literal["always"]


Threshold: TypeAlias = Annotated[FromAmount | FromTheFirstEuro, Field(discriminator="kind")]


class Thresholds(Request):
    """From which amount on, per kind of contract; null: the rules are silent."""

    services: Threshold | None
    works: Threshold | None
    supplies: Threshold | None

    def of(self, kind: ContractKind) -> FromAmount | FromTheFirstEuro | None:
        """Find the threshold of a kind of contract."""
        found: FromAmount | FromTheFirstEuro | None = getattr(self, kind)
        return found


class ObligationTerms(Request):
    """How large an obligation is: base times percentage, with a threshold and a cap."""

    base: Annotated[
        ObligationBase | None, Field(description="Null: each contract names its own base.")
    ]
    percentage: Percentage
    low_labour: LowLabour | None
    threshold_sum: Annotated[
        ObligationBase | None,
        Field(description="The sum that the threshold looks at; null: the base itself."),
    ]
    thresholds: Thresholds
    cap_cents: Annotated[Cents | None, Field(description="The largest obligation; null: no cap.")]

    @model_validator(mode="after")
    def _low_is_lower(self) -> Self:
        if self.low_labour is None or isinstance(self.percentage, ContractPercentage):
            return self
        usual = self.percentage.basis_points
        least = min(usual) if isinstance(usual, list) else usual
        if self.low_labour.basis_points >= least:
            message = "lowLabour.basisPoints must be less than the usual percentage"
            raise ValueError(message)
        return self
