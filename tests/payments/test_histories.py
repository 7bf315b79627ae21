"""Whatever happens, in whatever order: after every step the books check, and agree with outside."""

import random
from uuid import UUID

import pytest

from app.ledger import positions
from app.ledger.chart import OUTGOING, PROVIDER_BALANCE
from app.ledger.checks import running
from app.payments.fake import leaving
from app.payments.fake.store import Thing
from app.payments.fake.world import NotPossible
from app.payments.models import Way
from tests.payments.conftest import Till
from tests.payments.test_outgoings import an_account, approvers, decided
from tests.payments.test_reconciling import reconciled

STEPS = 60

WAYS = (Way.CARD, Way.IDEAL, Way.SEPA_DEBIT, Way.PROVIDER_TRANSFER)


class History:
    """A till to which anything happens."""

    def __init__(self, till: Till, seed: int) -> None:
        self.till = till
        self.chance = random.Random(seed)  # noqa: S311  It is only spread.

    def one(self, kind: str, **members: object) -> Thing | None:
        """Choose one of the provider's things."""
        found = [
            thing
            for thing in self.till.player.store.all(kind)
            if all(thing.get(name) == value for name, value in members.items())
        ]
        return self.chance.choice(found) if found else None

    async def step(self) -> None:
        """Let something happen, if it can."""
        happens = self.chance.choice(
            (
                *(
                    self._pay,
                    self._pay,
                    self._bank,
                    self._refund,
                    self._refund,
                    self._bounce_refund,
                ),
                *(self._dispute, self._decide, self._pay_out, self._bounce_payout, self._claw_back),
            )
        )
        try:
            await happens()
        except NotPossible:
            return
        events = self.till.player.postman.kept
        self.chance.shuffle(events)
        await self.till.bring()
        await self.till.work()

    async def _pay(self) -> None:
        cents = self.chance.randint(100, 200_000)
        await self.till.paid(self.chance.choice(WAYS), cents)

    async def _bank(self) -> None:
        status = self.chance.choice(["processing", "requires_action"])
        if intent := self.one("payment_intent", status=status):
            succeeds = status != "processing" or self.chance.random() < 0.7
            self.till.happens("bank", intent["id"], succeeds=succeeds)

    async def _refund(self) -> None:
        if intent := self.one("payment_intent", status="succeeded"):
            cents = self.chance.randint(1, intent["amount"])
            await self.till.refund(UUID(intent["metadata"]["baat_id"]), cents)

    async def _bounce_refund(self) -> None:
        if refund := self.one("refund", status="succeeded"):
            self.till.happens("bounce-refund", refund["id"])

    async def _dispute(self) -> None:
        disputed = {dispute["charge"] for dispute in self.till.player.store.all("dispute")}
        charge = self.one("charge", amount_refunded=0)
        if charge and charge["id"] not in disputed:
            self.till.happens("dispute", charge["id"])

    async def _decide(self) -> None:
        if dispute := self.one("dispute", status="needs_response"):
            self.till.happens("decide", dispute["id"], won=self.chance.random() < 0.5)

    async def _pay_out(self) -> None:
        account = await an_account(self.till)
        payout_id = await self.till.payout(account.id, self.chance.randint(1, 60_000))
        approver, _ = await approvers(self.till)
        await decided(self.till, payout_id, "approvals", approver)

    async def _bounce_payout(self) -> None:
        if payout := self.one("payout", status="pending"):
            self.till.happens("bounce-payout", payout["id"])

    async def _claw_back(self) -> None:
        if transfer := self.one("transfer", reversed=False):
            leaving.reverse(self.till.player.world, transfer["id"], {})


@pytest.mark.parametrize("seed", range(2))
async def test_after_every_step_the_books_and_the_provider_agree(till: Till, seed: int) -> None:
    history = History(till, seed)
    for step in range(STEPS):
        await history.step()
        at_provider = await till.has(PROVIDER_BALANCE)
        under_way = await till.has(OUTGOING)
        assert (at_provider, under_way) == (till.player.world.balance(), 0), (seed, step)
    happened = {thing["object"] for thing in till.player.store.things.values()}
    assert happened >= {"charge", "refund", "dispute", "transfer", "transfer_reversal"}
    assert (await reconciled(till)).differences == []
    await positions.sequence_all(till.database)
    async with till.database.snapshot() as session:
        assert [fault async for fault in running.all_faults(session, lambda: None)] == []
