"""The door under odd calls: the edges of numbers, of arrays and of what one call may hold."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.money import LARGEST_AMOUNT
from app.ledger import chart, journal, problems
from app.ledger.chart import Account
from app.ledger.drafts import AnyDraft, Draft, Extend, Reversal, Void, credit, debit
from app.ledger.journal import Balance
from tests.ledger import plain
from tests.ledger.plain import Plain
from tests.make.books import MAY, a_draft, a_hold, a_keeper, a_transfer


@pytest.fixture
async def deposit(session: AsyncSession) -> Account:
    """A project's deposits: 500."""
    account = chart.DEPOSIT.of(await a_keeper(session), new_id())
    await journal.post(session, a_draft(account, 500))
    return account


def beside(account: Account) -> Account:
    return chart.UNALLOCATED.of(account.keeper_id, account.owner_id)


async def stored(session: AsyncSession, account: Account) -> tuple[Balance, int, int]:
    """Read a balance, and what the lines and the holds say about it."""
    query = sa.text(
        "SELECT posted, held, (SELECT sum(CASE WHEN l.side = a.side THEN amount ELSE -amount END)"
        " FROM ledger_lines l WHERE account_id = a.id), (SELECT coalesce(sum(quantity), 0) FROM"
        " ledger_holds WHERE account_id = a.id AND state = 'pending') FROM ledger_accounts a"
        " WHERE ledger_id = :ledger AND kind = :kind AND owner_id = :owner"
    )
    named = {"ledger": account.ledger_id, "kind": account.kind.code, "owner": account.owner_id}
    posted, held, lines, pending = (await session.execute(query, named)).one()
    return Balance(posted, held), int(lines), int(pending)


def refusals(posting: journal.Posting) -> list[type | None]:
    return [type(outcome.refusal) if outcome.refusal else None for outcome in posting.outcomes]


async def test_a_draft_sent_again_as_it_was_is_a_replay(
    session: AsyncSession, deposit: Account
) -> None:
    draft, hold = a_draft(deposit, 7), a_hold(deposit, 7)
    reversal = Reversal(draft.id, f"{draft.reference}/reversed", "A mistake", MAY)
    for drafts in ((draft,), (hold,), (draft, hold), (reversal,), (reversal, draft)):
        await journal.post(session, *drafts)
        again = await journal.post(session, *drafts)
        assert [outcome.replayed for outcome in again.outcomes] == [True] * len(drafts)
        assert again.ids == tuple(draft.id for draft in drafts)
    assert await stored(session, deposit) == (Balance(500, 7), 500, 7)


async def test_the_very_same_draft_twice_in_a_call_is_entered_once(
    session: AsyncSession, deposit: Account
) -> None:
    draft = a_draft(deposit, 7)

    posting = await journal.post(session, draft, draft)

    assert [outcome.replayed for outcome in posting.outcomes] == [False, True]
    assert await stored(session, deposit) == (Balance(507), 507, 0)


async def test_a_name_of_a_refused_draft_is_left_out_with_it(
    session: AsyncSession, deposit: Account
) -> None:
    draft = a_transfer(deposit, beside(deposit), 501)

    posting = await journal.offer(session, draft, replace(draft, id=new_id()))

    assert refusals(posting) == [problems.LimitReached, problems.LeftOut]
    assert posting.ids == (None, None)


async def test_the_largest_amounts_add_up(session: AsyncSession) -> None:
    scheme = await a_keeper(session)
    account, many = chart.DEPOSIT.of(scheme, new_id()), 4_000
    lines = [credit(account, LARGEST_AMOUNT, account.owner_id) for _ in range(many)]
    lines += [debit(chart.BANK.of(scheme), LARGEST_AMOUNT, account.owner_id) for _ in range(many)]
    draft = replace(a_draft(account, 1), lines=tuple(lines))

    await journal.post(session, draft)

    balance = Balance(many * LARGEST_AMOUNT)
    assert await stored(session, account) == (balance, balance.posted, 0)


async def test_a_balance_beyond_all_numbers_is_refused(session: AsyncSession) -> None:
    scheme = await a_keeper(session)
    account = chart.DEPOSIT.of(scheme, new_id())
    lines = [credit(account, LARGEST_AMOUNT, account.owner_id) for _ in range(4_000)]
    lines += [debit(chart.BANK.of(scheme), LARGEST_AMOUNT, account.owner_id) for _ in range(4_000)]
    drafts = [replace(a_draft(account, 1), lines=tuple(lines)) for _ in range(3)]
    await journal.post(session, *drafts[:2])

    with pytest.raises(sa.exc.DBAPIError) as refusal:
        async with session.begin_nested():
            await journal.post(session, drafts[2])

    assert getattr(refusal.value.orig, "sqlstate", None) == "22003"
    assert (await stored(session, account))[0] == Balance(8_000 * LARGEST_AMOUNT)


@pytest.mark.timeout(60)
async def test_a_thousand_drafts_fit_in_a_call(session: AsyncSession, deposit: Account) -> None:
    drafts: list[AnyDraft] = [a_transfer(deposit, beside(deposit), 1) for _ in range(1_000)]

    posting = await journal.offer(session, *drafts)

    assert refusals(posting) == [None] * 500 + [problems.LimitReached] * 500
    assert posting.balances == {deposit: Balance(0), beside(deposit): Balance(500)}
    assert await stored(session, beside(deposit)) == (Balance(500), 500, 0)


async def test_drafts_without_a_limit_change_no_balance(session: AsyncSession) -> None:
    scheme, order = await a_keeper(session), new_id()
    draft = Draft(
        kind="test.moved",
        reference=f"test/{order}",
        narration="To the bank",
        occurred_at=MAY,
        lines=(
            debit(chart.BANK.of(scheme), 5, order),
            credit(chart.PROVIDER_BALANCE.of(scheme), 5, order),
        ),
    )

    posting = await journal.post(session, draft)

    assert posting.balances == {}
    assert await stored(session, chart.BANK.of(scheme)) == (Balance(0), 5, 0)


CONSEQUENCES: list[tuple[str, list[type | None], Balance]] = [
    ("post post", [None, problems.HoldPosted], Balance(490)),
    ("post void", [None, problems.HoldPosted], Balance(490)),
    ("post extend", [None, problems.HoldPosted], Balance(490)),
    ("void post", [None, problems.HoldEnded], Balance(500)),
    ("void void", [None, None], Balance(500)),
    ("void extend", [None, problems.HoldEnded], Balance(500)),
    ("extend post", [None, None], Balance(490)),
    ("extend void", [None, None], Balance(500)),
    ("extend extend", [None, None], Balance(500, 100)),
    ("toomuch post", [problems.HoldDoesNotFit, None], Balance(490)),
]


@pytest.mark.parametrize(("words", "expected", "balance"), CONSEQUENCES)
@pytest.mark.parametrize("others", [0, 300])
async def test_a_hold_is_used_again_in_the_same_call(  # noqa: PLR0913  A table's columns.
    session: AsyncSession,
    deposit: Account,
    words: str,
    expected: list[type | None],
    balance: Balance,
    others: int,
) -> None:
    hold = a_hold(deposit, 100)
    await journal.post(session, hold)
    if others:
        await journal.post(session, a_hold(deposit, others))
    used: dict[str, AnyDraft] = {
        "post": a_transfer(deposit, beside(deposit), 10, settles=hold.reference),
        "toomuch": a_transfer(deposit, beside(deposit), 101, settles=hold.reference),
        "void": Void(hold.reference),
        "extend": Extend(hold.reference, hold.expires_at + timedelta(days=1)),
    }
    drafts = [
        replace(draft, id=new_id(), reference=f"{draft.reference}/{number}")
        if isinstance(draft, Draft)
        else draft
        for number, draft in enumerate(used[word] for word in words.split())
    ]

    posting = await journal.offer(session, *drafts)

    assert refusals(posting) == expected
    held = balance.held + others
    assert await stored(session, deposit) == (Balance(balance.posted, held), balance.posted, held)


async def test_a_hold_is_not_ended_in_the_call_that_makes_it(
    session: AsyncSession, deposit: Account
) -> None:
    hold = a_hold(deposit, 100)

    posting = await journal.offer(session, hold, Void(hold.reference))

    assert refusals(posting) == [None, problems.NoSuchHold]
    assert await stored(session, deposit) == (Balance(500, 100), 500, 100)


async def test_the_reversal_of_what_settled_a_hold_does_not_hold_again(
    session: AsyncSession, deposit: Account
) -> None:
    hold = a_hold(deposit, 100)
    draft = a_transfer(deposit, beside(deposit), 60, settles=hold.reference)
    await journal.post(session, hold)
    await journal.post(session, draft)

    await journal.post(session, Reversal(draft.id, f"{draft.reference}/reversed", "A mistake", MAY))

    assert await stored(session, deposit) == (Balance(500), 500, 0)
    with pytest.raises(problems.HoldPosted):
        await journal.post(session, Void(hold.reference))


async def test_a_clock_that_goes_back_revives_no_hold_that_was_swept(
    session: AsyncSession, deposit: Account
) -> None:
    hold = a_hold(deposit, 400)
    await journal.post(session, hold)
    with clock.travelled(hold.expires_at):
        await journal.post(session, a_transfer(deposit, beside(deposit), 450))

    with pytest.raises(problems.HoldEnded):
        await journal.post(session, a_transfer(deposit, beside(deposit), 1, settles=hold.reference))

    assert await stored(session, deposit) == (Balance(50), 50, 0)


async def test_a_clock_that_goes_back_lets_a_hold_live_that_nobody_swept(
    session: AsyncSession, deposit: Account
) -> None:
    hold = a_hold(deposit, 400)
    await journal.post(session, hold)
    with clock.travelled(hold.expires_at), pytest.raises(problems.HoldEnded):
        await journal.post(session, Extend(hold.reference, clock.now() + timedelta(days=1)))

    with clock.travelled(clock.now() - timedelta(days=365)):
        await journal.post(
            session, a_transfer(deposit, beside(deposit), 400, settles=hold.reference)
        )

    assert await stored(session, deposit) == (Balance(100), 100, 0)


@pytest.fixture
async def application(shared_database: Database) -> AsyncIterator[Plain]:
    """Plain SQL as the application's role, taken back."""
    async with plain.rolled_back(shared_database.settings) as connection:
        yield connection


@pytest.fixture
async def account(application: Plain) -> Account:
    """A project's deposits, of a scheme that this connection alone sees."""
    scheme = new_id()
    await application.execute(
        "SELECT ledger_open($1, $2, 'money', now())",
        chart.ledger_id(scheme, chart.Book.MONEY),
        scheme,
    )
    account = chart.DEPOSIT.of(scheme, new_id())
    await application.execute(plain.call([a_draft(account, 500)]))
    return account


ODD_LINES: dict[str, dict[str, Any]] = {
    "a line of no draft": {"l_draft": [1, 2]},
    "a line before the first draft": {"l_draft": [0, 1]},
    "a line of nobody": {"l_draft": [1, None]},
    "fewer drafts' numbers than lines": {"l_draft": [1]},
    "one amount more": {"l_amount": [5, 5, 5]},
    "one amount less": {"l_amount": [5]},
    "amounts that begin at zero": {"l_amount": "'[0:1]={5,5}'::bigint[]"},
    "amounts in two dimensions": {"l_amount": "'{{5,5}}'::bigint[]"},
    "no amounts": {"l_amount": []},
    "no array of amounts": {"l_amount": "NULL"},
    "an amount of nothing": {"l_amount": [5, None]},
    "no side": {"l_debit": [True, None]},
    "no sides": {"l_debit": [None, None]},
    "no owner": {"l_owner": "array_fill(NULL::uuid, ARRAY[2])"},
    "no ledger": {"l_ledger": "array_fill(NULL::uuid, ARRAY[2])"},
    "no kind": {"l_kind": [None, None]},
    "no place": {"l_position": [1, None]},
    "the same place twice": {"l_position": [1, 1]},
    "a place beyond the last": {"l_position": [1, 3]},
    "nothing that it is about": {"l_about": [None, None]},
}

ODD_DRAFTS: dict[str, dict[str, Any]] = {
    "an operation that is none": {"d_op": ["give"]},
    "no operation": {"d_op": [None]},
    "no drafts at all, but lines": {
        f"d_{name}": f"'{{}}'::{kind}[]" for name, kind in plain.DRAFTS.items()
    },
    "no arrays at all": {f"d_{name}": "NULL" for name in plain.DRAFTS},
    "more lines than came": {"d_lines": [3]},
    "fewer lines than came": {"d_lines": [1]},
    "no number of lines": {"d_lines": [None]},
    "drafts that begin at zero": {
        f"d_{name}": f"array_fill(NULL::{kind}, ARRAY[1], ARRAY[0])"
        for name, kind in plain.DRAFTS.items()
    },
    "an entry that says it reverses": {"d_reverses": [new_id()]},
    "a reversal of nothing": {"d_op": ["reversal"]},
    "a reversal that brings lines": {"d_op": ["reversal"], "d_reverses": [new_id()]},
    "a hold of two lines": {"d_op": ["hold"], "d_expires_at": ["2030-01-01Z"]},
    "a void of nothing": {"d_op": ["void"]},
    "a void with lines": {"d_op": ["void"], "d_hold": ["test/x"]},
    "no id": {"d_id": [None]},
    "no reference": {"d_reference": [None]},
    "no kind": {"d_kind": [None]},
    "no narration": {"d_narration": [None]},
    "no moment": {"d_occurred_at": [None]},
    "no evidence": {"d_evidence": [None]},
    "two references": {"d_reference": ["test/a", "test/b"]},
}

REFUSED = {"22023", "22004", "23502", "23503", "23505", "23514"}


@pytest.mark.parametrize("odd", [*ODD_LINES.items(), *ODD_DRAFTS.items()], ids=lambda odd: odd[0])
async def test_an_odd_call_changes_nothing(
    application: Plain, account: Account, odd: tuple[str, dict[str, Any]]
) -> None:
    before = await everything(application, account)

    with pytest.raises(asyncpg.PostgresError) as refusal:
        async with application.transaction():
            await application.fetch(plain.call([a_draft(account, 5)], **odd[1]))

    assert refusal.value.sqlstate in REFUSED
    assert await everything(application, account) == before


async def everything(connection: Plain, account: Account) -> list[Any]:
    query = (
        "SELECT a.kind, posted, held, (SELECT count(*) FROM ledger_lines WHERE account_id = a.id)"
        " FROM ledger_accounts a WHERE ledger_id = $1 ORDER BY 1"
    )
    counts = (
        "SELECT (SELECT count(*) FROM ledger_entries), (SELECT count(*) FROM ledger_holds),"
        " (SELECT count(*) FROM ledger_references), (SELECT count(*) FROM ledger_unsequenced)"
    )
    return [*await connection.fetch(query, account.ledger_id), *await connection.fetch(counts)]


async def test_lines_are_counted_for_each_draft(application: Plain, account: Account) -> None:
    drafts = [a_draft(account, 5), a_draft(account, 5)]
    for odd in ({"l_draft": [1, 1, 1, 1]}, {"l_draft": [1, 1, 1, 2]}):
        with pytest.raises(asyncpg.PostgresError) as refusal:
            async with application.transaction():
                await application.fetch(plain.call(drafts, together=False, **odd))
        assert refusal.value.sqlstate == "22023"


async def test_a_hold_on_what_has_no_limit_is_refused(application: Plain, account: Account) -> None:
    call = plain.call([a_hold(account, 5)], l_kind=["bank"], l_owner=[account.keeper_id])

    with pytest.raises(asyncpg.PostgresError) as refusal:
        await application.fetch(call)

    assert refusal.value.sqlstate == "22023"


@pytest.mark.parametrize("amount", [0, -5, LARGEST_AMOUNT + 1, 2**63 - 1])
async def test_an_amount_that_is_none_is_refused(
    application: Plain, account: Account, amount: int
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await application.fetch(plain.call([a_draft(account, 5)], l_amount=[amount, amount]))
