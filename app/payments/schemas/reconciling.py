"""Where the money is, and whether the provider says the same, on the wire."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.core.wire import Moment, View
from app.payments.facts import HOLDING_LIMIT_DAYS, WARNING_DAYS, Meaning

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
    """Something of which the books and the provider say different amounts."""

    name: Annotated[
        str, Field(description="What moved the balance.", examples=["ch_3PabcDEF", "txn_1PabcDEF"])
    ]
    meaning: Annotated[
        Meaning,
        Field(
            description="`unknown` and `unequal` are the operator's to explain; the others pass by"
            " themselves."
        ),
    ]
    books_cents: Balance
    provider_cents: Balance
    since: Moment


class DayView(View):
    """What moved the balance on a day."""

    day: date
    books_cents: Balance
    provider_cents: Balance


class ReconciliationView(View):
    """The balance at the provider, by the books and by the provider's own moves."""

    as_of: Moment
    agrees: Annotated[bool, Field(description="There is no difference at all.")]
    books_cents: Balance
    provider_cents: Balance
    differences: Annotated[
        list[DifferenceView], Field(description="All there are, the oldest first; at most 200.")
    ]
    days: Annotated[list[DayView], Field(description="The last 31 days on which anything moved.")]
