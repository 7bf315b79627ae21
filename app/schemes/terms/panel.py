"""Terms of the valuation: the panel, its rubric, and how many values become one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from app.core.wire import ONE_LINE, Request
from app.schemes.terms.fields import BilingualText, Units

HALF = Fraction(1, 2)


class Aggregation(StrEnum):
    """How the experts' values become one."""

    MEDIAN = "median"
    """The middle one; of an even number, the mean of the two in the middle."""
    MEAN = "mean"
    TRIMMED_MEAN = "trimmed-mean"
    """The mean without the lowest and the highest ones."""


class Rounding(StrEnum):
    """How a value becomes whole units."""

    DOWN = "down"
    NEAREST = "nearest"
    """A half goes up."""
    UP = "up"


class Anchor(Request):
    """What a score means."""

    score: Annotated[int, Field(strict=True, ge=0, le=100)]
    meaning: BilingualText


class Criterion(Request):
    """One thing that every expert scores."""

    code: Annotated[
        str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40, examples=["work"])
    ]
    name: BilingualText
    description: Annotated[str, Field(max_length=1_000, description="For the experts.")]
    weight: Annotated[
        int, Field(strict=True, ge=1, le=100, description="Against the other criteria's weights.")
    ]
    lowest_score: Annotated[int, Field(strict=True, ge=0, le=99, examples=[1])]
    highest_score: Annotated[int, Field(strict=True, ge=1, le=100, examples=[5])]
    anchors: Annotated[list[Anchor], Field(max_length=20, description="What scores mean.")]

    @model_validator(mode="after")
    def _the_scale_is_one(self) -> Self:
        if self.lowest_score >= self.highest_score:
            message = "lowestScore must be less than highestScore"
            raise ValueError(message)
        scores = [anchor.score for anchor in self.anchors]
        if len(set(scores)) < len(scores):
            message = "each score has one anchor at the most"
            raise ValueError(message)
        if any(not self.lowest_score <= score <= self.highest_score for score in scores):
            message = "an anchor must lie on the scale"
            raise ValueError(message)
        return self


@dataclass(frozen=True, slots=True)
class Valued:
    """What a panel found, with the arithmetic that anybody can do again."""

    units: int
    exact: Fraction
    """The value before rounding."""
    counted: tuple[int, ...]
    """The values that the result rests on, in order of size."""
    left_out: tuple[int, ...]
    """What a trimmed mean leaves out."""
    arithmetic: str
    """Such as `median of 100, 108, 120 = 108; rounded down = 108`."""


class PanelValuation(Request):
    """A panel of experts values each project."""

    kind: Literal["panel"]
    size: Annotated[
        int, Field(strict=True, ge=1, le=25, description="Experts per project.", examples=[5])
    ]
    quorum: Annotated[
        int, Field(strict=True, ge=1, le=25, description="So many must value it.", examples=[3])
    ]
    aggregation: Aggregation
    trimmed_each_side: Annotated[
        int,
        Field(
            strict=True,
            ge=0,
            le=10,
            description="How many lowest and how many highest values a trimmed mean leaves out;"
            " 0 for the other kinds.",
            examples=[0],
        ),
    ]
    rounding: Rounding
    rubric: Annotated[list[Criterion], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _the_panel_can_decide(self) -> Self:
        if self.quorum > self.size:
            message = "quorum must not be more than size"
            raise ValueError(message)
        if (self.trimmed_each_side > 0) != (self.aggregation is Aggregation.TRIMMED_MEAN):
            message = "trimmedEachSide is more than 0 for a trimmed mean, and 0 for the others"
            raise ValueError(message)
        if self.quorum <= 2 * self.trimmed_each_side:
            message = "a trimmed mean of the quorum must leave a value to count"
            raise ValueError(message)
        codes = [criterion.code for criterion in self.rubric]
        if len(set(codes)) < len(codes):
            message = "each criterion has a code of its own"
            raise ValueError(message)
        return self

    def aggregate(self, values: Sequence[int]) -> Valued:
        """Make one value in whole units of the experts' values, in whole units each.

        Raises:
            ValueError: fewer values than the quorum, or a negative one.
        """
        if len(values) < self.quorum:
            message = f"{len(values)} values are fewer than the quorum of {self.quorum}"
            raise ValueError(message)
        if min(values) < 0:
            message = "a value can't be negative"
            raise ValueError(message)
        ordered = tuple(sorted(values))
        cut = self.trimmed_each_side
        counted = ordered[cut : len(ordered) - cut]
        left_out = ordered[:cut] + ordered[len(ordered) - cut :]
        exact = _median(counted) if self.aggregation is Aggregation.MEDIAN else _mean(counted)
        units = _rounded(exact, self.rounding)
        listed = ", ".join(map(str, counted))
        arithmetic = f"{self.aggregation} of {listed} = {exact}; rounded {self.rounding} = {units}"
        return Valued(units, exact, counted, left_out, arithmetic)

    def weighted_score(self, scores: Mapping[str, int]) -> Fraction:
        """Weigh one expert's scores, by the criteria's codes: 0 is the worst, 1 the best.

        Raises:
            ValueError: a criterion lacks its score, or a score is off its scale or of no criterion.
        """
        if unknown := scores.keys() ^ {criterion.code for criterion in self.rubric}:
            message = f"score exactly the criteria of the rubric; not so: {sorted(unknown)}"
            raise ValueError(message)
        return sum(
            (criterion.weight * _on_scale(criterion, scores) for criterion in self.rubric),
            start=Fraction(0),
        ) / sum(criterion.weight for criterion in self.rubric)


def _on_scale(criterion: Criterion, scores: Mapping[str, int]) -> Fraction:
    score, low, high = scores[criterion.code], criterion.lowest_score, criterion.highest_score
    if not low <= score <= high:
        message = f"the score for {criterion.code} must be {low} to {high}"
        raise ValueError(message)
    return Fraction(score - low, high - low)


def _median(ordered: Sequence[int]) -> Fraction:
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return Fraction(ordered[middle])
    return Fraction(ordered[middle - 1] + ordered[middle], 2)


def _mean(values: Sequence[int]) -> Fraction:
    return Fraction(sum(values), len(values))


def _rounded(exact: Fraction, rounding: Rounding) -> int:
    if rounding is Rounding.DOWN:
        return floor(exact)
    return ceil(exact) if rounding is Rounding.UP else floor(exact + HALF)


class FixedValuation(Request):
    """Every project that is found eligible is worth the same; no panel is asked."""

    kind: Literal["fixed"]
    units_per_project: Annotated[
        Units, Field(description="The impact value of each project.", examples=[50])
    ]
    description: Annotated[
        str,
        Field(
            min_length=3,
            max_length=200,
            pattern=ONE_LINE,
            description="What one project is.",
            examples=["One workshop of a day"],
        ),
    ]


Valuation: TypeAlias = Annotated[PanelValuation | FixedValuation, Field(discriminator="kind")]
