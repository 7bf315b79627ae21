"""A scheme and a payer, and somebody who plays Stripe, over real HTTP on loopback."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
import stripe
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database, open_database
from app.core.events import Actor
from app.core.ids import new_id
from app.core.settings import Settings
from app.ledger import balances
from app.ledger.chart import Kind
from app.main import create_app
from app.payments import actions
from app.payments.actions.outgoings import Planned, ToPayment, ToProviderAccount
from app.payments.actions.payments import Wanted
from app.payments.fake.delivery import signed
from app.payments.fake.server import CONTROLS, KEY, SECRET, Player
from app.payments.fake.store import Thing
from app.payments.models import Outgoing, OutgoingKind, Payment, ProviderAccount, Receipt, Way
from tests import make
from tests.conftest import calling, living, served
from tests.payments.banking import Desk, arranged

CLERK = Actor.system("test")
RETURN_URL = "http://127.0.0.1/back"


@dataclass(frozen=True, slots=True)
class Till:
    """A scheme that takes money, its provider, and what a test asks about them."""

    database: Database
    player: Player
    client: httpx.AsyncClient
    scheme_id: UUID
    payer_id: UUID

    async def expect(self, way: Way = Way.CARD, cents: int = 100_000) -> UUID:
        """Expect a payment for an order."""
        async with self.database.work() as session:
            wanted = Wanted(
                scheme_id=self.scheme_id,
                payer_id=self.payer_id,
                purpose=f"project/{new_id()}",
                amount_cents=cents,
                way=way,
                description="10 RIKX of DAM Nederland",
                expires_at=clock.now() + timedelta(minutes=30),
                return_url=None if way is Way.BANK else RETURN_URL,
            )
            return (await actions.payments.expect(session, CLERK, wanted)).id

    async def started(self, way: Way = Way.CARD, cents: int = 100_000) -> tuple[UUID, str]:
        """Expect a payment, and have its checkout open; say the payment's and the checkout's id."""
        payment_id = await self.expect(way, cents)
        await self.work()
        checkout_id = (await self.payment(payment_id)).checkout_id
        assert checkout_id is not None
        return payment_id, checkout_id

    async def paid(self, way: Way = Way.CARD, cents: int = 100_000) -> UUID:
        """Have a payment paid, its events brought and all jobs done."""
        payment_id, checkout_id = await self.started(way, cents)
        self.happens("pay", checkout_id)
        await self.bring()
        await self.work()
        return payment_id

    def happens(self, verb: str, *names: str, **given: object) -> Thing:
        """Let the world outside do something."""
        return CONTROLS[verb](self.player.world, *names, **given)

    async def work(self) -> None:
        """Do all jobs."""
        await make.jobs_done(self.database)

    async def send(self, event: Thing, secret: str = SECRET) -> httpx.Response:
        """Send an event as the provider does."""
        body, headers = signed(event, secret)
        return await self.client.post("/webhooks/stripe", content=body, headers=headers)

    async def bring(self) -> None:
        """Send every event that was kept, in order."""
        for event in self.player.postman.kept:
            assert (await self.send(event)).status_code == 204
        self.player.postman.kept.clear()

    async def payment(self, payment_id: UUID) -> Payment:
        """Read a payment."""
        async with self.database.reading() as session:
            return await session.get_one(Payment, payment_id)

    async def outgoing(self, outgoing_id: UUID) -> Outgoing:
        """Read an outgoing."""
        async with self.database.reading() as session:
            return await session.get_one(Outgoing, outgoing_id)

    async def receipts(self, payment_id: UUID) -> list[Receipt]:
        """Read what came for a payment."""
        query = sa.select(Receipt).where(Receipt.payment_id == payment_id).order_by(Receipt.id)
        async with self.database.reading() as session:
            return list(await session.scalars(query))

    async def has(self, kind: Kind, owner_id: UUID | None = None) -> int:
        """Say how many cents an account of the scheme's has."""
        async with self.database.reading() as session:
            return (await balances.now(session, kind.of(self.scheme_id, owner_id))).posted

    async def refund(self, payment_id: UUID, cents: int = 100_000) -> UUID:
        """Plan a refund the same way back, of money that is owed."""
        async with self.database.work() as session:
            payment = await session.get_one(Payment, payment_id)
            outgoing = await actions.outgoings.plan(session, CLERK, self._planned(payment, cents))
            await make.owed(session, outgoing)
            return outgoing.id

    def _planned(self, payment: Payment, cents: int) -> Planned:
        return Planned(
            scheme_id=self.scheme_id,
            kind=OutgoingKind.REFUND,
            purpose=payment.purpose,
            account_owner_id=self.payer_id,
            amount_cents=cents,
            to=ToPayment(payment.id),
            description="Refund",
        )

    async def payout(self, account_id: UUID, cents: int = 40_000) -> UUID:
        """Plan a transfer to an entrepreneur, of money that is owed."""
        async with self.database.work() as session:
            account = await session.get_one(ProviderAccount, account_id)
            outgoing = await actions.outgoings.plan(
                session,
                CLERK,
                Planned(
                    scheme_id=self.scheme_id,
                    kind=OutgoingKind.PAYOUT,
                    purpose=f"payout/{new_id()}",
                    account_owner_id=account.organisation_id,
                    amount_cents=cents,
                    to=ToProviderAccount(account.id),
                    description="Start part",
                ),
            )
            await make.owed(session, outgoing)
            return outgoing.id


async def furnished(session: AsyncSession) -> tuple[UUID, UUID]:
    """A scheme and a payer."""
    scheme = await make.a_scheme(session)
    payer = await make.an_organisation(session, "Bouwbedrijf De Maas B.V.")
    return scheme.id, payer.id


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the client try again at once."""
    monkeypatch.setattr(stripe.HTTPXClient, "INITIAL_DELAY", 0.01)


@pytest.fixture
async def player() -> Player:
    """Somebody who plays Stripe, and keeps the events."""
    return Player()


@pytest.fixture
async def provider_url(player: Player) -> AsyncIterator[str]:
    """Where they do it."""
    async with served(player.app()) as address:
        yield address


def spoken_to(settings: Settings, url: str) -> Settings:
    """The settings of an installation whose provider is played."""
    return Settings.model_validate(
        {
            **settings.model_dump(),
            "stripe_key": KEY,
            "stripe_webhook_secret": SECRET,
            "stripe_url": url,
            "stripe_requests_per_second": 1_000.0,
            "stripe_timeout_seconds": 0.5,
        }
    )


@pytest.fixture
async def till(settings: Settings, player: Player, provider_url: str) -> AsyncIterator[Till]:
    """A scheme that takes money."""
    settings = spoken_to(settings, provider_url)
    async with (
        open_database(settings) as database,
        living(create_app(settings)) as app,
        calling(app) as client,
    ):
        async with database.work() as session:
            scheme_id, payer_id = await furnished(session)
        yield Till(database, player, client, scheme_id, payer_id)


@pytest.fixture
async def desk(database: Database, client: httpx.AsyncClient) -> Desk:
    """An operator with an account at a bank."""
    return await arranged(database, client)
