"""The books on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.wire import Moment, View
from app.ledger.chart import Book, KeptPer, Side
from app.ledger.models import HoldState

Amount = Annotated[
    int,
    Field(description="Whole: euro cents, or units in an impact book.", examples=[1_080_000]),
]
KindCode = Annotated[
    str, Field(description="A kind of the chart of accounts.", examples=["deposit"])
]
Reference = Annotated[
    str,
    Field(
        description="Names the event, once.",
        examples=["order/0195b0a4-6a1c-7d3e-8f10-2b3c4d5e6f70/paid"],
    ),
]


class KindView(View):
    """A kind of account."""

    code: KindCode
    book: Book
    unit: Annotated[str, Field(examples=["EUR"])]
    decimals: Annotated[
        int, Field(description="How many digits of an amount stand behind the point.")
    ]
    side: Annotated[Side, Field(description="The normal side: on it a balance is positive.")]
    kept_per: Annotated[KeptPer, Field(description="Of what there is one account each.")]
    limited: Annotated[bool, Field(description="May the balance not go below zero?")]
    english: Annotated[str, Field(examples=["Deposits until the threshold is reached"])]
    dutch: Annotated[str, Field(examples=["Inleg onder voorbehoud"])]


class ChartView(View):
    """The chart of accounts."""

    kinds: list[KindView]


class LedgerView(View):
    """One keeper's book."""

    id: UUID
    keeper_id: Annotated[UUID, Field(description="The scheme or the authority.")]
    book: Book
    opened_at: Moment


class AccountView(View):
    """An account and what it has now."""

    number: Annotated[int, Field(description="Sorts the list.", examples=[42])]
    kind: KindCode
    owner_id: Annotated[
        UUID, Field(description="The project, order, obligation or organisation; or the keeper.")
    ]
    posted: Annotated[int, Field(description="On the normal side.", examples=[1_080_000])]
    held: Annotated[int, Field(description="What pending holds claim of it.", examples=[0])]
    available: Annotated[int, Field(description="Posted less held.", examples=[1_080_000])]


class AccountPage(View):
    """A part of a ledger's accounts."""

    items: list[AccountView]
    next: Annotated[
        int | None, Field(description="Pass it as `after` to read on; null at the end.")
    ]


class BalanceView(View):
    """What an account had."""

    kind: KindCode
    owner_id: UUID
    balance: Annotated[int, Field(description="On the normal side.", examples=[1_080_000])]
    as_of: Annotated[
        Moment | None, Field(description="After all that had happened by then, if asked.")
    ]
    position: Annotated[
        int | None, Field(description="As known at this position of the books, if asked.")
    ]


class StatementRowView(View):
    """What one entry did to an account."""

    id: Annotated[UUID, Field(description="The entry.")]
    kind: Annotated[str, Field(examples=["order.paid"])]
    reference: Reference
    narration: Annotated[str, Field(examples=["3 RIKX of DAM Nederland"])]
    occurred_at: Moment
    recorded_at: Moment
    debit: Amount
    credit: Amount
    balance: Annotated[int, Field(description="After it, on the normal side.")]


class LineView(View):
    """An amount on one side of one account."""

    position: int
    side: Side
    amount: Amount
    kind: KindCode
    ledger_id: UUID
    keeper_id: UUID
    owner_id: UUID
    about_id: Annotated[UUID, Field(description="The order, payout or claim it is about.")]


class EntryView(View):
    """A journal entry: written once, never changed."""

    id: UUID
    kind: Annotated[str, Field(examples=["order.paid"])]
    reference: Reference
    narration: Annotated[str, Field(examples=["3 RIKX of DAM Nederland"])]
    occurred_at: Annotated[Moment, Field(description="When it happened in the world.")]
    recorded_at: Annotated[Moment, Field(description="When the books were told.")]
    evidence: Annotated[list[str], Field(examples=[["stripe:pi_3PqRs"]])]
    position: Annotated[
        int | None,
        Field(description="Its place in the order in which the books became known; soon there."),
    ]
    reverses_id: Annotated[UUID | None, Field(description="The entry whose mirror this is.")]
    reversed_by_id: Annotated[UUID | None, Field(description="The mirror of this entry.")]
    lines: list[LineView]


class HoldView(View):
    """A claim on part of an account."""

    id: UUID
    reference: Reference
    about_id: UUID
    quantity: Amount
    posted_quantity: Amount
    state: HoldState
    expires_at: Moment
    created_at: Moment
    settled_at: Moment | None
    entry_id: Annotated[UUID | None, Field(description="The entry that took it.")]


class TrialRowView(View):
    """A kind of account in a trial balance."""

    kind: KindCode
    side: Side
    opening: Annotated[int, Field(description="Before the period, on the normal side.")]
    debit: Amount
    credit: Amount
    closing: Annotated[int, Field(description="After the period, on the normal side.")]


class TrialBalanceView(View):
    """What each kind of account had and moved; debit and credit are equal."""

    ledger_id: UUID
    position: Annotated[
        int, Field(description="As known at this position: ask for it again to see the same.")
    ]
    begins_at: Moment | None
    ends_at: Moment | None
    debit: Amount
    credit: Amount
    rows: list[TrialRowView]
