"""What the books answer: balances on both clocks, statements, trial balances, stories."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.ledger import balances, chart, journal, positions, problems, queries, trial_balances
from app.ledger.chart import Account
from app.ledger.drafts import Reversal, Void
from app.ledger.journal import Balance
from app.ledger.models import Ledger
from app.ledger.trial_balances import TrialBalanceRequest
from tests.make.books import MAY, a_draft, a_hold, a_keeper, a_transfer

DAY = timedelta(days=1)


@pytest.fixture
async def keeper_id(session: AsyncSession) -> UUID:
    return await a_keeper(session)


@pytest.fixture
def deposit(keeper_id: UUID) -> Account:
    return chart.DEPOSIT.of(keeper_id, new_id())


@pytest.fixture
def bank(keeper_id: UUID) -> Account:
    return chart.BANK.of(keeper_id)


async def place(session: AsyncSession) -> int:
    """Let the sequencer place all; say how far the books have come."""
    while await positions.sequence(session):
        pass
    return await positions.latest(session)


async def test_what_nobody_posted_to_has_nothing(session: AsyncSession, deposit: Account) -> None:
    assert await balances.now(session, deposit) == Balance(0)
    assert await balances.at(session, deposit) == 0


async def test_a_balance_counts_what_has_no_position_yet(
    session: AsyncSession, deposit: Account, bank: Account
) -> None:
    await journal.post(session, a_draft(deposit, 500))
    await place(session)
    await journal.post(session, a_draft(deposit, 30))

    assert await balances.now(session, bank) == Balance(530)
    assert await balances.now(session, deposit) == Balance(530)


async def test_a_balance_without_a_limit_can_be_negative(
    session: AsyncSession, deposit: Account, bank: Account
) -> None:
    await journal.post(session, a_draft(deposit, 500))
    await journal.post(session, a_transfer(deposit, bank, 500))
    await journal.post(session, a_transfer(bank, chart.IN_TRANSIT.of(bank.keeper_id), 80))

    assert await balances.now(session, chart.IN_TRANSIT.of(bank.keeper_id)) == Balance(-80)


async def test_an_expired_hold_is_not_held(session: AsyncSession, deposit: Account) -> None:
    hold = a_hold(deposit, 400)
    await journal.post(session, a_draft(deposit, 500), hold)

    assert (await balances.now(session, deposit)).available == 100
    with clock.travelled(hold.expires_at):
        assert (await balances.now(session, deposit)).available == 500


async def test_as_of_asks_when_it_happened_and_known_at_when_we_knew(
    session: AsyncSession, deposit: Account, bank: Account
) -> None:
    await journal.post(session, a_draft(deposit, 500))
    before = await place(session)
    late = replace(a_draft(deposit, 70), occurred_at=MAY - 3 * DAY)
    await journal.post(session, late)
    after = await place(session)

    for account in (deposit, bank):
        assert await balances.at(session, account, MAY - DAY) == 70
        assert await balances.at(session, account, MAY) == 570
        assert await balances.at(session, account, position=before) == 500
        assert await balances.at(session, account, position=after) == 570
        assert await balances.at(session, account, MAY - DAY, before) == 0
        assert await balances.at(session, account, MAY - DAY, after) == 70
    with pytest.raises(problems.NotKnownYet):
        await balances.at(session, bank, position=after + 1)


async def test_what_was_known_stays_over_many_blocks(
    session: AsyncSession, deposit: Account, bank: Account
) -> None:
    known: dict[int, int] = {}
    for number in range(1, 31):
        await journal.post(session, *(a_draft(deposit, 1) for _ in range(100)))
        known[await place(session)] = 100 * number

    assert max(known) - min(known) >= 2 * positions.BLOCK
    for position, had in known.items():
        assert await balances.at(session, bank, position=position) == had
        assert await balances.at(session, deposit, position=position) == had
    ledger = await session.get_one(Ledger, bank.ledger_id)
    for position, had in known.items():
        asked = TrialBalanceRequest(position=position)
        found = await trial_balances.add_up(session, ledger, asked)
        assert [(row.kind.code, row.closing) for row in found.rows] == [
            ("bank", had),
            ("deposit", had),
        ]


async def test_positions_follow_what_builds_on_what(
    session: AsyncSession, deposit: Account
) -> None:
    draft = a_draft(deposit, 500)
    await journal.post(session, draft)
    # Its id is older than that of the entry that it mirrors: another machine's clock was behind.
    old_id = UUID(int=draft.id.int - (1 << 80))
    reversal = Reversal(draft.id, f"{draft.reference}/back", "A mistake.", MAY, id=old_id)
    await journal.post(session, reversal)
    await place(session)

    rows = await queries.entries(session, PageRequest(), None, draft.reference)
    places = {row.id: row.position for row in rows.items}
    assert (places[draft.id] or 0) + 1 == places[old_id]


async def test_a_moment_leads_to_what_was_known_at_it(
    session: AsyncSession, deposit: Account
) -> None:
    await journal.post(session, a_draft(deposit, 500))
    first = await place(session)
    later = clock.now() + DAY
    with clock.travelled(later):
        await journal.post(session, a_draft(deposit, 500))
        second = await place(session)

    assert await positions.known_at(session, later - timedelta(minutes=1)) == first
    assert await positions.known_at(session, later + timedelta(minutes=1)) == second


async def test_a_statement_goes_on_where_the_page_before_ended(
    session: AsyncSession, deposit: Account
) -> None:
    await journal.post(session, *(a_draft(deposit, amount) for amount in (5, 7, 11)))
    await journal.post(session, a_transfer(deposit, chart.BANK.of(deposit.keeper_id), 3))

    first = await queries.statement(session, deposit, PageRequest(limit=3))
    rest = await queries.statement(session, deposit, PageRequest(after=first.next, limit=3))

    rows = [*first.items, *rest.items]
    assert [(row.debit, row.credit, row.balance) for row in rows] == [
        (0, 5, 5),
        (0, 7, 12),
        (0, 11, 23),
        (3, 0, 20),
    ]
    assert rest.next is None


async def test_a_trial_balance_of_a_period(
    session: AsyncSession, deposit: Account, bank: Account
) -> None:
    for days, amount in ((0, 500), (10, 70), (20, 9)):
        await journal.post(session, replace(a_draft(deposit, amount), occurred_at=MAY + days * DAY))
    await journal.post(session, a_transfer(deposit, bank, 100))
    await place(session)
    ledger = await session.get_one(Ledger, bank.ledger_id)

    asked = TrialBalanceRequest.model_validate(
        {"beginsAt": MAY + 5 * DAY, "endsAt": MAY + 20 * DAY}
    )
    found = await trial_balances.add_up(session, ledger, asked)

    assert [
        (row.kind.code, row.opening, row.debit, row.credit, row.closing) for row in found.rows
    ] == [("bank", 400, 70, 0, 470), ("deposit", 400, 0, 70, 470)]
    assert found.debit == found.credit


async def test_a_story_is_all_under_one_reference(session: AsyncSession, deposit: Account) -> None:
    hold = replace(a_hold(deposit, 4), reference="order/7/reserved")
    await journal.post(
        session,
        *(
            a_draft(deposit, 5, reference=reference)
            for reference in ("order/7/paid", "order/7", "order/77/paid", "order/6")
        ),
        hold,
    )
    await journal.post(session, Void(hold.reference))

    rows = await queries.entries(session, PageRequest(), None, "order/7")
    holds = await queries.holds(session, PageRequest(), None, "order/7")

    assert [row.reference for row in rows.items] == ["order/7/paid", "order/7"]
    assert [(found.reference, found.state) for found in holds.items] == [
        ("order/7/reserved", "voided")
    ]
    assert [line.side for line in rows.items[0].lines] == ["debit", "credit"]


async def test_who_would_settle_what_is_owed_waits_for_whoever_does(database: Database) -> None:
    """Nothing else refuses to credit an account without a limit twice."""
    async with database.work() as session:
        deposit = chart.DEPOSIT.of(await a_keeper(session), new_id())
        owed = chart.RECEIVABLE.of(deposit.keeper_id, new_id())
        await journal.post(session, a_draft(deposit, 10), a_transfer(owed, deposit, 8))

    async def settle() -> int:
        async with database.work() as session:
            found = (await balances.kept(session, owed)).posted
            await journal.post(session, a_transfer(deposit, owed, found))
            return found

    async with database.sessions() as session:
        await balances.kept(session, owed)
        second = asyncio.create_task(settle())
        await asyncio.sleep(0.1)
        assert not second.done()
        await journal.post(session, a_transfer(deposit, owed, 5))
        await session.commit()
    assert await second == 3
