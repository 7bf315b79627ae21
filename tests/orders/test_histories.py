"""Random histories of orders and their money: after every step everything adds up.

In every run some dozens of steps; `scripts/chaos.py histories` takes as many as you like.
"""

import asyncio
import os
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import httpx
import pytest
import stripe
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.core.database import Database, open_database
from app.core.settings import Settings
from app.main import create_app
from app.orders.models import Order, OrderState
from app.payments.fake.server import Player
from app.payments.models import OutgoingStatus, Rail, Way
from tests import make
from tests.conftest import calling, living, served
from tests.orders import proofs
from tests.orders.histories import WAYS, History
from tests.payments.conftest import spoken_to

STEPS = 25
"""Of a history, at most."""

LONGEST_SECONDS = 15.0
"""Of one step."""

WANTED = int(os.environ.get("BAAT_HISTORY_STEPS", "40"))
"""Of all histories together."""

TERMS = [
    make.terms(refundedUnits=refunded, saleVat=vat)
    for refunded in ("for-sale", "annulled")
    for vat in (make.CHARGED, make.TERMS["saleVat"])
]

SOLD = (OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.DISPUTED)

ELSEWHERE = st.sampled_from([False, False, False, True])
"""Most of it is about one project."""

REMEDIES = [
    *({"kind": "pro-rata-release", "releasePercent": percent} for percent in (0, 40, 100)),
    {"kind": "refund"},
    {"kind": "substitute-project"},
]


class Begins(Enum):
    """How a history begins: with nothing sold, or so much by card and by bank."""

    OPEN = auto()
    FUNDED = auto()
    STOPPED = auto()
    MISSED = auto()

    @property
    def units(self) -> tuple[int, int]:
        """How many units are bought by card, and how many by bank."""
        return {Begins.OPEN: (0, 0), Begins.MISSED: (30, 20)}.get(self, (58, 50))


@dataclass
class Stage:
    """Where histories take place: a loop of their own, an application, and who plays Stripe."""

    loop: asyncio.AbstractEventLoop
    database: Database
    client: httpx.AsyncClient
    player: Player
    steps: int = 0
    seen: int = 0
    """Up to this position the books are checked."""

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something to its end."""
        self.loop.run_until_complete(work)


@pytest.fixture
def stage(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """An application that only histories use."""
    monkeypatch.setattr(stripe.HTTPXClient, "INITIAL_DELAY", 0.01)
    loop, stack, player = asyncio.new_event_loop(), AsyncExitStack(), Player()

    async def opened() -> tuple[Database, httpx.AsyncClient]:
        url = await stack.enter_async_context(served(player.app()))
        chosen = spoken_to(settings, url).model_copy(update={"stripe_timeout_seconds": 30.0})
        database = await stack.enter_async_context(open_database(chosen))
        app = await stack.enter_async_context(living(create_app(chosen)))
        return database, await stack.enter_async_context(calling(app))

    yield Stage(loop, *loop.run_until_complete(opened()), player)
    loop.run_until_complete(stack.aclose())
    loop.close()


class Histories(RuleBasedStateMachine):
    """Hypothesis chooses what happens next."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.history = History(self.stage.database, self.stage.client, self.stage.player)
        self.begins = Begins.OPEN
        self.ended = 0

    @initialize(terms=st.sampled_from(TERMS), begins=st.sampled_from(Begins))
    def begin(self, terms: dict[str, Any], begins: Begins) -> None:
        """Put projects on the market, and perhaps let one be funded or miss its threshold."""
        self.stage.run(self.history.begin(terms))
        self.begins = begins
        by_card, by_bank = begins.units
        if by_card:
            self.step(self.history.buy(by_card, Way.CARD, by_other=False))
            self.step(self.history.buy(by_bank, Way.BANK, by_other=True))
        if begins is Begins.STOPPED:
            self.step(self.history.stop())
        if begins is Begins.MISSED:
            self.ended = 1
            self.step(self.history.end_sale(26))

    @rule(units=st.integers(1, 60), by_other=st.booleans(), elsewhere=ELSEWHERE)
    def order(self, units: int, by_other: bool, elsewhere: bool) -> None:  # noqa: FBT001  Hypothesis names it.
        """Order units."""
        self.step(self.history.order(units, by_other=by_other, elsewhere=elsewhere))

    @rule(way=st.sampled_from([*WAYS, Way.BANK]), which=st.integers(0, 3))
    def begin_to_pay(self, way: Way, which: int) -> None:
        """Begin to pay an order."""
        self.with_order(
            which, OrderState.RESERVED, then=lambda o: self.history.begin_to_pay(o, way)
        )

    @rule(
        units=st.integers(1, 60),
        way=st.sampled_from([*WAYS, Way.BANK]),
        by_other=st.booleans(),
        elsewhere=ELSEWHERE,
    )
    def buy(self, units: int, way: Way, by_other: bool, elsewhere: bool) -> None:  # noqa: FBT001  The same.
        """Order units, and pay for them at once."""
        self.step(self.history.buy(units, way, by_other=by_other, elsewhere=elsewhere))

    @rule(which=st.integers(0, 3), declines=st.booleans())
    def pay(self, which: int, declines: bool) -> None:  # noqa: FBT001  The same.
        """Let a payer do their part on the provider's page, or be refused there."""
        verb = "decline" if declines and which == 3 else "pay"
        self.with_thing("checkout.session", which, verb, status="open")

    @rule(which=st.integers(0, 3), succeeds=st.booleans())
    def arrive(self, which: int, succeeds: bool) -> None:  # noqa: FBT001  The same.
        """Let a debit or a transfer at the provider arrive, or bounce."""
        for status in ("processing", "requires_action"):
            if self.history.things("payment_intent", status=status):
                succeeds = succeeds or status == "requires_action"
                self.with_thing("payment_intent", which, "bank", status=status, succeeds=succeeds)
                return

    @rule(which=st.integers(0, 3), percent=st.sampled_from([100, 100, 100, 40, 60, 130]))
    def transfer(self, which: int, percent: int) -> None:
        """Let all, a part or too much come in by bank, also late or again."""
        payments = self.found(self.history.payments(Rail.BANK))
        if payments:
            payment = payments[-1 - which % len(payments)]
            cents = payment.amount_cents * percent // 100
            self.step(self.history.transfer(payment, cents))

    @rule(which=st.integers(0, 3))
    def expire(self, which: int) -> None:
        """Let an order's time to pay be over."""
        self.with_order(which, OrderState.RESERVED, then=self.history.expire)

    @rule(which=st.integers(0, 3))
    def cancel(self, which: int) -> None:
        """Take an order back, now and then."""
        if which == 0:
            self.with_order(-1, OrderState.RESERVED, then=self.history.cancel)

    @rule(which=st.integers(0, 3), units=st.none() | st.integers(1, 12))
    def refund(self, which: int, units: int | None) -> None:
        """Refund an order, whole or some of its units."""
        self.with_order(which, *SOLD, then=lambda o: self.history.refund(o, units))

    @rule(which=st.integers(0, 3))
    def dispute(self, which: int) -> None:
        """Let a payer dispute what they paid at the provider."""
        disputed = {dispute["charge"] for dispute in self.history.things("dispute")}
        charges = [one for one in self.history.things("charge") if one["id"] not in disputed]
        if charges:
            self.step(self.history.happens("dispute", charges[which % len(charges)]))

    @rule(which=st.integers(0, 3), won=st.booleans())
    def decide(self, which: int, won: bool) -> None:  # noqa: FBT001  The same.
        """Let the bank decide about a dispute."""
        self.with_thing("dispute", which, "decide", status="needs_response", won=won)

    @rule(which=st.integers(0, 3))
    def bounce_refund(self, which: int) -> None:
        """Let a refund of the provider's come back."""
        self.with_thing("refund", which, "bounce-refund", status="succeeded")

    @rule(which=st.integers(0, 3))
    def send(self, which: int) -> None:
        """Let a refund leave by bank."""
        waiting = (OutgoingStatus.PLANNED, OutgoingStatus.APPROVED)
        outgoings = self.found(self.history.outgoings(*waiting))
        if outgoings:
            self.step(self.history.send(outgoings[which % len(outgoings)]))

    @rule(which=st.integers(0, 3))
    def bounce(self, which: int) -> None:
        """Let a refund by bank come back."""
        outgoings = self.found(self.history.outgoings(OutgoingStatus.SETTLED))
        if outgoings:
            self.step(self.history.bounce(outgoings[which % len(outgoings)]))

    @precondition(lambda self: self.ended < 2)
    @rule(now=st.integers(0, 9))
    def end_sale(self, now: int) -> None:
        """End the sale, and later the time to choose another project."""
        if now == 0:
            self.ended += 1
            self.step(self.history.end_sale(26 if self.ended == 1 else 14))

    @precondition(lambda self: self.ended == 1)
    @rule(which=st.integers(0, 3))
    def reallocate(self, which: int) -> None:
        """Let a buyer move what missed its threshold to the other project."""
        self.with_order(which, *SOLD, then=self.history.reallocate)

    @precondition(lambda self: self.begins is Begins.FUNDED and not self.history.is_stopped)
    @rule()
    def stop(self) -> None:
        """Stop the project."""
        self.step(self.history.stop())

    @precondition(lambda self: self.history.is_stopped)
    @rule(remedy=st.sampled_from(REMEDIES), decision=st.sampled_from(["approved", "rejected"]))
    def remedy(self, remedy: dict[str, Any], decision: str) -> None:
        """Decide what becomes of the money of the stopped project."""
        if remedy["kind"] == "substitute-project":
            remedy = {**remedy, "substituteProjectId": str(self.history.other_project_id)}
        self.step(self.history.remedy(remedy, decision))

    def with_order(self, which: int, *states: OrderState, then: Any) -> None:  # noqa: ANN401  A coroutine's.
        """Do something to one of the orders in these states, if there is one."""
        orders: list[Order] = self.found(self.history.orders(*states))
        if orders:
            self.step(then(orders[which % len(orders)]))

    def with_thing(self, kind: str, which: int, verb: str, *, status: str, **given: object) -> None:
        """Let something happen to one of the provider's things, if there is one."""
        things = self.history.things(kind, status=status)
        if things:
            self.step(self.history.happens(verb, things[which % len(things)], **given))

    def found(self, question: Coroutine[Any, Any, list[Any]]) -> list[Any]:
        """Ask something."""
        return self.stage.loop.run_until_complete(question)

    def step(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something, and prove that everything still holds."""
        self.stage.run(self._step(work))

    async def _step(self, work: Coroutine[Any, Any, None]) -> None:
        async with asyncio.timeout(LONGEST_SECONDS):
            await work
        self.stage.steps += 1
        self.stage.seen = await proofs.everything_holds(self.history, self.stage.seen)


@pytest.mark.timeout(0)
def test_after_every_step_everything_adds_up(stage: Stage) -> None:
    machine = type("Histories", (Histories,), {"stage": stage})

    # Hypothesis ends some histories early: go on until there were enough steps.
    while stage.steps < WANTED:
        run_state_machine_as_test(
            machine,
            settings=settings(
                # The first one is the simplest there is, in which nothing happens.
                max_examples=2 + (WANTED - stage.steps) // STEPS,
                stateful_step_count=STEPS,
                # What happened is told whole: to look for less of it takes longer than to read it.
                phases={Phase.explicit, Phase.reuse, Phase.generate},
                suppress_health_check=list(HealthCheck),
            ),
        )
