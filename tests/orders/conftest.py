"""A project on the market before the test begins, and companies that may buy it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.settings import Settings
from app.ledger import balances, chart
from app.ledger.chart import Account
from app.ledger.journal import Balance
from app.organisations.models import Organisation, Role
from app.payments.actions import receipts
from app.payments.facts import Arrival
from app.payments.models import Outgoing, Payment
from app.payments.queries import payments
from app.projects.models import Listing, Project, RoundState
from tests import make
from tests.conftest import Cluster, Furnished, furnished
from tests.make import Member
from tests.make.bank import a_bank_account, a_bank_number
from tests.make.orders import Buyer, a_buyer
from tests.make.payments import jobs_done


@dataclass(frozen=True, slots=True)
class Stall:
    """120 units of EUR 100 for sale, 108 of which make the project start; and who is there."""

    client: httpx.AsyncClient
    database: Database
    listing: Listing
    buyer: Buyer
    other: Buyer
    entrepreneur: Member
    operator: Member

    def by(self, headers: dict[str, str], organisation_id: UUID | None = None) -> Member:
        """Let a machine act for the buyer, or try to for another organisation."""
        organisation_id = organisation_id or self.buyer.organisation.id
        return replace(self.buyer.clerk, headers=headers, organisation_id=organisation_id)

    async def order(
        self,
        quantity: int = 10,
        by: Member | None = None,
        key: str | None = None,
        **more: Any,  # noqa: ANN401  JSON.
    ) -> httpx.Response:
        """Order units."""
        by = by or self.buyer.clerk
        return await self.client.post(
            f"/v1/organisations/{by.organisation_id}/orders",
            json={
                "projectId": str(self.listing.project_id),
                "quantityUnits": quantity,
                "payBy": "online",
                **more,
            },
            headers={**by.headers, "Idempotency-Key": key or str(new_id())},
        )

    async def ordered(self, quantity: int = 10, **more: Any) -> UUID:  # noqa: ANN401  As `order`.
        """Order units, and give the order's id."""
        answer = await self.order(quantity, **more)
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])

    async def act(
        self, order_id: UUID, what: str, by: Member | None = None, **body: object
    ) -> httpx.Response:
        """Do something about an order, with a reason."""
        by = by or self.buyer.clerk
        return await self.client.post(
            f"/v1/orders/{order_id}/{what}",
            json={"reason": "As agreed.", **body},
            headers={**by.headers, "Idempotency-Key": str(new_id())},
        )

    async def expect(self, order_id: UUID, **body: object) -> httpx.Response:
        """Begin to pay an order: by bank, if nothing else is said."""
        return await self.client.post(
            f"/v1/orders/{order_id}/payments",
            json=body or {"way": "bank"},
            headers={**self.buyer.clerk.headers, "Idempotency-Key": str(new_id())},
        )

    async def pay(self, order_id: UUID, cents: int | None = None, **more: Any) -> None:  # noqa: ANN401  Facts.
        """Let a bank transfer come in for an order: all of it, or so many cents."""
        answer = await self.expect(order_id)
        payment_id = answer.json()["id" if answer.is_success else "paymentId"]
        await self.bring(UUID(payment_id), cents, **more)

    async def bring(self, payment_id: UUID, cents: int | None = None, **more: Any) -> None:  # noqa: ANN401  Facts.
        """Let money come in for a payment, and let everybody hear of it."""
        async with self.database.work() as session:
            payment = await payments.locked(session, payment_id)
            facts = {"payer_name": "Maas B.V.", "payer_iban": "NL91ABNA0417164300", **more}
            arrival = Arrival(
                scheme_id=payment.scheme_id,
                rail=payment.way.rail,
                external_id=f"test/{new_id()}",
                amount_cents=payment.amount_cents if cents is None else cents,
                received_at=clock.now(),
                **facts,
            )
            await receipts.take(session, arrival, payment)
        await jobs_done(self.database)

    async def state(self, order_id: UUID) -> str:
        """Read how an order stands."""
        answer = await self.client.get(f"/v1/orders/{order_id}", headers=self.buyer.clerk.headers)
        state: str = answer.json()["state"]
        return state

    async def payments(self, order_id: UUID) -> list[UUID]:
        """Find the payments of an order, oldest first."""
        async with self.database.reading() as session:
            query = sa.select(Payment.id).where(Payment.purpose == f"order/{order_id}")
            return list(await session.scalars(query.order_by(Payment.id)))

    async def outgoings(self, order_id: UUID) -> list[tuple[int, str]]:
        """Read how much goes back for an order, and how far it is."""
        async with self.database.reading() as session:
            query = sa.select(Outgoing).where(Outgoing.purpose == f"order/{order_id}")
            found = await session.scalars(query.order_by(Outgoing.id))
            return [(outgoing.amount_cents, outgoing.status) for outgoing in found]

    async def project_state(self) -> str:
        """Read how the project stands."""
        async with self.database.reading() as session:
            project = await session.get_one(Project, self.listing.project_id)
            return project.state

    async def pages(self, prefix: str) -> list[str]:
        """Print what was entered in the books under references that begin so."""
        async with self.database.reading() as session:
            return await printed(session, prefix)

    @property
    def for_sale(self) -> Account:
        """Where its units are."""
        return chart.FOR_SALE.of(self.listing.scheme_id, self.listing.project_id)

    async def balance(self, account: Account) -> Balance:
        """What an account has now."""
        async with self.database.reading() as session:
            return await balances.now(session, account)

    async def change(self, statement: str, **values: object) -> None:
        """Change a row straight in the database."""
        async with self.database.work() as session:
            await session.execute(sa.text(statement), values)


@dataclass(frozen=True, slots=True)
class People:
    """A project on the market, and who is there."""

    listing: Listing
    buyer: Buyer
    other: Buyer
    entrepreneur: Member
    operator: Member

    def stall(self, client: httpx.AsyncClient, database: Database) -> Stall:
        """Let a test act with them."""
        who = (self.buyer, self.other, self.entrepreneur, self.operator)
        return Stall(client, database, self.listing, *who)


async def people(session: AsyncSession, terms: dict[str, Any] | None = None) -> People:
    """Put a project on the market, and let two companies come."""
    scheme = await make.a_scheme(session, policy=terms or make.TERMS)
    in_round = await make.a_round(session, scheme, state=RoundState.ON_SALE)
    listing = await make.a_listing(session, in_round)
    seller = await session.get_one(Organisation, listing.entrepreneur_id)
    operator = await session.get_one(Organisation, scheme.operator_id)
    await a_bank_account(session, scheme, a_bank_number())
    return People(
        listing,
        await a_buyer(session, scheme),
        await a_buyer(session, scheme, "Ingenieurs Oost"),
        await make.a_member(session, Role.APPROVER, seller),
        await make.a_member(session, Role.APPROVER, operator),
    )


async def a_stall(
    session: AsyncSession,
    client: httpx.AsyncClient,
    database: Database,
    terms: dict[str, Any] | None = None,
) -> Stall:
    """Put a project on the market, by other terms perhaps."""
    return (await people(session, terms)).stall(client, database)


@pytest.fixture(scope="session")
async def market(cluster: Cluster) -> AsyncIterator[Furnished[People]]:
    """A project on the market, made once."""
    async with furnished(cluster, people) as there:
        yield there


@pytest.fixture
async def settings(
    cluster: Cluster, market: Furnished[People], tmp_path: Path
) -> AsyncIterator[Settings]:
    """The settings of an installation of the test's own, in which the market stands."""
    async with cluster.clone(market.name) as name:
        yield cluster.settings(name, tmp_path)


@pytest.fixture
def stall(client: httpx.AsyncClient, database: Database, market: Furnished[People]) -> Stall:
    """A project on the market."""
    return market.world.stall(client, database)


async def printed(session: AsyncSession, prefix: str) -> list[str]:
    """Print journal pages, in the order in which they were entered; ids are left out."""
    rows = await session.execute(
        sa.text(
            "SELECT e.narration, l.side, a.kind, l.amount FROM ledger_entries e"
            " JOIN ledger_lines l ON l.entry_id = e.id"
            " JOIN ledger_accounts a ON a.id = l.account_id"
            " WHERE e.reference LIKE :prefix || '%' ORDER BY e.id, l.position"
        ),
        {"prefix": prefix},
    )
    pages: list[str] = []
    for narration, side, kind, amount in rows:
        if narration not in pages:
            pages.append(narration)
        pages.append(f"{'Dr' if side == 'debit' else '   Cr'} {kind} {amount}")
    return pages


def said(answer: httpx.Response) -> tuple[int, str | None]:
    """Give the status of an answer, and why it refuses."""
    return answer.status_code, answer.json()["type"] if answer.is_error else None
