"""Building blocks: what a full-time year of work counts for, by target group."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.core.money import Cents
from app.core.wire import Request
from app.schemes.terms.fields import BilingualText

BlockCode = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=60,
        description="What claims call the block, such as `participatiewet-over-2-years`.",
        examples=["participatiewet-over-2-years"],
    ),
]

CountedMonths = Annotated[int, Field(strict=True, ge=1, le=120, examples=[24])]


class BuildingBlock(Request):
    """What a full-time year is worth for somebody of this group."""

    code: BlockCode
    name: BilingualText
    year_cents: Annotated[Cents, Field(examples=[4_000_000])]


class AgeBonus(Request):
    """More per full-time year from an age on; of several the highest age that is reached counts."""

    from_age: Annotated[int, Field(strict=True, ge=15, le=99, examples=[50])]
    year_cents: Annotated[Cents, Field(examples=[1_000_000])]


class BrokenMonths(StrEnum):
    """How a month counts in which somebody works only some days."""

    BY_DAY = "by-day"
    """As many days as it has of them."""
    NOT_AT_ALL = "not-at-all"
    """Only whole months count."""
    AS_WHOLE = "as-whole"
    """A month that has begun counts."""


class BuildingBlocks(Request):
    """The authority's table, and how its values are shared by hours and months."""

    full_time_minutes_per_week: Annotated[
        int,
        Field(
            strict=True,
            ge=60,
            le=3_600,
            description="The hours norm in minutes: 2,160 is 36 hours.",
            examples=[2_160],
        ),
    ]
    broken_months: Annotated[
        BrokenMonths | None, Field(description="Null: the rules are silent; by day then.")
    ]
    blocks: Annotated[list[BuildingBlock], Field(min_length=1, max_length=100)]
    age_bonuses: Annotated[list[AgeBonus], Field(max_length=10)]
    permanent_bonus_cents: Annotated[
        Cents | None,
        Field(description="More per full-time year for a permanent contract; null: nothing."),
    ]
    longest_months: Annotated[
        CountedMonths | None, Field(description="How long one person counts; null: no limit.")
    ]
    blocks_without_limit: Annotated[
        list[BlockCode], Field(max_length=100, description="They count however long it lasts.")
    ]

    @model_validator(mode="after")
    def _each_is_there_once(self) -> Self:
        codes = [block.code for block in self.blocks]
        _insist_on_once("blocks", codes)
        _insist_on_once("ageBonuses", (str(bonus.from_age) for bonus in self.age_bonuses))
        _insist_on_once("blocksWithoutLimit", self.blocks_without_limit)
        if unknown := set(self.blocks_without_limit) - set(codes):
            message = f"blocksWithoutLimit names no block: {', '.join(sorted(unknown))}"
            raise ValueError(message)
        return self

    def block(self, code: str) -> BuildingBlock | None:
        """Find a block by its code."""
        return next((block for block in self.blocks if block.code == code), None)

    def age_bonus(self, age: int | None) -> AgeBonus | None:
        """Find the bonus that an age brings."""
        reached = [bonus for bonus in self.age_bonuses if age is not None and age >= bonus.from_age]
        return max(reached, key=lambda bonus: bonus.from_age, default=None)


def _insist_on_once(member: str, names: Iterable[str]) -> None:
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        message = f"{member} names {', '.join(sorted(twice))} more than once"
        raise ValueError(message)
