"""An operator with an account at a bank: what it uploads, and what becomes of it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from app.core import clock
from app.core.database import Database
from app.core.events import Actor
from app.core.ids import new_id
from app.ledger import balances
from app.ledger.chart import Kind
from app.organisations.models import Organisation, Role
from app.payments import actions
from app.payments.actions.outgoings import Planned, ToBankAccount
from app.payments.models import (
    BankTransaction,
    Outgoing,
    OutgoingKind,
    OutgoingStatus,
    Payment,
    Receipt,
    Way,
)
from app.schemes.models import Admission, CheckKind, Scheme
from tests import make
from tests.make import Member
from tests.make.bank import a_bank_account
from tests.make.statements import OUR_IBAN, THEIR_IBAN, Line, a_statement

CLERK = Actor.system("test")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the operator's people deal with the bank."""

    database: Database
    client: httpx.AsyncClient
    scheme_id: UUID
    account_id: UUID
    payer_id: UUID
    entrepreneur_id: UUID
    admission_id: UUID
    member: Member
    approver: Member
    second: Member

    @property
    def path(self) -> str:
        """Where all of it is."""
        return f"/v1/schemes/{self.scheme_id}"

    async def upload(
        self, content: bytes, path: str = "bank-statements", name: str = "a.xml"
    ) -> httpx.Response:
        """Send a file of the bank's."""
        return await self.client.post(
            f"{self.path}/{path}",
            content=content,
            headers={
                **self.member.headers,
                "Content-Type": "application/xml",
                "Content-Disposition": f'attachment; filename="{name}"',
            },
        )

    async def bank_says(self, *lines: Line, **more: Any) -> httpx.Response:  # noqa: ANN401  Those of a statement.
        """Import a statement, and have all jobs done."""
        answer = await self.upload(a_statement(*lines, **more))
        assert answer.status_code == 201, answer.text
        await make.jobs_done(self.database)
        return answer

    async def post(
        self, path: str, body: dict[str, Any], by: Member | None = None
    ) -> httpx.Response:
        """Do something as an approver, once, and have all jobs done."""
        headers = {**(by or self.approver).headers, "Idempotency-Key": new_id().hex}
        answer = await self.client.post(f"{self.path}/{path}", json=body, headers=headers)
        await make.jobs_done(self.database)
        return answer

    async def expect(self, cents: int = 100_000, payer_id: UUID | None = None) -> Payment:
        """Expect a payment by bank."""
        async with self.database.work() as session:
            scheme = await session.get_one(Scheme, self.scheme_id)
            payer = await session.get_one(Organisation, payer_id or self.payer_id)
            # Nobody but this domain owns a purpose of this noun: what comes lies unallocated.
            purpose = f"project/{new_id()}"
            return await make.a_payment(
                session, scheme, payer, way=Way.BANK, amount_cents=cents, purpose=purpose
            )

    async def owe(
        self,
        cents: int = 40_000,
        kind: OutgoingKind = OutgoingKind.PAYOUT,
        iban: str = THEIR_IBAN,
        **more: Any,  # noqa: ANN401  Those of a plan.
    ) -> UUID:
        """Plan money to leave by bank that is owed, and approve it."""
        owner_id = self.entrepreneur_id if kind is OutgoingKind.PAYOUT else self.payer_id
        planned = Planned(
            scheme_id=self.scheme_id,
            kind=kind,
            purpose=f"project/{new_id()}",
            account_owner_id=owner_id,
            amount_cents=cents,
            to=ToBankAccount(iban, "Café Zoë B.V."),
            description="Start part of Drivers for care",
        )
        async with self.database.work() as session:
            outgoing = await actions.outgoings.plan(session, CLERK, replace(planned, **more))
            await make.owed(session, outgoing)
            await session.flush()
            outgoing.status = OutgoingStatus.APPROVED
            outgoing.approved_by, outgoing.approved_at = "user:test", clock.now()
            return outgoing.id

    async def sent(self, cents: int = 40_000, **more: Any) -> UUID:  # noqa: ANN401  Likewise.
        """Have money leave by bank, in a file of its own."""
        outgoing_id = await self.owe(cents, **more)
        answer = await self.batch(outgoing_id)
        assert answer.status_code == 201, answer.text
        return outgoing_id

    async def batch(self, *outgoing_ids: UUID, **more: Any) -> httpx.Response:  # noqa: ANN401  Those of a batch.
        """Make a file for the bank."""
        wanted = {"accountId": str(self.account_id), "outgoingIds": list(map(str, outgoing_ids))}
        return await self.post("bank-batches", {**wanted, **more})

    async def transactions(self) -> list[BankTransaction]:
        """What happened at the bank, in the order of the statement."""
        query = sa.select(BankTransaction).where(BankTransaction.scheme_id == self.scheme_id)
        async with self.database.reading() as session:
            return list(await session.scalars(query.order_by(BankTransaction.id)))

    async def outcomes(self) -> list[str]:
        """What became of it."""
        return [str(transaction.outcome) for transaction in await self.transactions()]

    async def receipts(self) -> list[Receipt]:
        """What came in, the first first."""
        query = sa.select(Receipt).where(Receipt.scheme_id == self.scheme_id)
        async with self.database.reading() as session:
            return list(await session.scalars(query.order_by(Receipt.id)))

    async def payment(self, payment: Payment) -> Payment:
        """How a payment stands."""
        async with self.database.reading() as session:
            return await session.get_one(Payment, payment.id)

    async def outgoing(self, outgoing_id: UUID) -> Outgoing:
        """How an outgoing stands."""
        async with self.database.reading() as session:
            return await session.get_one(Outgoing, outgoing_id)

    async def has(self, kind: Kind, owner_id: UUID | None = None) -> int:
        """How many cents an account of the scheme has."""
        async with self.database.reading() as session:
            return (await balances.now(session, kind.of(self.scheme_id, owner_id))).posted

    async def change_iban(self, organisation_id: UUID, iban: str, days_ago: int) -> None:
        """Let an organisation have had another account since some days."""
        async with self.database.work() as session:
            organisation = await session.get_one(Organisation, organisation_id)
            organisation.iban = iban
            organisation.iban_changed_at = clock.now() - timedelta(days=days_ago)

    async def check_account(self) -> None:
        """Have the operator check the entrepreneur's account anew."""
        async with self.database.work() as session:
            admission = await session.get_one(Admission, self.admission_id)
            await make.a_check(session, admission, CheckKind.BANK_ACCOUNT)


async def arranged(database: Database, client: httpx.AsyncClient) -> Desk:
    """An operator with an account, a company that pays, and an entrepreneur that is checked."""
    async with database.work() as session:
        operator = await make.an_organisation(session, "Stichting Rijnmond")
        scheme = await make.a_scheme(session, operator)
        member, approver, second = [
            await make.a_member(session, role, operator)
            for role in (Role.MEMBER, Role.APPROVER, Role.APPROVER)
        ]
        payer = await make.an_organisation(session, "Bouwbedrijf De Maas B.V.")
        entrepreneur = await make.an_organisation(session, "Café Zoë B.V.")
        entrepreneur.iban = THEIR_IBAN
        entrepreneur.iban_changed_at = clock.now() - timedelta(days=90)
        admission = await make.an_admission(session, scheme, entrepreneur)
        account = await a_bank_account(session, scheme, OUR_IBAN)
        ids = (scheme.id, account.id, payer.id, entrepreneur.id, admission.id)
    return Desk(database, client, *ids, member, approver, second)
