"""Random histories: how an obligation stands is the sum of the book, by both clocks."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import Actor
from app.core.ids import new_id
from app.fulfilments import postings as counting
from app.fulfilments.actions import unwinding
from app.fulfilments.actions.beyond import Beyond
from app.fulfilments.models import Allocation, Fulfilment, FulfilmentKind, FulfilmentState
from app.fulfilments.postings import Back, Revoked, Taken
from app.ledger import journal, positions
from app.ledger.chart import ISSUED, OWNED, Book
from app.ledger.drafts import Draft, credit, debit
from app.obligations import postings, queries
from app.obligations.actions import states
from app.obligations.models import Obligation
from app.obligations.queries.standing import Standing
from tests import make
from tests.make.obligations import a_rule_version, an_obligation

STEPS = 40

LINES = sa.text("""
    SELECT a.kind, sum(CASE WHEN l.side = a.side THEN l.amount ELSE -l.amount END) AS cents
      FROM ledger_lines l
      JOIN ledger_accounts a ON a.id = l.account_id
      JOIN ledger_entries e ON e.id = l.entry_id
      LEFT JOIN ledger_positions p ON p.entry_id = l.entry_id
     WHERE a.owner_id = :obligation
       AND (CAST(:moment AS timestamptz) IS NULL OR e.occurred_at <= :moment)
       AND (CAST(:position AS bigint) IS NULL OR p.position <= :position)
     GROUP BY a.kind
""")


OF_UNITS = {
    "lapse": counting.lapsed,
    "fall short": counting.lowered,
}
"""After these units count no more provisionally, or for less."""


@dataclass
class History:
    """An obligation to which things happen, some of them told of late."""

    session: AsyncSession
    obligation: Obligation
    scheme_id: UUID
    chance: random.Random
    meant: Allocation
    """Units that count provisionally."""
    order_id: UUID
    counted: list[Fulfilment] = field(default_factory=list)
    """What was approved, and still counts."""
    moments: list[datetime] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    async def step(self) -> None:
        """Let something happen that the books allow, up to a month ago."""
        now = await queries.standing.now(self.session, self.obligation)
        occurred_at = clock.now() - timedelta(hours=self.chance.randrange(720))
        options = {
            "raise": 10**6,
            "lower": now.imposed,
            "waive": now.owed,
            "sanction": now.owed,
            "claim": now.owed,
            "lapse": now.provisional,
            "fall short": now.provisional,
            "approve": now.owed + now.provisional,
            "adjust": sum(each.counted_cents > 0 for each in self.counted),
            "revoke": len(self.counted),
        }
        possible = [what for what, most in options.items() if most > 0]
        what = self.chance.choice(possible)
        if self.chance.random() < 0.5:
            # What has happened least, so that each history has something of everything.
            what = min(possible, key=lambda each: self.happened[each])
        # Seldom all there is, so that something is left for what comes later.
        most = options[what] if self.chance.random() < 0.2 else -(-options[what] // 4)
        draft = self._draft(what, self.chance.randint(1, most), now, occurred_at)
        await journal.post(self.session, draft)
        await states.settle_state(self.session, Actor.system("test"), self.obligation)
        after = await queries.standing.now(self.session, self.obligation)
        assert not (after.surplus and after.owed), what
        assert after.owed <= after.imposed
        self.moments.append(occurred_at)
        self.happened[what] += 1
        if self.chance.random() < 0.5:
            await positions.sequence(self.session)
            self.known.append(await positions.latest(self.session))

    def _draft(self, what: str, cents: int, now: Standing, occurred_at: datetime) -> Draft:
        if what in {"approve", "adjust", "revoke"}:
            return self._of_fulfilment(what, cents, now, occurred_at)
        obligation, keeper = self.obligation, self.obligation.authority_id
        if what == "claim" or what in OF_UNITS:
            self.meant.entries += 1
            if what == "claim":
                return counting.provisional(self.meant, keeper, cents, occurred_at)
            back = Back(cents, min(cents, now.surplus))
            return OF_UNITS[what](self.meant, keeper, back, occurred_at)
        if what == "raise":
            return postings.raised(obligation, cents, now.surplus, new_id(), occurred_at)
        if what == "lower":
            return postings.lowered(obligation, cents, now.owed, new_id(), occurred_at)
        close = {"waive": postings.waived, "sanction": postings.sanctioned}[what]
        return close(obligation, cents, new_id(), occurred_at)

    def _of_fulfilment(self, what: str, cents: int, now: Standing, occurred_at: datetime) -> Draft:
        if what == "approve":
            provisional = self.chance.randint(0, now.provisional)
            cents = min(cents, now.owed + provisional)
            cents = now.owed + provisional if self.chance.random() < 0.2 else cents
            # There is a surplus of a claim only where it takes all that is open.
            over = 70_001 if cents == now.owed + provisional else 0
            back = min(now.surplus, max(0, provisional - cents))
            taken = Taken(cents, over, provisional, back)
            made = self._approved(taken)
            self.counted.append(made)
            return counting.approved(made, self.scheme_id, taken, occurred_at)
        found = self.chance.choice(self.counted)
        if what == "revoke":
            units = self.chance.randint(1, found.counted_units)
            gone = unwinding.take_off(found, units, Beyond(now.surplus))
            if not found.counted_units:
                self.counted.remove(found)
            return counting.revoked(found, self.scheme_id, gone, occurred_at)
        found = self.chance.choice([each for each in self.counted if each.counted_cents])
        less = self.chance.randint(1, found.counted_cents)
        surplus = min(less, now.surplus)
        found.lowered_cents += less
        found.report_id = new_id()
        return counting.adjusted(found, Revoked(0, less, surplus), occurred_at)

    def _approved(self, taken: Taken) -> Fulfilment:
        """A fulfilment of some of the order's units, as it is when it was approved."""
        return Fulfilment(
            id=new_id(),
            kind=FulfilmentKind.RIKX,
            state=FulfilmentState.APPROVED,
            authority_id=self.obligation.authority_id,
            obligation_id=self.obligation.id,
            order_id=self.order_id,
            quantity_units=self.chance.randint(1, 9),
            value_cents=taken.cents + taken.surplus_cents,
            surplus_cents=taken.surplus_cents,
            lowered_cents=0,
            revoked_units=0,
            revoked_cents=0,
            revoked_surplus_cents=0,
        )

    async def by_hand(self, moment: datetime | None, position: int | None) -> Standing:
        """Add the lines up, whatever the accounts say."""
        values = {"obligation": self.obligation.id, "moment": moment, "position": position}
        rows = await self.session.execute(LINES, values)
        return Standing(**{row.kind: int(row.cents) for row in rows})


async def a_history(session: AsyncSession, seed: int) -> History:
    """An obligation, and an order with many units that may count for it."""
    authority = await make.an_authority(session)
    await a_rule_version(session, authority)
    contractor = await make.an_organisation(session)
    obligation = await an_obligation(session, authority, contractor)
    scheme, order_id, project_id = await make.a_scheme(session), new_id(), new_id()
    await journal.open_ledger(session, scheme.id, Book.IMPACT)
    lines = (
        debit(OWNED.of(scheme.id, order_id), 1_000, order_id),
        credit(ISSUED.of(scheme.id, project_id), 1_000, order_id),
    )
    bought = Draft("test.bought", f"order/{order_id}/paid", "Bought", clock.now(), lines)
    await journal.post(session, bought)
    meant = Allocation(id=new_id(), order_id=order_id, obligation_id=obligation.id, entries=0)
    chance = random.Random(seed)  # noqa: S311  What is drawn is only spread.
    return History(session, obligation, scheme.id, chance, meant, order_id)


@pytest.mark.parametrize("seed", range(3))
async def test_the_balance_is_the_sum_of_the_book_by_both_clocks(
    session: AsyncSession, seed: int
) -> None:
    history = await a_history(session, seed)
    obligation = history.obligation
    for _ in range(STEPS):
        await history.step()

    asked = [
        (None, None),
        (datetime(2020, 1, 1, tzinfo=UTC), None),
        *((moment, None) for moment in history.moments[::4]),
        *((None, position) for position in history.known[::3]),
        *zip(history.moments[::5], history.known[::2], strict=False),
    ]
    for moment, position in asked:
        found = await queries.standing.at(session, obligation, moment, position)
        assert found == await history.by_hand(moment, position), (moment, position)
        left = found.imposed + found.surplus
        right = found.owed + found.provisional + found.fulfilled + found.waived + found.sanctioned
        assert left == right
    # What still counts is what the fulfilments say that were approved, and not revoked since.
    now = await queries.standing.now(session, obligation)
    assert now.fulfilled == sum(each.counted_cents for each in history.counted)
    assert len(history.happened) > 8, history.happened
