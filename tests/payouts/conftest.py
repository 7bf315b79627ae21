"""A project that is funded by two companies, its operator's people, and where its money lies."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.ledger import chart
from app.organisations.models import Organisation, Role
from app.payments.actions import outgoings
from app.payments.models import Outgoing
from app.payments.queries import outgoings as payment_queries
from app.projects.models import Project, ReportKind, RoundState
from app.schemes.models import Admission, Scheme
from tests import make
from tests.make import Member
from tests.make.bank import a_bank_account
from tests.make.orders import a_buyer
from tests.make.payments import jobs_done
from tests.make.reports import a_plan_of, a_submitted_report
from tests.make.statements import OUR_IBAN, THEIR_IBAN, a_debit, a_statement
from tests.orders.conftest import Stall

START = {"part": "start-part", "tranche": 1, "rail": "bank", "reason": "As the policy says."}
INTERIM = {**START, "part": "result-part"}
FINAL = {**START, "part": "result-part", "tranche": 2}
REASON = {"reason": "As the policy says."}


@dataclass(frozen=True, slots=True)
class Safe:
    """A stall whose project sold 108 units and then 12, and who decides about the money."""

    stall: Stall
    account_id: UUID
    admission_id: UUID
    planner: Member
    approver: Member

    @property
    def path(self) -> str:
        """Where the project's money is read about."""
        return f"/v1/projects/{self.stall.listing.project_id}"

    @property
    def scheme(self) -> str:
        """Where the scheme's money is read about."""
        return f"/v1/schemes/{self.stall.listing.scheme_id}"

    async def sell(self, *quantities: int) -> list[UUID]:
        """Have units ordered, and paid by bank."""
        orders = []
        for quantity in quantities:
            orders.append(await self.stall.ordered(quantity))
            await self.stall.pay(orders[-1])
        return orders

    async def post(self, path: str, by: Member, body: dict[str, Any]) -> httpx.Response:
        """Do something once, and have all jobs done."""
        headers = {**by.headers, "Idempotency-Key": new_id().hex}
        answer = await self.stall.client.post(path, json=body, headers=headers)
        await jobs_done(self.stall.database)
        return answer

    async def plan(self, **body: Any) -> httpx.Response:  # noqa: ANN401  JSON.
        """Plan a payout, of the start part if nothing else is said."""
        return await self.post(f"{self.path}/payouts", self.planner, {**START, **body})

    async def act(self, payout_id: str, what: str, by: Member | None = None, **body: Any) -> Any:  # noqa: ANN401  JSON.
        """Decide about a payout."""
        path = f"{self.path}/payouts/{payout_id}/{what}"
        return await self.post(path, by or self.approver, {**REASON, **body})

    async def approved(self, **body: Any) -> dict[str, Any]:  # noqa: ANN401  JSON.
        """Plan a payout and have it approved."""
        planned = await self.plan(**body)
        assert planned.status_code == 201, planned.text
        answer = await self.act(planned.json()["id"], "approvals")
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def get(self, path: str, by: Member | None = None) -> Any:  # noqa: ANN401  JSON.
        """Read something about the project."""
        headers = (by or self.planner).headers
        answer = await self.stall.client.get(f"{self.path}{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def state(self, payout_id: str) -> str:
        """Read how a payout stands."""
        return str((await self.get(f"/payouts/{payout_id}"))["state"])

    async def payable(self) -> list[tuple[int, int, list[str]]]:
        """Read what can be paid of each tranche, with its VAT, and what keeps it."""
        tranches = (await self.get("/earmark"))["earmark"]["tranches"]
        return [
            (
                tranche["payableCents"],
                tranche["payableVatCents"],
                [obstacle["code"] for obstacle in tranche["obstacles"]],
            )
            for tranche in tranches
        ]

    async def has(self) -> dict[str, int]:
        """Say what the project's and its entrepreneur's accounts have."""
        listing = self.stall.listing
        owners = {
            chart.START_PART: listing.project_id,
            chart.RESULT_PART: listing.project_id,
            chart.VAT_SALE: listing.entrepreneur_id,
            chart.PAYABLE: listing.entrepreneur_id,
        }
        return {
            kind.code: (await self.stall.balance(kind.of(listing.scheme_id, owner))).posted
            for kind, owner in owners.items()
        }

    async def outgoing(self, payout: dict[str, Any]) -> Outgoing:
        """Read what brings a payout."""
        async with self.stall.database.reading() as session:
            return await session.get_one(Outgoing, UUID(payout["outgoingId"]))

    async def leaves_by_bank(self, payout: dict[str, Any]) -> None:
        """Have the bank's file made with a payout in it."""
        wanted = {"accountId": str(self.account_id), "outgoingIds": [payout["outgoingId"]]}
        answer = await self.post(f"{self.scheme}/bank-batches", self.approver, wanted)
        assert answer.status_code == 201, answer.text

    async def bank_pays(self, payout: dict[str, Any], number: str = "1") -> None:
        """Have a payout leave in a file, and the bank say that it paid."""
        await self.leaves_by_bank(payout)
        amount = f"{payout['amountCents'] // 100}.{payout['amountCents'] % 100:02}"
        line = a_debit(amount, UUID(payout["outgoingId"]).hex)
        answer = await self.stall.client.post(
            f"{self.scheme}/bank-statements",
            content=a_statement(line, number=number),
            headers={
                **self.approver.headers,
                "Content-Type": "application/xml",
                "Content-Disposition": 'attachment; filename="a.xml"',
            },
        )
        assert answer.status_code == 201, answer.text
        await jobs_done(self.stall.database)

    async def fails(self, payout: dict[str, Any]) -> None:
        """Have a payout that was sent come to nothing."""
        async with self.stall.database.work() as session:
            outgoing = await payment_queries.locked(session, UUID(payout["outgoingId"]))
            await outgoings.fail(session, outgoing, "AC04", clock.now())
        await jobs_done(self.stall.database)

    async def accept(self, kind: ReportKind, **body: str) -> None:
        """Have a report of the project submitted and accepted."""
        async with self.stall.database.work() as session:
            project_id, author = self.stall.listing.project_id, self.stall.entrepreneur.user_id
            report = await a_submitted_report(session, project_id, author, of_kind=kind)
        judged = {"kind": "accepted", **REASON, **body}
        path = f"{self.path}/reports/{report.id}/decisions"
        answer = await self.post(path, self.approver, judged)
        assert answer.status_code == 201, answer.text

    async def start(self) -> None:
        """Let the project start."""
        answer = await self.post(f"{self.path}/starts", self.approver, REASON)
        assert answer.status_code == 201, answer.text

    async def project(self, session: AsyncSession) -> Project:
        """Read the project."""
        return await session.get_one(Project, self.stall.listing.project_id)


@pytest.fixture
async def safe(client: httpx.AsyncClient, database: Database) -> Safe:
    """A project that nobody bought of yet, with VAT on the sale."""
    return await a_safe(client, database)


async def a_safe(
    client: httpx.AsyncClient,
    database: Database,
    **terms: Any,  # noqa: ANN401  JSON.
) -> Safe:
    """Put a project on the market whose plan runs since a hundred days."""
    async with database.work() as session:
        policy = make.terms(saleVat=make.CHARGED, **terms)
        scheme = await make.a_scheme(session, policy=policy)
        in_round = await make.a_round(session, scheme, state=RoundState.ON_SALE)
        seller = await make.an_organisation(session, "DAM Nederland B.V.")
        admission: Admission = await make.an_admission(session, scheme, seller)
        seller.iban = THEIR_IBAN
        listing = await make.a_listing(session, in_round, seller, plan=a_plan_of(-100, 50))
        operator = await session.get_one(Organisation, scheme.operator_id)
        account = await a_bank_account(session, scheme, OUR_IBAN)
        stall = Stall(
            client,
            database,
            listing,
            await a_buyer(session, scheme),
            await a_buyer(session, scheme, "Ingenieurs Oost"),
            await make.a_member(session, Role.APPROVER, seller),
            await make.a_member(session, Role.APPROVER, operator),
        )
        return Safe(
            *(stall, account.id, admission.id),
            await make.a_member(session, Role.APPROVER, operator),
            await make.a_member(session, Role.APPROVER, operator),
        )


async def of_operator(session: AsyncSession, scheme_id: UUID) -> Organisation:
    """Find who runs a scheme."""
    scheme = await session.get_one(Scheme, scheme_id)
    return await session.get_one(Organisation, scheme.operator_id)
