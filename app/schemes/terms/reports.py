"""Terms of reporting: when an entrepreneur says what came of a project, and is reminded of it."""

from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.core.wire import Request
from app.schemes.terms.fields import Days


class ReportTerms(Request):
    """When reports are due."""

    interim_days_after_start: Annotated[
        Days | None,
        Field(
            description="An interim report is due so many days after the plan's start; null: none"
            " is asked for, though one may be made.",
            examples=[90],
        ),
    ]
    final_days_after_end: Annotated[
        Days,
        Field(
            description="The final report is due so many days after the plan's end.", examples=[30]
        ),
    ]
    reminder_days_before: Annotated[
        list[Days],
        Field(
            max_length=10,
            description="The entrepreneur is reminded so many days before, the most first; 0 is"
            " the day itself, when the operator is told as well.",
            examples=[[14, 3, 0]],
        ),
    ]

    @model_validator(mode="after")
    def _reminders_come_in_order(self) -> Self:
        if self.reminder_days_before != sorted(set(self.reminder_days_before), reverse=True):
            message = "reminderDaysBefore goes down, and names no day twice"
            raise ValueError(message)
        return self

    def interim_due_on(self, starts_on: date) -> date | None:
        """Say until when the interim report of a project is due, if one is asked for."""
        days = self.interim_days_after_start
        return None if days is None else starts_on + timedelta(days=days)

    def final_due_on(self, ends_on: date) -> date:
        """Say until when the final report of a project is due."""
        return ends_on + timedelta(days=self.final_days_after_end)

    def reminder_due(self, days_left: int) -> int | None:
        """Say which reminder is due so many days before; who is late gets one, not all."""
        return min((days for days in self.reminder_days_before if days_left <= days), default=None)
