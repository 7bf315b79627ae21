"""Payouts to an entrepreneur's account at the provider, which is played over HTTP on loopback."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from app.core.database import open_database
from app.core.settings import Settings
from app.ledger.chart import OUTGOING, PROVIDER_BALANCE
from app.main import create_app
from app.organisations.models import Organisation
from app.payments import actions, queries
from app.payments.fake.server import Player
from app.payments.models import Payment
from tests.conftest import calling, living, served
from tests.orders.conftest import said
from tests.payments.conftest import CLERK, RETURN_URL, Till, spoken_to
from tests.payouts.conftest import REASON, Safe, a_safe


@dataclass(frozen=True, slots=True)
class Counter:
    """A safe whose money comes and goes by the provider."""

    safe: Safe
    till: Till

    async def sell(self, quantity: int) -> None:
        """Have units ordered, and paid by card."""
        order_id = await self.safe.stall.ordered(quantity)
        expected = await self.safe.stall.expect(order_id, way="card", returnUrl=RETURN_URL)
        assert expected.status_code == 201, expected.text
        await self.till.work()
        payment: Payment = await self.till.payment(UUID(expected.json()["id"]))
        await self.happens("pay", payment.checkout_id or "")

    async def happens(self, verb: str, name: str, **given: object) -> None:
        """Let the world outside do something, and hear of it."""
        self.till.happens(verb, name, **given)
        await self.till.bring()
        await self.till.work()

    async def onboard(self) -> None:
        """Let the entrepreneur tell the provider all that it wants to know."""
        seller_id = self.safe.stall.listing.entrepreneur_id
        async with self.till.database.work() as session:
            seller = await session.get_one(Organisation, seller_id)
            await actions.accounts.onboard(session, CLERK, seller, RETURN_URL)
        await self.till.work()
        async with self.till.database.reading() as session:
            account = await queries.accounts.found(session, seller_id)
        assert account is not None
        await self.happens("onboard", account.external_id or "")

    async def approved(self) -> dict[str, Any]:
        """Plan a payout by the provider and have it approved."""
        payout = await self.safe.approved(rail="provider")
        await self.till.bring()
        await self.till.work()
        return payout


@pytest.fixture
async def counter(settings: Settings) -> AsyncIterator[Counter]:
    """A project that is sold by card."""
    player = Player()
    async with served(player.app()) as url:
        spoken = spoken_to(settings, url)
        async with (
            open_database(spoken) as database,
            living(create_app(spoken)) as app,
            calling(app) as client,
        ):
            safe = await a_safe(client, database)
            listing = safe.stall.listing
            till = Till(database, player, client, listing.scheme_id, listing.entrepreneur_id)
            yield Counter(safe, till)


async def test_the_start_part_is_transferred_and_can_be_taken_back(counter: Counter) -> None:
    await counter.sell(108)
    safe, till = counter.safe, counter.till
    unknown = await safe.plan(rail="provider")
    assert [each["code"] for each in unknown.json()["obstacles"]] == ["provider-not-ready"]
    await counter.onboard()

    payout = await counter.approved()

    assert await safe.state(payout["id"]) == "settled"
    assert (payout["iban"], payout["amountCents"]) == (None, 1_306_800)
    assert await till.has(PROVIDER_BALANCE) == till.player.world.balance()
    outgoing = await safe.outgoing(payout)
    assert await safe.stall.pages(f"outgoing/{outgoing.id}") == [
        f"Payout for payout/{payout['id']} sent",
        "Dr payable 1306800",
        "   Cr outgoing 1306800",
        f"Payout for payout/{payout['id']} settled",
        "Dr outgoing 1306800",
        "   Cr provider_balance 1306800",
    ]

    path = f"{safe.scheme}/outgoings/{outgoing.id}/claw-backs"
    assert said(await safe.post(path, safe.planner, REASON))[0] == 409
    assert (await safe.post(path, safe.approver, REASON)).status_code == 202
    await till.bring()
    await till.work()
    assert await safe.state(payout["id"]) == "clawed_back"
    assert (await safe.has())["payable"] == 1_306_800
    given_up = await safe.act(payout["id"], "withholdings")
    assert given_up.status_code == 201, given_up.text
    assert await safe.has() == {
        "start_part": 1_080_000,
        "result_part": 0,
        "vat_sale": 226_800,
        "payable": 0,
    }
    assert await till.has(OUTGOING) == 0
