"""Random histories against a model, on real connections.

After every step all balances of the history are compared: stored, summed from the lines, held, the
model's. Entries, holds, positions, order and leaves are compared after every tenth step and at the
end of each history, for they never change once they are there.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.core import clock
from app.core.database import Database, open_database
from app.core.settings import Settings
from app.ledger.drafts import AnyDraft
from tests.ledger import plain, proofs
from tests.ledger.histories import History, later
from tests.ledger.plain import Plain
from tests.ledger.plans import PERIOD, Plan, plans

STEPS = 50
# A kill is dear: whoever connects next plans all of the door anew.
ENDS = [*["commit"] * 9, *["roll back"] * 4, "kill"]


@dataclass
class Stage:
    """Where histories take place: a loop of their own, a database, and a connection to look."""

    loop: asyncio.AbstractEventLoop
    database: Database
    look: Plain
    steps: int = 0

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something to its end."""
        self.loop.run_until_complete(work)


@pytest.fixture
def stage(settings: Settings) -> Iterator[Stage]:
    """A database that only histories see."""
    loop = asyncio.new_event_loop()
    database = open_database(settings.model_copy(update=plain.PATIENCE))
    connecting = plain.connected(settings)
    look = loop.run_until_complete(connecting.__aenter__())
    yield Stage(loop, database, look)
    clock.shift(timedelta(0))
    loop.run_until_complete(connecting.__aexit__(None, None, None))
    loop.run_until_complete(database.close())
    loop.close()


class Histories(RuleBasedStateMachine):
    """Hypothesis chooses what happens next."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.history = History(self.stage.database, self.stage.look)
        self.taken = 0

    @initialize()
    def begin(self) -> None:
        """Open the ledgers."""
        self.stage.run(self.history.begin())

    @rule(plans=plans, together=st.booleans())
    def call(self, plans: list[Plan], together: bool) -> None:  # noqa: FBT001  Hypothesis names it.
        """Call the door with whatever the plans come to."""
        self.step(self.history.call(self.drafts(plans), together=together, stays=False))

    @rule(plans=plans, together=st.booleans())
    def stay(self, plans: list[Plan], together: bool) -> None:  # noqa: FBT001  The same.
        """Do so in a transaction that stays open."""
        self.step(self.history.call(self.drafts(plans), together=together, stays=True))

    @precondition(lambda self: self.history.open)
    @rule(number=st.integers(0, 2), how=st.sampled_from(ENDS))
    def end(self, number: int, how: str) -> None:
        """End an open transaction, which may let another one go on."""
        self.step(self.history.end(number, how))

    @rule(periods=st.integers(1, 3))
    def wait(self, periods: int) -> None:
        """Let holds expire."""
        later(PERIOD * periods)
        self.step(proofs.sequence(self.stage.look))

    def drafts(self, plans: list[Plan]) -> list[AnyDraft]:
        """Write what the plans say; where there is nothing to do, nothing."""
        history, now = self.history, clock.now()
        drafts = [history.world.draft(plan, history.books, now) for plan in plans]
        return [draft for draft in drafts if draft]

    def step(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something, and prove that the books are right."""
        self.stage.run(self._step(work))

    async def _step(self, work: Coroutine[Any, Any, None]) -> None:
        await work
        self.taken += 1
        self.stage.steps += 1
        await proofs.balances_agree(self.history)
        if self.taken % 10 == 0:
            await proofs.everything_agrees(self.history)

    def teardown(self) -> None:
        """Prove the whole history."""
        self.stage.run(self._end())

    async def _end(self) -> None:
        try:
            await self.history.finish()
            await proofs.balances_agree(self.history)
            await proofs.everything_agrees(self.history)
        finally:
            await self.history.give_up()


@pytest.mark.timeout(0)
@pytest.mark.parametrize("half", ["one half", "the other half"])
def test_the_books_agree_with_the_model_after_every_step(stage: Stage, half: str) -> None:
    """10,000 steps in two halves, for two cores; 500,000 with `--hypothesis-profile=long`."""
    assert half
    assert settings.default
    wanted = settings.default.max_examples * 50
    machine = type("Histories", (Histories,), {"stage": stage})

    # Hypothesis ends some histories early: go on until there were enough steps.
    while stage.steps < wanted:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=1 + (wanted - stage.steps) // STEPS,
                stateful_step_count=STEPS,
                phases=set(Phase) - {Phase.explain},
                suppress_health_check=list(HealthCheck),
            ),
        )
