"""Where the money is, and whether provider and bank say the same, on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.money import Cents
from app.core.wire import Moment, View
from app.payments.facts import (
    HOLDING_LIMIT_DAYS,
    WARNING_DAYS,
    Meaning,
    Responsible,
    TravellerKind,
)

Balance = Annotated[
    int, Field(description="Euro cents; below zero where more left than came.", examples=[127_050])
]


class WhereaboutsView(View):
    """Where a scheme's money is, by the books."""

    provider_cents: Balance
    bank_cents: Balance
    in_transit_cents: Annotated[Balance, Field(description="On its way from provider to bank.")]
    disputed_cents: Annotated[Balance, Field(description="Held back by the provider.")]
    outgoing_cents: Annotated[
        Balance,
        Field(description="Sent and not settled: still counted at the provider or the bank."),
    ]
    held_since: Annotated[
        date | None, Field(description="When the oldest money came that is at the provider now.")
    ]
    leave_by: Annotated[
        date | None,
        Field(
            description="When that money must have gone to the bank: a provider may hold it for"
            f" {HOLDING_LIMIT_DAYS} days."
        ),
    ]
    is_due: Annotated[
        bool, Field(description=f"A warning: that day is within {WARNING_DAYS} days, or past.")
    ]


class DifferenceView(View):
    """Something of which the books and somebody outside say different amounts."""

    name: Annotated[
        str,
        Field(
            description="What moved the money: the provider's name for it, or the id of a bank"
            " transaction, of a receipt in suspense, or a statement.",
            examples=["ch_3PabcDEF", "txn_1PabcDEF"],
        ),
    ]
    meaning: Meaning
    responsible: Annotated[Responsible, Field(description="Who does something about it.")]
    books_cents: Balance
    outside_cents: Annotated[Balance, Field(description="By the provider, or by the bank.")]
    since: Moment | None


class ComparedDayView(View):
    """What moved on a day, and what there was at its end."""

    day: date
    books_cents: Balance
    outside_cents: Balance
    books_closing_cents: Balance
    outside_closing_cents: Annotated[
        int | None,
        Field(
            description="By the provider, or by the last statement of each account; null before"
            " the first one.",
            examples=[127_050],
        ),
    ]


class ComparedView(View):
    """What there is at the provider or at the bank, by the books and by what they say there."""

    agrees: Annotated[bool, Field(description="There is no difference at all.")]
    books_cents: Balance
    outside_cents: Balance
    differences: Annotated[
        list[DifferenceView], Field(description="All there are, the oldest first; at most 200.")
    ]
    days: Annotated[
        list[ComparedDayView], Field(description="Of the last 31, those when anything moved.")
    ]


class TravellerView(View):
    """Money that is under way."""

    kind: TravellerKind
    id: UUID
    amount_cents: Cents
    since: Moment
    is_late: Annotated[
        bool, Field(description="A warning: it has been under way for longer than it should.")
    ]


class UnderWayView(View):
    """All money under way: one by one, and what the books say of it."""

    in_transit_cents: Annotated[Balance, Field(description="On its way from provider to bank.")]
    outgoing_cents: Annotated[Balance, Field(description="Sent and not settled.")]
    travellers: Annotated[list[TravellerView], Field(description="The oldest first.")]
    differences: list[DifferenceView]


class ReconciliationView(View):
    """The books of a scheme, compared with everybody outside."""

    as_of: Moment
    agrees: Annotated[bool, Field(description="There is no difference at all, on any side.")]
    provider: ComparedView
    bank: ComparedView
    under_way: UnderWayView
