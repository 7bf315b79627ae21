"""How an authority reports: which counts of people are too small to show, and how debts age."""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.core.wire import Request

AgeingDays = Annotated[int, Field(strict=True, ge=1, le=3_650, examples=[90])]


class ReportingTerms(Request):
    """What dashboards show."""

    smallest_count: Annotated[
        int,
        Field(
            strict=True,
            ge=2,
            le=1_000,
            description="Fewer people than this are not shown, for somebody might know them.",
            examples=[5],
        ),
    ]
    ageing_days: Annotated[
        list[AgeingDays],
        Field(
            max_length=10,
            description="Where one class of what is overdue ends, in days; the last one is open.",
            examples=[[30, 90, 365]],
        ),
    ]

    @model_validator(mode="after")
    def _classes_go_up(self) -> Self:
        if any(earlier >= later for earlier, later in pairwise(self.ageing_days)):
            message = "ageingDays must go up"
            raise ValueError(message)
        return self
