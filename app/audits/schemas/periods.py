"""Period reports on the wire."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from app.audits.periods import Difference
from app.audits.periods.content import Row
from app.audits.periods.naming import PATTERN
from app.core.wire import Moment, Request, View

PeriodName = Annotated[
    str,
    Field(
        pattern=PATTERN,
        description="A year, a quarter or a month, from midnight to midnight in Europe/Amsterdam.",
        examples=["2026-Q2"],
    ),
]


class PeriodReportRequest(Request):
    """Of whose books, of which period, and as known when."""

    keeper_id: Annotated[UUID, Field(description="A scheme or an authority that keeps books.")]
    period: PeriodName
    position: Annotated[
        int | None,
        Field(
            ge=0,
            le=2**63 - 1,
            description="As known at this position of the books; by default the last one that the"
            " public log signed for.",
        ),
    ] = None


class PeriodReportView(View):
    """A report, frozen: …/content has the figures, byte by byte what the hash is of."""

    id: UUID
    keeper_id: UUID
    period: PeriodName
    position: Annotated[int, Field(description="As known at this position of the books.")]
    log_size: Annotated[
        int | None,
        Field(
            description="The first checkpoint of the public log over that position has so many"
            " leaves; null before there is anything in the books."
        ),
    ]
    sha256: Annotated[
        str, Field(description="Of the content: canonical JSON (RFC 8785).", min_length=64)
    ]
    frozen_by: str
    frozen_at: Moment


class PeriodRowView(View):
    """A line of a report: amounts on the account's normal side, in whole cents or units."""

    section: Annotated[
        str,
        Field(
            description="`account`: the trial balance. `obligation`, `fulfilment`, `round`: what"
            " their accounts had.",
            examples=["obligation"],
        ),
    ]
    subject: Annotated[
        str, Field(description="The book, or the id of the obligation or round, or the kind.")
    ]
    account: Annotated[str, Field(examples=["owed"])]
    unit: Annotated[str, Field(examples=["SR"])]
    opening: int
    debit: int
    credit: int
    closing: int
    opening_count: Annotated[
        int | None, Field(description="Of fulfilments that counted for something.")
    ]
    closing_count: int | None


class ReportDifferenceView(View):
    """A line that is known otherwise now: null where there was nothing, or is nothing more."""

    section: str
    subject: str
    account: str
    known_then: PeriodRowView | None
    known_now: PeriodRowView | None

    @classmethod
    def of(cls, found: Difference) -> Self:
        """Show a difference."""
        return cls(
            section=found.section,
            subject=found.subject,
            account=found.account,
            known_then=_shown(found.then),
            known_now=_shown(found.now),
        )


def _shown(row: Row | None) -> PeriodRowView | None:
    return PeriodRowView.model_validate(row) if row else None


class RecomputationView(View):
    """The report computed again at its position: equal, or the books are not what they were."""

    is_equal: bool
    sha256: Annotated[str, Field(description="Of what was computed now.")]
    differences: list[ReportDifferenceView]


class RestatementsView(View):
    """What is known otherwise of the period by now, because of entries that came later."""

    position: Annotated[int, Field(description="As known at which it is compared.")]
    restatements: list[ReportDifferenceView]
