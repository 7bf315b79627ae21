"""Random histories: how an obligation stands is the sum of the book, by both clocks."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import Actor
from app.core.ids import new_id
from app.ledger import journal, positions
from app.ledger.chart import FULFILLED, OWED, PROVISIONAL
from app.ledger.drafts import Draft, credit, debit
from app.obligations import postings, queries
from app.obligations.actions import states
from app.obligations.models import Obligation
from app.obligations.queries.standing import Standing
from tests import make
from tests.make.obligations import a_rule_version, an_obligation

STEPS = 25

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


@dataclass
class History:
    """An obligation to which things happen, some of them told of late."""

    session: AsyncSession
    obligation: Obligation
    chance: random.Random
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
            "claim": now.owed,
            "lapse": now.provisional,
            "approve": now.provisional,
            "revoke": now.fulfilled,
        }
        possible = [what for what, most in options.items() if most > 0]
        what = self.chance.choice(possible)
        cents = self.chance.randint(1, options[what])
        await journal.post(self.session, self._draft(what, cents, now, occurred_at))
        await states.settle_state(self.session, Actor.system("test"), self.obligation)
        self.moments.append(occurred_at)
        self.happened[what] += 1
        if self.chance.random() < 0.5:
            await positions.sequence(self.session)
            self.known.append(await positions.latest(self.session))

    def _draft(self, what: str, cents: int, now: Standing, occurred_at: datetime) -> Draft:
        obligation = self.obligation
        if what == "raise":
            return postings.raised(obligation, cents, now.surplus, new_id(), occurred_at)
        if what == "lower":
            return postings.lowered(obligation, cents, now.owed, new_id(), occurred_at)
        if what == "waive":
            return postings.waived(obligation, cents, new_id(), occurred_at)
        to, of = {
            "claim": (PROVISIONAL, OWED),
            "lapse": (OWED, PROVISIONAL),
            "approve": (FULFILLED, PROVISIONAL),
            "revoke": (OWED, FULFILLED),
        }[what]
        keeper, about = obligation.authority_id, obligation.id
        lines = (
            debit(to.of(keeper, about), cents, about),
            credit(of.of(keeper, about), cents, about),
        )
        return Draft("claim.moved", f"claim/{new_id()}", "A claim", occurred_at, lines)

    async def by_hand(self, moment: datetime | None, position: int | None) -> Standing:
        """Add the lines up, whatever the accounts say."""
        values = {"obligation": self.obligation.id, "moment": moment, "position": position}
        rows = await self.session.execute(LINES, values)
        return Standing(**{row.kind: int(row.cents) for row in rows})


@pytest.mark.parametrize("seed", range(3))
async def test_the_balance_is_the_sum_of_the_book_by_both_clocks(
    session: AsyncSession, seed: int
) -> None:
    authority = await make.an_authority(session)
    await a_rule_version(session, authority)
    contractor = await make.an_organisation(session)
    obligation = await an_obligation(session, authority, contractor)
    history = History(session, obligation, random.Random(seed))  # noqa: S311  What is drawn is only spread.
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
    assert len(history.happened) > 4
