"""The door: what it enters, what it returns, what it refuses."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.ids import new_id
from app.ledger import chart, journal, problems
from app.ledger.chart import Account
from app.ledger.drafts import Draft, Extend, Reversal, Void, credit, debit
from app.ledger.journal import Balance
from tests.make.books import MAY, a_draft, a_hold, a_keeper, a_transfer


@pytest.fixture
async def deposit(session: AsyncSession) -> Account:
    """A project's deposits: empty."""
    return chart.DEPOSIT.of(await a_keeper(session), new_id())


def beside(account: Account) -> Account:
    """Another account of the same keeper."""
    return chart.UNALLOCATED.of(account.keeper_id, account.owner_id)


async def balance(session: AsyncSession, account: Account) -> Balance:
    query = sa.text(
        "SELECT posted, held FROM ledger_accounts"
        " WHERE ledger_id = :ledger AND kind = :kind AND owner_id = :owner"
    )
    row = (
        await session.execute(
            query,
            {
                "ledger": account.ledger_id,
                "kind": account.kind.code,
                "owner": account.owner_id,
            },
        )
    ).one()
    return Balance(row.posted, row.held)


async def entries(session: AsyncSession, reference: str) -> int:
    query = sa.text("SELECT count(*) FROM ledger_entries WHERE reference = :reference")
    return int(await session.scalar(query, {"reference": reference}) or 0)


async def test_an_entry_changes_balances_and_says_them(
    session: AsyncSession, deposit: Account
) -> None:
    posting = await journal.post(session, a_draft(deposit, 500))

    assert posting.balances == {deposit: Balance(500)}
    assert await balance(session, deposit) == Balance(500)


async def test_drafts_of_one_call_are_entered_in_their_order(
    session: AsyncSession, deposit: Account
) -> None:
    first, second = a_draft(deposit, 500), a_transfer(deposit, beside(deposit), 200)

    posting = await journal.post(session, first, second)

    assert posting.ids == (first.id, second.id)
    assert posting.balances == {deposit: Balance(300), beside(deposit): Balance(200)}


async def test_nothing_is_taken_before_it_came(session: AsyncSession, deposit: Account) -> None:
    with pytest.raises(problems.LimitReached):
        await journal.post(
            session, a_transfer(deposit, beside(deposit), 200), a_draft(deposit, 500)
        )


async def test_a_replay_returns_the_first_entry(session: AsyncSession, deposit: Account) -> None:
    draft = a_draft(deposit, 500)
    first = await journal.post(session, draft)

    again = await journal.post(session, replace(draft, id=new_id()))

    assert again.ids == first.ids
    assert [outcome.replayed for outcome in again.outcomes] == [True]
    assert await balance(session, deposit) == Balance(500)
    assert await entries(session, draft.reference) == 1


@pytest.mark.parametrize("what", ["amount", "narration", "kind", "moment", "evidence", "about"])
async def test_a_reference_with_other_content_is_refused(
    session: AsyncSession, deposit: Account, what: str
) -> None:
    draft = a_draft(deposit, 500)
    await journal.post(session, draft)
    other = {
        "amount": a_draft(deposit, 501, reference=draft.reference),
        "narration": replace(draft, narration="Something else"),
        "kind": replace(draft, kind="test.other"),
        "moment": replace(draft, occurred_at=MAY + timedelta(microseconds=1)),
        "evidence": replace(draft, evidence=("file:1",)),
        "about": replace(draft, lines=(draft.lines[0], credit(deposit, 500, new_id()))),
    }[what]

    with pytest.raises(problems.ReferenceReused):
        await journal.post(session, replace(other, id=new_id()))

    assert await balance(session, deposit) == Balance(500)


async def test_the_same_reference_twice_in_a_call_is_entered_once(
    session: AsyncSession, deposit: Account
) -> None:
    draft = a_draft(deposit, 500)

    posting = await journal.post(session, draft, replace(draft, id=new_id()))

    assert posting.ids == (draft.id, draft.id)
    assert await balance(session, deposit) == Balance(500)


async def test_a_limit_refuses_and_leaves_the_transaction_usable(
    session: AsyncSession, deposit: Account
) -> None:
    await journal.post(session, a_draft(deposit, 500))
    draft = a_transfer(deposit, beside(deposit), 501)

    with pytest.raises(problems.LimitReached) as refusal:
        await journal.post(session, draft)

    assert refusal.value.extra == {"account": "deposit", "available": 500}
    assert await entries(session, draft.reference) == 0
    smaller = a_transfer(deposit, beside(deposit), 500)
    await journal.post(session, replace(smaller, reference=draft.reference))
    assert await balance(session, deposit) == Balance(0)


async def test_what_belongs_together_is_refused_together(
    session: AsyncSession, deposit: Account
) -> None:
    await journal.post(session, a_draft(deposit, 500))
    fitting = a_transfer(deposit, beside(deposit), 200)

    with pytest.raises(problems.LimitReached):
        await journal.post(session, fitting, a_transfer(deposit, beside(deposit), 400))

    assert await entries(session, fitting.reference) == 0
    assert await balance(session, deposit) == Balance(500)


async def test_what_is_offered_has_each_its_own_outcome(
    session: AsyncSession, deposit: Account
) -> None:
    await journal.post(session, a_draft(deposit, 500))
    drafts = [a_transfer(deposit, beside(deposit), amount) for amount in (200, 400, 300)]

    posting = await journal.offer(session, *drafts)

    assert posting.ids == (drafts[0].id, None, drafts[2].id)
    assert isinstance(posting.outcomes[1].refusal, problems.LimitReached)
    assert posting.balances[deposit] == Balance(0)


async def test_a_hold_counts_at_once(session: AsyncSession, deposit: Account) -> None:
    await journal.post(session, a_draft(deposit, 500))

    posting = await journal.post(session, a_hold(deposit, 400))

    assert posting.balances[deposit] == Balance(500, held=400)
    with pytest.raises(problems.LimitReached):
        await journal.post(session, a_transfer(deposit, beside(deposit), 101))
    with pytest.raises(problems.LimitReached):
        await journal.post(session, a_hold(deposit, 101))


@pytest.mark.parametrize("amount", [1, 399, 400])
async def test_a_hold_is_posted_whole_or_in_part(
    session: AsyncSession, deposit: Account, amount: int
) -> None:
    hold = a_hold(deposit, 400)
    await journal.post(session, a_draft(deposit, 500), hold)

    await journal.post(
        session, a_transfer(deposit, beside(deposit), amount, settles=hold.reference)
    )

    assert await balance(session, deposit) == Balance(500 - amount)


async def test_no_more_than_is_held_is_posted(session: AsyncSession, deposit: Account) -> None:
    hold = a_hold(deposit, 400)
    await journal.post(session, a_draft(deposit, 500), hold)

    with pytest.raises(problems.HoldDoesNotFit):
        await journal.post(
            session, a_transfer(deposit, beside(deposit), 401, settles=hold.reference)
        )

    assert await balance(session, deposit) == Balance(500, held=400)


async def test_a_hold_ends_once(session: AsyncSession, deposit: Account) -> None:
    hold = a_hold(deposit, 400)
    await journal.post(session, a_draft(deposit, 500), hold)
    posting = a_transfer(deposit, beside(deposit), 400, settles=hold.reference)
    await journal.post(session, posting)

    again = await journal.post(session, replace(posting, id=new_id()))

    assert again.outcomes[0].replayed
    for draft in (
        a_transfer(deposit, beside(deposit), 1, settles=hold.reference),
        Void(hold.reference),
        Extend(hold.reference, clock.now() + timedelta(days=1)),
    ):
        with pytest.raises(problems.HoldPosted):
            await journal.post(session, draft)


async def test_a_voided_hold_gives_back(session: AsyncSession, deposit: Account) -> None:
    hold = a_hold(deposit, 400)
    await journal.post(session, a_draft(deposit, 500), hold)

    await journal.post(session, Void(hold.reference))
    again = await journal.post(session, Void(hold.reference))

    assert again.outcomes[0].replayed
    assert await balance(session, deposit) == Balance(500)
    with pytest.raises(problems.HoldEnded):
        await journal.post(session, a_transfer(deposit, beside(deposit), 1, settles=hold.reference))


async def test_an_expired_hold_stands_in_nobodys_way(
    session: AsyncSession, deposit: Account
) -> None:
    hold = a_hold(deposit, 400)
    await journal.post(session, a_draft(deposit, 500), hold)
    with clock.travelled(hold.expires_at):
        posting = await journal.post(session, a_transfer(deposit, beside(deposit), 450))
        assert posting.balances[deposit] == Balance(50)
        with pytest.raises(problems.HoldEnded):
            await journal.post(
                session, a_transfer(deposit, beside(deposit), 1, settles=hold.reference)
            )


async def test_an_extended_hold_lasts(session: AsyncSession, deposit: Account) -> None:
    hold = a_hold(deposit, 400)
    await journal.post(session, a_draft(deposit, 500), hold)
    await journal.post(session, Extend(hold.reference, hold.expires_at + timedelta(days=5)))
    with clock.travelled(hold.expires_at):
        await journal.post(
            session, a_transfer(deposit, beside(deposit), 400, settles=hold.reference)
        )
    assert await balance(session, deposit) == Balance(100)


async def test_a_hold_of_nobodys_is_refused(session: AsyncSession, deposit: Account) -> None:
    for draft in (Void("test/nothing"), Extend("test/nothing", clock.now())):
        with pytest.raises(problems.NoSuchHold):
            await journal.post(session, draft)
    await journal.post(session, a_draft(deposit, 5))
    with pytest.raises(problems.NoSuchHold):
        await journal.post(session, a_transfer(deposit, beside(deposit), 1, settles="test/nothing"))


def a_reversal(draft: Draft) -> Reversal:
    return Reversal(
        reverses_id=draft.id,
        reference=f"{draft.reference}/reversed",
        narration="It was entered for the wrong project.",
        occurred_at=MAY,
    )


async def test_a_reversal_mirrors_once(session: AsyncSession, deposit: Account) -> None:
    draft = a_draft(deposit, 500)
    await journal.post(session, draft)
    reversal = a_reversal(draft)

    posting = await journal.post(session, reversal)
    again = await journal.post(session, replace(reversal, id=new_id()))

    assert again.ids == posting.ids
    assert again.outcomes[0].replayed
    assert await balance(session, deposit) == Balance(0)
    with pytest.raises(problems.ReversedBefore):
        await journal.post(session, replace(reversal, id=new_id(), reference="test/other"))
    with pytest.raises(problems.ReversalStays):
        await journal.post(
            session,
            replace(reversal, id=new_id(), reference="test/third", reverses_id=reversal.id),
        )
    with pytest.raises(problems.NoSuchEntry):
        await journal.post(
            session, replace(reversal, id=new_id(), reference="test/x", reverses_id=new_id())
        )


async def test_two_reversals_of_one_entry_in_a_call_are_refused(
    session: AsyncSession, deposit: Account
) -> None:
    draft = a_draft(deposit, 500)
    await journal.post(session, draft)
    reversal = a_reversal(draft)

    posting = await journal.offer(
        session, reversal, replace(reversal, id=new_id(), reference="test/other")
    )

    assert posting.ids == (reversal.id, None)
    assert isinstance(posting.outcomes[1].refusal, problems.ReversedBefore)


async def test_a_limit_refuses_a_reversal_too(session: AsyncSession, deposit: Account) -> None:
    draft = a_draft(deposit, 500)
    await journal.post(session, draft, a_transfer(deposit, beside(deposit), 1))

    with pytest.raises(problems.LimitReached):
        await journal.post(session, a_reversal(draft))


async def test_an_entry_may_touch_several_ledgers(session: AsyncSession) -> None:
    scheme_id, authority_id = await a_keeper(session), await a_keeper(session)
    order, obligation, project = new_id(), new_id(), new_id()
    await journal.post(
        session,
        Draft(
            kind="test.imposed",
            reference=f"test/{obligation}",
            narration="An obligation and units",
            occurred_at=MAY,
            lines=(
                debit(chart.OWED.of(authority_id, obligation), 900, obligation),
                credit(chart.IMPOSED.of(authority_id, obligation), 900, obligation),
                debit(chart.OWNED.of(scheme_id, order), 3, order),
                credit(chart.ISSUED.of(scheme_id, project), 3, project),
            ),
        ),
    )
    assert await balance(session, chart.OWNED.of(scheme_id, order)) == Balance(3)


async def test_a_keeper_without_the_book_is_a_bug(session: AsyncSession) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="no ledger"):
        await journal.post(session, a_draft(chart.DEPOSIT.of(new_id(), new_id()), 5))
    await session.rollback()
