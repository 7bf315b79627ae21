"""What happens to orders and their money, outside and in here, one thing after another."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.orders.actions import ending, expiring
from app.orders.models import Order, OrderState
from app.organisations.models import Organisation, Role
from app.payments.fake.delivery import signed
from app.payments.fake.server import CONTROLS, SECRET, Player
from app.payments.fake.store import Thing
from app.payments.fake.world import NotPossible
from app.payments.models import Outgoing, OutgoingStatus, Payment, Rail, Way
from app.payouts.actions import freezing
from app.projects.models import RoundState
from app.schemes.models import Scheme
from tests import make
from tests.make import Member
from tests.make.bank import a_bank_account, a_bank_number
from tests.make.payments import jobs_done
from tests.make.statements import Detail, Line, a_debit, a_payment
from tests.orders.conftest import Stall, a_stall
from tests.payments.banking import Desk

WAYS = (Way.CARD, Way.IDEAL, Way.SEPA_DEBIT, Way.PROVIDER_TRANSFER)
RETURN_URL = "http://127.0.0.1/back"
DATES = ("plans_open_at", "plans_close_at", "scores_due_at", "sale_begins_at", "sale_ends_at")


@dataclass
class History:
    """Two projects on the market, their buyers, their banks and the provider."""

    database: Database
    client: httpx.AsyncClient
    player: Player
    stall: Stall = field(init=False)
    desk: Desk = field(init=False)
    other_project_id: UUID = field(init=False)
    """Of another round, whose sale goes on."""
    is_stopped: bool = False
    balance_cents: int = 0
    """At the bank, by its statements."""
    statements: int = 0
    happened: list[str] = field(default_factory=list)

    async def begin(self, terms: dict[str, Any]) -> None:
        """Put two projects on a market of their own."""
        self.player.store.things.clear()
        self.player.store.answers.clear()
        self.player.postman.kept.clear()
        async with self.database.work() as session:
            self.stall = await a_stall(session, self.client, self.database, terms)
            listing = self.stall.listing
            scheme = await session.get_one(Scheme, listing.scheme_id)
            operator = await session.get_one(Organisation, scheme.operator_id)
            later = await make.a_round(session, scheme, state=RoundState.ON_SALE)
            self.other_project_id = (await make.a_listing(session, later)).project_id
            self.iban = a_bank_number()
            account = await a_bank_account(session, scheme, self.iban)
            self.desk = Desk(
                database=self.database,
                client=self.client,
                scheme_id=scheme.id,
                account_id=account.id,
                payer_id=self.stall.buyer.organisation.id,
                entrepreneur_id=listing.entrepreneur_id,
                admission_id=new_id(),
                member=await make.a_member(session, Role.MEMBER, operator),
                approver=self.stall.operator,
                second=await make.a_member(session, Role.APPROVER, operator),
            )

    async def done(self, what: str) -> None:
        """Bring all events, do all jobs, and say what happened."""
        self.happened.append(what)
        await jobs_done(self.database)
        while self.player.postman.kept:
            for event in list(self.player.postman.kept):
                body, headers = signed(event, SECRET)
                answer = await self.client.post("/webhooks/stripe", content=body, headers=headers)
                assert answer.status_code == 204, answer.text
                self.player.postman.kept.remove(event)
            await jobs_done(self.database)
        if self.is_stopped:
            await freezing.keep_frozen(self.database)

    async def orders(self, *states: OrderState) -> list[Order]:
        """List the orders in these states, or all; oldest first."""
        query = sa.select(Order).where(Order.scheme_id == self.desk.scheme_id)
        if states:
            query = query.where(Order.state.in_(states))
        async with self.database.reading() as session:
            return list(await session.scalars(query.order_by(Order.id)))

    async def payments(self, rail: Rail) -> list[Payment]:
        """List what is or was expected on a rail; oldest first."""
        query = sa.select(Payment).where(Payment.scheme_id == self.desk.scheme_id)
        async with self.database.reading() as session:
            found = await session.scalars(query.order_by(Payment.id))
            return [payment for payment in found if payment.way.rail is rail]

    async def outgoings(self, *statuses: OutgoingStatus) -> list[Outgoing]:
        """List what leaves by bank and is so far; oldest first."""
        query = sa.select(Outgoing).where(
            Outgoing.scheme_id == self.desk.scheme_id,
            Outgoing.rail == Rail.BANK,
            Outgoing.status.in_(statuses),
        )
        async with self.database.reading() as session:
            return list(await session.scalars(query.order_by(Outgoing.id)))

    def things(self, kind: str, **members: object) -> list[Thing]:
        """List the provider's things."""
        return [
            thing
            for thing in reversed(list(self.player.store.all(kind)))
            if all(thing.get(name) == value for name, value in members.items())
        ]

    async def order(self, units: int, *, by_other: bool, elsewhere: bool = False) -> None:
        """Order units, perhaps of the other project."""
        by = (self.stall.other if by_other else self.stall.buyer).clerk
        there = {"projectId": str(self.other_project_id)} if elsewhere else {}
        answer = await self.stall.order(units, by, **there)
        await self.done(f"order {units}{' elsewhere' if there else ''}: {answer.status_code}")

    async def buy(self, units: int, way: Way, *, by_other: bool, elsewhere: bool = False) -> None:
        """Order units, and pay for them at once: by bank, or on the provider's page."""
        before = {order.id for order in await self.orders()}
        await self.order(units, by_other=by_other, elsewhere=elsewhere)
        for order in await self.orders(OrderState.RESERVED):
            if order.id not in before:
                await self.begin_to_pay(order, way)
                payment = (await self.payments(way.rail))[-1]
                if way is Way.BANK:
                    await self.transfer(payment, payment.amount_cents)
                else:
                    await self.happens("pay", self.things("checkout.session")[-1])

    def clerk_of(self, order: Order) -> Member:
        """Find who ordered it."""
        clerks = (self.stall.buyer.clerk, self.stall.other.clerk)
        return next(one for one in clerks if one.organisation_id == order.buyer_id)

    async def begin_to_pay(self, order: Order, way: Way) -> None:
        """Begin to pay an order in some way."""
        clerk = self.clerk_of(order)
        body = {"way": way} if way is Way.BANK else {"way": way, "returnUrl": RETURN_URL}
        answer = await self.client.post(
            f"/v1/orders/{order.id}/payments",
            json=body,
            headers={**clerk.headers, "Idempotency-Key": str(new_id())},
        )
        await self.done(f"begin to pay by {way}: {answer.status_code}")

    async def happens(self, verb: str, thing: Thing, **given: object) -> None:
        """Let the world outside do something at the provider, if it can."""
        try:
            CONTROLS[verb](self.player.world, thing["id"], **given)
        except NotPossible as error:
            self.happened.append(f"{verb} was not possible: {error}")
            return
        await self.done(f"{verb} {given or ''}")

    async def transfer(self, payment: Payment, cents: int) -> None:
        """Let a transfer for a payment come in at the bank."""
        line = a_payment(_euros(cents), payment.creditor_reference or "")
        await self.bank_says(cents, line)
        await self.done(f"transfer {cents} for {payment.amount_cents}")

    async def bank_says(self, cents: int, *lines: Line) -> None:
        """Import the next statement of the bank."""
        self.statements += 1
        opening, self.balance_cents = self.balance_cents, self.balance_cents + cents
        reference = [
            Line(**{**line.__dict__, "bank_reference": f"B{self.statements}-{number}"})
            for number, line in enumerate(lines)
        ]
        await self.desk.bank_says(
            *reference,
            opening=_euros(opening),
            iban=self.iban,
            number=str(self.statements),
            sequence=self.statements,
        )

    async def send(self, outgoing: Outgoing) -> None:
        """Approve a refund that leaves by bank, give the bank its file, and let it pay."""
        path = f"outgoings/{outgoing.id}/approvals"
        if outgoing.status is OutgoingStatus.PLANNED:
            # The desk's first approver is who refunds.
            answer = await self.desk.post(path, {}, by=self.desk.second)
            assert answer.status_code == 201, answer.text
        answer = await self.desk.batch(outgoing.id)
        assert answer.status_code == 201, answer.text
        debit = a_debit(_euros(outgoing.amount_cents), outgoing.id.hex)
        await self.bank_says(-outgoing.amount_cents, debit)
        await self.done(f"the bank pays {outgoing.amount_cents}")

    async def bounce(self, outgoing: Outgoing) -> None:
        """Let what the bank paid come back."""
        amount = _euros(outgoing.amount_cents)
        back = Detail(amount, end_to_end_id=outgoing.id.hex, returned="AC04")
        await self.bank_says(outgoing.amount_cents, Line(amount, details=(back,)))
        await self.done(f"the bank brings {outgoing.amount_cents} back")

    async def refund(self, order: Order, units: int | None) -> None:
        """Refund units of an order, or all that it has left."""
        more = {} if units is None else {"quantityUnits": units}
        answer = await self.stall.act(order.id, "refunds", self.stall.operator, **more)
        await self.done(f"refund {units or 'all'} of {order.quantity_units}: {answer.status_code}")

    async def cancel(self, order: Order) -> None:
        """Take an order back."""
        clerk = self.clerk_of(order)
        answer = await self.stall.act(order.id, "cancellations", clerk)
        await self.done(f"cancel: {answer.status_code}")

    async def expire(self, order: Order) -> None:
        """Let the time to pay an order be over."""
        async with self.database.work() as session:
            await session.execute(
                sa.update(Order).where(Order.id == order.id).values(reserved_until=clock.now())
            )
        await expiring.expire_due(self.database)
        await self.done("the time to pay is over")

    async def end_sale(self, days: int) -> None:
        """Let the sale be over, for so many days more each time."""
        moved = ", ".join(f"{name} = {name} - make_interval(days => :days)" for name in DATES)
        await self.stall.change(
            f"UPDATE rounds SET state = 'ended', {moved} WHERE id = :id",  # noqa: S608  Our own.
            days=days,
            id=self.stall.listing.round_id,
        )
        await ending.end_due(self.database)
        await self.done(f"the sale is over, {days} days later")

    async def reallocate(self, order: Order) -> None:
        """Let a buyer move an order to the other project."""
        body = {"projectId": str(self.other_project_id)}
        path = f"/v1/orders/{order.id}/reallocations"
        answer = await self._post(path, body, self.clerk_of(order))
        await self.done(f"move {order.remaining_units}: {answer.status_code}")

    async def stop(self) -> None:
        """Stop the project."""
        path = f"/v1/projects/{self.stall.listing.project_id}/stops"
        answer = await self._post(path, {}, self.stall.operator)
        self.is_stopped |= answer.is_success
        await self.done(f"stop: {answer.status_code}")

    async def remedy(self, wanted: dict[str, Any], decision: str) -> None:
        """Propose what becomes of the stopped project's money, and decide about it."""
        path = f"/v1/projects/{self.stall.listing.project_id}/remedies"
        proposed = await self._post(path, wanted, self.desk.member)
        said = [proposed.status_code]
        if proposed.is_success:
            path = f"{path}/{proposed.json()['id']}/decisions"
            for kind in (decision, "rejected"):
                decided = await self._post(path, {"kind": kind}, self.stall.operator)
                said.append(decided.status_code)
                if decided.is_success:
                    break
        await self.done(f"{wanted} is {decision}: {said}")

    async def _post(self, path: str, body: dict[str, Any], by: Member) -> httpx.Response:
        answer = await self.client.post(
            path,
            json=body if "projectId" in body else {"reason": "As agreed.", **body},
            headers={**by.headers, "Idempotency-Key": str(new_id())},
        )
        assert not answer.is_server_error, answer.text
        return answer


def _euros(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"
