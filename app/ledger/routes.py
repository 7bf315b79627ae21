"""Reading the books. Nothing is posted over HTTP: what happens in the domains posts."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.core.wire import Moment
from app.ledger import balances, queries, trial_balances
from app.ledger.access import (
    KeepersOfList,
    ReadableAccount,
    ReadableEntry,
    ReadableKeepers,
    ReadableLedger,
)
from app.ledger.chart import KINDS
from app.ledger.models import Ledger, LedgerHold
from app.ledger.problems import NoSuchAccount, NotKnownYet
from app.ledger.queries import EntryRow, StatementRow
from app.ledger.schemas import (
    AccountPage,
    AccountView,
    BalanceView,
    ChartView,
    EntryView,
    HoldView,
    KindView,
    LedgerView,
    StatementRowView,
    TrialBalanceView,
    TrialRowView,
)
from app.organisations.access import AnyCaller

router = router_of("", "Books")
ROUTERS: tuple[APIRouter, ...] = (router,)

ACCOUNT = "/ledgers/{ledger_id}/accounts/{kind}/{owner_id}"

Story = Annotated[
    str,
    Query(
        min_length=1,
        max_length=200,
        pattern=r"^[a-z0-9][a-z0-9._:/-]*$",
        description="A reference, or the beginning of one before a slash.",
        examples=["order/0195b0a4-6a1c-7d3e-8f10-2b3c4d5e6f70"],
    ),
]
Position = Annotated[
    int, Query(ge=0, description="As far as the books were known at this position.")
]


@router.get("/chart-of-accounts", response_model=ChartView)
async def read_chart_of_accounts(_caller: AnyCaller) -> ChartView:
    """Read which kinds of accounts the books have."""
    return ChartView(
        kinds=[
            KindView(
                code=kind.code,
                book=kind.book,
                unit=kind.book.unit,
                decimals=kind.book.decimals,
                side=kind.side,
                kept_per=kind.kept_per,
                limited=kind.limited,
                english=kind.english,
                dutch=kind.dutch,
            )
            for kind in KINDS.values()
        ]
    )


@router.get("/ledgers", response_model=PageOf[LedgerView])
async def list_ledgers(asked: KeepersOfList, session: Session, paging: Paging) -> Page[Ledger]:
    """List the ledgers that the caller may read: of schemes and authorities."""
    return await queries.ledgers(session, paging, asked.ids, asked.keeper_id)


@router.get("/ledgers/{ledger_id}", response_model=LedgerView, responses=refusals(NotFound))
async def read_ledger(ledger: ReadableLedger) -> Ledger:
    """Read one keeper's book."""
    return ledger


@router.get(
    "/ledgers/{ledger_id}/accounts",
    response_model=AccountPage,
    responses=refusals(NotFound),
)
async def list_ledger_accounts(
    ledger: ReadableLedger,
    session: Session,
    narrowing: Annotated[queries.AccountsRequest, Query()],
) -> AccountPage:
    """List the accounts of a ledger and what each has now."""
    rows = await queries.accounts(session, ledger, narrowing)
    items = [
        AccountView(
            number=row.number,
            kind=row.kind,
            owner_id=row.owner_id,
            posted=row.posted,
            held=row.held,
            available=row.available,
        )
        for row in rows[: narrowing.limit]
    ]
    more = len(rows) > narrowing.limit
    return AccountPage(items=items, next=items[-1].number if more else None)


@router.get(ACCOUNT, response_model=BalanceView, responses=refusals(NotFound, NotKnownYet))
async def read_balance(
    account: ReadableAccount,
    session: Session,
    as_of: Annotated[
        Moment | None,
        Query(alias="asOf", description="After all that had happened by this moment."),
    ] = None,
    position: Position | None = None,
) -> BalanceView:
    """Read what an account has now, had as of a moment, or had as known at a position."""
    balance = await balances.at(session, account, as_of, position)
    return BalanceView(
        kind=account.kind.code,
        owner_id=account.owner_id,
        balance=balance,
        as_of=as_of,
        position=position,
    )


@router.get(
    f"{ACCOUNT}/statement",
    response_model=PageOf[StatementRowView],
    responses=refusals(NotFound, NoSuchAccount),
)
async def read_statement(
    account: ReadableAccount, session: Session, paging: Paging
) -> Page[StatementRow]:
    """Read what happened to an account, the oldest first, with its balance after each entry."""
    return await queries.statement(session, account, paging)


@router.get(
    "/ledgers/{ledger_id}/trial-balance",
    response_model=TrialBalanceView,
    responses=refusals(NotFound, NotKnownYet),
)
async def read_trial_balance(
    ledger: ReadableLedger,
    session: Session,
    asked: Annotated[trial_balances.TrialBalanceRequest, Query()],
) -> TrialBalanceView:
    """Add a ledger up by kind of account: the whole, or what happened in a period.

    Without a position or a moment of knowing it is as known now; the answer says the position.
    """
    found = await trial_balances.add_up(session, ledger, asked)
    return TrialBalanceView(
        ledger_id=ledger.id,
        position=found.position,
        begins_at=asked.begins_at,
        ends_at=asked.ends_at,
        debit=found.debit,
        credit=found.credit,
        rows=[
            TrialRowView(
                kind=row.kind.code,
                side=row.kind.side,
                opening=row.opening,
                debit=row.debit,
                credit=row.credit,
                closing=row.closing,
            )
            for row in found.rows
        ],
    )


@router.get("/ledger-entries", response_model=PageOf[EntryView])
async def list_ledger_entries(
    keepers: ReadableKeepers, session: Session, paging: Paging, story: Story | None = None
) -> Page[EntryRow]:
    """List entries, the newest first; or a story: all under one reference, as it happened."""
    return await queries.entries(session, paging, keepers, story)


@router.get(
    "/ledger-entries/{entry_id}",
    response_model=EntryView,
    responses=refusals(NotFound),
)
async def read_ledger_entry(entry: ReadableEntry) -> EntryRow:
    """Read an entry, with its lines in the ledgers that the caller may read."""
    return entry


@router.get("/ledger-holds", response_model=PageOf[HoldView])
async def list_ledger_holds(
    keepers: ReadableKeepers, session: Session, paging: Paging, story: Story | None = None
) -> Page[LedgerHold]:
    """List holds, the newest first; or those of a story: what was claimed, and how that ended."""
    return await queries.holds(session, paging, keepers, story)
