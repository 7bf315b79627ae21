"""Many at once, on real connections: limits hold, nobody meets a deadlock, names are used once."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database, open_database
from app.core.ids import new_id
from app.core.problems import Problem
from app.core.settings import Settings
from app.ledger import chart, journal, problems
from app.ledger.chart import Account
from app.ledger.drafts import AnyDraft, Draft, Extend, Hold, Reversal, Void, credit, debit
from tests.ledger import plain
from tests.make.books import MAY, a_draft, a_hold, a_keeper, a_transfer

SESSIONS = 100


@pytest.fixture
async def hundred(settings: Settings) -> AsyncIterator[Database]:
    """Ways into a database of the test's own for a hundred at once."""
    async with open_database(patient(settings, 100)) as database:
        yield database


@pytest.fixture
async def crowd(settings: Settings) -> AsyncIterator[Database]:
    """Fewer, so that two tests may run at the same time."""
    async with open_database(patient(settings, 40)) as database:
        yield database


def patient(settings: Settings, connections: int) -> Settings:
    return settings.model_copy(update={**plain.PATIENCE, "database_pool_size": connections})


async def post(database: Database, *drafts: AnyDraft) -> journal.Posting | Problem:
    """Post in a transaction of its own; a refusal is an answer, all else a failure."""
    try:
        async with database.work() as session:
            return await journal.post(session, *drafts)
    except Problem as refusal:
        return refusal


async def posted_in(session: AsyncSession, *drafts: AnyDraft) -> journal.Posting | Problem:
    """Post in a session that is there, and end it."""
    async with session:
        try:
            posting = await journal.post(session, *drafts)
        except Problem as refusal:
            return refusal
        await session.commit()
        return posting


async def offer(database: Database, *drafts: AnyDraft) -> journal.Posting:
    async with database.work() as session:
        return await journal.offer(session, *drafts)


async def a_scheme(database: Database) -> Account:
    """A deposit in a scheme of its own."""
    async with database.work() as session:
        return chart.DEPOSIT.of(await a_keeper(session), new_id())


def beside(account: Account) -> Account:
    return chart.UNALLOCATED.of(account.keeper_id, account.owner_id)


WRONG = """
    SELECT a.kind, a.owner_id FROM ledger_accounts a
     WHERE NOT a.limited AND (a.posted, a.held) <> (0, 0)
        OR a.limited AND (a.posted, a.held) <> (
           (SELECT coalesce(sum(CASE WHEN l.side = a.side THEN l.amount ELSE -l.amount END), 0)
              FROM ledger_lines l WHERE l.account_id = a.id),
           (SELECT coalesce(sum(h.quantity), 0) FROM ledger_holds h
             WHERE h.account_id = a.id AND h.state = 'pending'))
    UNION ALL
    SELECT e.reference, e.id FROM ledger_entries e
     WHERE e.line_count <> (SELECT count(*) FROM ledger_lines l WHERE l.entry_id = e.id)
        OR NOT EXISTS (SELECT FROM ledger_references r WHERE r.id = e.id)
        OR NOT EXISTS (SELECT FROM ledger_unsequenced u WHERE u.entry_id = e.id)
           AND NOT EXISTS (SELECT FROM ledger_positions p WHERE p.entry_id = e.id)
    UNION ALL
    SELECT l.entry_id::text, l.ledger_id FROM ledger_lines l
     GROUP BY l.entry_id, l.ledger_id
    HAVING sum(CASE l.side WHEN 'debit' THEN l.amount ELSE -l.amount END) <> 0
"""


async def balance(database: Database, account: Account) -> tuple[int, int]:
    """Prove the books from their rows, and return what an account has and holds."""
    query = sa.text(
        "SELECT posted, held FROM ledger_accounts"
        " WHERE (ledger_id, kind, owner_id) = (:ledger, :kind, :owner)"
    )
    named = {"ledger": account.ledger_id, "kind": account.kind.code, "owner": account.owner_id}
    async with database.reading() as session:
        assert not (await session.execute(sa.text(WRONG))).all()
        posted, held = (await session.execute(query, named)).one()
        return posted, held


async def test_a_hundred_draw_on_one_account(hundred: Database) -> None:
    deposit = await a_scheme(hundred)
    await post(hundred, a_draft(deposit, 1_000))
    amounts = [random.randint(1, 60) for _ in range(3 * SESSIONS)]  # noqa: S311  Not a secret.

    answers = await asyncio.gather(
        *(post(hundred, a_transfer(deposit, beside(deposit), amount)) for amount in amounts)
    )

    refused = [answer for answer in answers if not isinstance(answer, journal.Posting)]
    assert {type(refusal) for refusal in refused} == {problems.LimitReached}
    taken = sum(
        amount
        for amount, answer in zip(amounts, answers, strict=True)
        if isinstance(answer, journal.Posting)
    )
    assert await balance(hundred, deposit) == (1_000 - taken, 0)
    assert await balance(hundred, beside(deposit)) == (taken, 0)
    # Who was refused could not have been served, for nothing came back meanwhile.
    left = [refusal.extra["available"] for refusal in refused]
    assert all(0 <= available < 60 for available in left if isinstance(available, int))


async def test_many_hold_the_same(crowd: Database) -> None:
    deposit = await a_scheme(crowd)
    await post(crowd, a_draft(deposit, 300))

    answers = await asyncio.gather(*(post(crowd, a_hold(deposit, 7)) for _ in range(SESSIONS)))

    counted = Counter(type(answer) for answer in answers)
    assert counted == {journal.Posting: 42, problems.LimitReached: 58}
    assert await balance(crowd, deposit) == (300, 294)


async def test_one_reference_is_entered_once(crowd: Database) -> None:
    deposit = await a_scheme(crowd)
    await post(crowd, a_draft(deposit, 500))
    draft = a_transfer(deposit, beside(deposit), 500)

    answers = await asyncio.gather(
        *(post(crowd, replace(draft, id=new_id())) for _ in range(50)),
        *(offer(crowd, replace(draft, id=new_id()), draft) for _ in range(10)),
    )

    assert {type(answer) for answer in answers} == {journal.Posting}
    outcomes = [outcome for answer in answers for outcome in _outcomes(answer)]
    assert Counter(outcome.replayed for outcome in outcomes) == {False: 1, True: 69}
    assert len({outcome.id for outcome in outcomes}) == 1
    assert await balance(crowd, deposit) == (0, 0)


def _outcomes(answer: journal.Posting | Problem) -> Sequence[journal.Outcome]:
    assert isinstance(answer, journal.Posting), answer
    return answer.outcomes


async def test_many_open_the_same_accounts(crowd: Database) -> None:
    deposit = await a_scheme(crowd)
    projects = [new_id() for _ in range(6)]

    def a_spread() -> Draft:
        order = random.sample(projects, 6)
        draft = a_draft(deposit, 1)
        lines = [credit(chart.DEPOSIT.of(deposit.keeper_id, p), 1, p) for p in order]
        bank = debit(chart.BANK.of(deposit.keeper_id), 6, deposit.owner_id)
        return replace(draft, lines=(bank, *lines))

    answers = await asyncio.gather(*(post(crowd, a_spread()) for _ in range(SESSIONS)))

    assert {type(answer) for answer in answers} == {journal.Posting}
    for project in projects:
        account = chart.DEPOSIT.of(deposit.keeper_id, project)
        assert await balance(crowd, account) == (SESSIONS, 0)


async def test_a_hold_and_its_expiry_race(crowd: Database) -> None:
    """Post a hold and take what it held, just before and just after it expires."""
    deposit = await a_scheme(crowd)
    won: Counter[bool] = Counter()
    for number in range(30):
        hold = a_hold(deposit, 10)
        await post(crowd, a_draft(deposit, 10), hold)
        settling = a_transfer(deposit, beside(deposit), 10, settles=hold.reference)
        taking = a_transfer(deposit, beside(deposit), 10)

        async def take(draft: Draft = taking, late: int = number % 2) -> object:
            await asyncio.sleep(0.001 * late)
            return await post(crowd, draft)

        # Whoever takes sees the hold as expired; the one who settles began a moment before, and
        # is connected already, so that this is when it reads the clock.
        session = crowd.sessions()
        await session.connection()
        first = asyncio.create_task(posted_in(session, settling))
        await asyncio.sleep(0)
        with clock.travelled(hold.expires_at):
            second = asyncio.create_task(take())
            answers = [await first, await second]

        served = [isinstance(answer, journal.Posting) for answer in answers]
        assert served.count(True) == 1, answers
        if not served[0]:
            assert isinstance(answers[0], problems.HoldEnded)
        if not served[1]:
            assert isinstance(answers[1], problems.LimitReached)
        won[served[0]] += 1
        assert await balance(crowd, deposit) == (0, 0)
    assert won[True]


async def test_one_entry_is_reversed_once(crowd: Database) -> None:
    """Also where reversals first meet a limit, and must sweep."""
    deposit = await a_scheme(crowd)
    for _ in range(10):
        draft, hold = a_draft(deposit, 10), a_hold(deposit, 10, minutes=-1)
        await post(crowd, draft)
        await post(crowd, hold)
        reversals = [
            Reversal(draft.id, f"{draft.reference}/reversed/{n}", "A mistake", MAY)
            for n in range(12)
        ]

        answers = await asyncio.gather(*(post(crowd, reversal) for reversal in reversals))

        assert Counter(type(answer) for answer in answers) == {
            journal.Posting: 1,
            problems.ReversedBefore: 11,
        }
        assert await balance(crowd, deposit) == (0, 0)


@asynccontextmanager
async def sequencing(database: Database) -> AsyncIterator[None]:
    """Give positions meanwhile, as the job does."""
    ended = asyncio.Event()

    async def sequence() -> None:
        while not ended.is_set():
            async with database.work() as session:
                await session.execute(sa.select(sa.func.ledger_sequence(clock.now(), 1_000)))
            await asyncio.sleep(0.005)

    task = asyncio.create_task(sequence())
    yield
    ended.set()
    await task


KINDS = (chart.DEPOSIT, chart.UNALLOCATED, chart.PAYABLE, chart.REFUND_DUE, chart.START_PART)
CROWD = 24
ROUNDS = 12


@dataclass
class Anything:
    """Makes drafts of all sorts over a few accounts."""

    accounts: Sequence[Account]
    chance: random.Random = field(default_factory=random.Random)
    names: list[str] = field(default_factory=list)
    entries: list[Draft] = field(default_factory=list)

    def draft(self) -> AnyDraft:
        """Make one."""
        kind = self.chance.choice(["hold", "hold", "void", "extend", "reversal", *["entry"] * 5])
        if kind in {"void", "extend"} and self.names:
            name = self.chance.choice(self.names[-20:])
            return Void(name) if kind == "void" else Extend(name, clock.now() + timedelta(hours=1))
        if kind == "reversal" and self.entries:
            draft = self.chance.choice(self.entries[-20:])
            return Reversal(draft.id, f"test/{new_id()}/reversed", "A mistake", MAY)
        return self._hold() if kind == "hold" else self._entry()

    def _hold(self) -> Hold:
        minutes = self.chance.choice([-1, 30])
        account, amount = self.chance.choice(self.accounts), self.chance.randint(1, 40)
        hold = a_hold(account, amount, minutes=minutes)
        self.names.append(hold.reference)
        return hold

    def _entry(self) -> Draft:
        source, target, third = self.chance.sample(self.accounts, 3)
        settles = self.chance.choice([None, None, *self.names[-5:]])
        draft = a_transfer(source, target, self.chance.randint(1, 40), settles=settles)
        self.entries.append(draft)
        lines = [*draft.lines, debit(source, 1, new_id()), credit(third, 1, new_id())]
        return replace(draft, lines=tuple(self.chance.sample(lines, 4)))


async def test_nobody_sees_a_deadlock(crowd: Database) -> None:
    """Entries in all orders, batches, holds, voids, extensions, reversals and sweeps at once."""
    deposit = await a_scheme(crowd)
    owners = [new_id(), new_id()]
    accounts = [kind.of(deposit.keeper_id, owner) for kind in KINDS for owner in owners]
    await post(crowd, *(a_draft(account, 60) for account in accounts))
    anything = Anything(accounts)

    async def one(number: int) -> None:
        for _ in range(ROUNDS):
            drafts = [anything.draft() for _ in range(anything.chance.choice([1, 1, 4, 12]))]
            await (post if number % 2 else offer)(crowd, *drafts)

    async with sequencing(crowd):
        await asyncio.gather(*map(one, range(CROWD)))

    for account in accounts:
        posted, held = await balance(crowd, account)
        assert 0 <= held <= posted
    async with crowd.reading() as session:
        assert not (await session.execute(sa.text(BELOW_ZERO))).all()


BELOW_ZERO = """
    SELECT * FROM (
        SELECT l.account_id, p.position,
               sum(CASE WHEN l.side = a.side THEN l.amount ELSE -l.amount END)
                   OVER (PARTITION BY l.account_id ORDER BY p.position
                         RANGE UNBOUNDED PRECEDING) AS balance
          FROM ledger_accounts a
          JOIN ledger_lines l ON l.account_id = a.id
          JOIN ledger_positions p ON p.entry_id = l.entry_id
         WHERE a.limited
    ) x WHERE balance < 0
"""


async def test_what_waited_for_another_is_known_after_it(crowd: Database) -> None:
    """Money that came while an entry waited to take it also came first in the books' order."""
    deposit = await a_scheme(crowd)
    await post(crowd, a_draft(deposit, 1), a_draft(beside(deposit), 1))
    await post(crowd, a_transfer(deposit, beside(deposit), 1))
    bringing, taking = a_draft(deposit, 10), a_transfer(deposit, beside(deposit), 10)
    async with crowd.sessions() as session:
        # It keeps what the taking one locks first.
        await journal.post(session, a_draft(beside(deposit), 1))
        task = asyncio.create_task(post(crowd, taking))
        await asyncio.sleep(0.1)
        assert isinstance(await post(crowd, bringing), journal.Posting)
        await session.commit()
    assert isinstance(await task, journal.Posting)

    async with crowd.work() as session:
        await session.execute(sa.select(sa.func.ledger_sequence(clock.now(), 1_000)))
        assert not (await session.execute(sa.text(BELOW_ZERO))).all()


async def test_reversals_of_one_entry_meet_before_they_lock_anything(crowd: Database) -> None:
    """One goes the careful way, which locks accounts first; the other one the fast way."""
    deposit = await a_scheme(crowd)
    fees, wrong = chart.FEE_INCOME.of(deposit.keeper_id), a_draft(deposit, 10)
    await post(crowd, wrong, a_draft(beside(deposit), 1), a_draft(fees, 1))
    first, second = (Reversal(wrong.id, f"{wrong.reference}/{n}", "A mistake", MAY) for n in (1, 2))
    async with crowd.sessions() as session:
        await journal.post(session, a_draft(fees, 1))
        careful = asyncio.create_task(offer(crowd, first, a_transfer(beside(deposit), fees, 1_000)))
        await asyncio.sleep(0.1)
        fast = asyncio.create_task(post(crowd, second))
        await asyncio.sleep(0.1)
        await session.commit()

    answer = await careful
    assert [type(o.refusal) for o in answer.outcomes] == [type(None), problems.LimitReached]
    assert isinstance(await fast, problems.ReversedBefore)
    assert await balance(crowd, deposit) == (0, 0)


async def test_who_prolongs_a_hold_waits_for_its_account(crowd: Database) -> None:
    """Holds are nobody's to lock without their account: that is what keeps their order."""
    deposit = await a_scheme(crowd)
    hold = a_hold(deposit, 5)
    await post(crowd, a_draft(deposit, 10), hold)
    async with crowd.sessions() as session:
        await journal.post(session, a_draft(deposit, 1))
        extending = asyncio.create_task(
            post(crowd, Extend(hold.reference, hold.expires_at + timedelta(days=1)))
        )
        await asyncio.sleep(0.1)
        assert not extending.done()
        await session.commit()
    assert isinstance(await extending, journal.Posting)
