"""Invoices and credit notes: numbered without a gap, issued and given back with their orders."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from lxml import etree
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.invariants import faults_of
from app.orders.actions import expiring, invoices
from app.orders.invariants.invoices import INVARIANTS
from app.orders.invoicing import write_ubl
from app.orders.models import Invoice, Order, Supply
from tests import make
from tests.make import Member
from tests.make.orders import an_order
from tests.make.payments import jobs_done
from tests.orders.conftest import Stall, a_stall, said
from tests.orders.test_invoicing import schema


async def _listed(stall: Stall, path: str, by: Member | None = None) -> list[dict[str, Any]]:
    headers = (by or stall.buyer.clerk).headers
    answer = await stall.client.get(f"/v1/{path}", headers=headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def _told(stall: Stall, order_id: UUID) -> list[tuple[str, str, int, int]]:
    listed = await _listed(stall, f"orders/{order_id}/invoices", stall.operator)
    return [(item["kind"], item["supply"], item["units"], item["totalCents"]) for item in listed]


INVOICED = [("invoice", "units", 10, 100_000), ("invoice", "fee", 0, 6_050)]
CREDITED = [("credit-note", "units", 10, 100_000), ("credit-note", "fee", 0, 6_050)]


async def test_an_order_on_invoice_has_its_invoices_at_once(stall: Stall) -> None:
    order_id = await stall.ordered(10, payBy="invoice", costCentre="4400")
    units, fee = sorted(await _listed(stall, f"orders/{order_id}/invoices"), key=_supply)[::-1]

    assert sorted(await _told(stall, order_id)) == sorted(INVOICED)
    assert (units["issuerId"], fee["issuerId"]) == (
        str(stall.entrepreneur.organisation_id),
        str(stall.operator.organisation_id),
    )
    assert units["drawnUpById"] == fee["issuerId"]
    assert units["number"] == fee["number"] == f"TEST-{clock.today().year}-00001"
    assert units["dueOn"] == fee["dueOn"] > str(clock.today())
    document = f"invoices/{units['id']}/document"
    early = await _get(stall, f"{document}.xml")
    assert said(early) == (503, "/problems/document-not-written")
    assert early.headers["retry-after"] == "5"
    await jobs_done(stall.database, but=())
    written, pdf = await _get(stall, f"{document}.xml"), await _get(stall, f"{document}.pdf")
    schema("Invoice").assertValid(root := etree.fromstring(written.content))
    [reference] = root.iterfind(".//{*}PaymentMeans/{*}PaymentID")
    payment = (await _listed(stall, f"orders/{order_id}/payments"))[0]
    assert reference.text == payment["creditorReference"]
    assert pdf.content.startswith(b"%PDF-1.7")
    assert f'filename="{units["number"]}.pdf"' in pdf.headers["content-disposition"]
    # The row alone makes the same document again.
    async with stall.database.reading() as session:
        row = await session.get_one(Invoice, UUID(units["id"]))
    assert write_ubl(invoices.document(row)) == written.content
    await stall.pay(order_id)
    assert len(await _told(stall, order_id)) == 2


def _supply(item: dict[str, Any]) -> str:
    supply: str = item["supply"]
    return supply


async def _get(stall: Stall, path: str, by: Member | None = None) -> httpx.Response:
    headers = (by or stall.buyer.clerk).headers
    return await stall.client.get(f"/v1/{path}", headers=headers)


async def test_who_is_named_on_an_invoice_reads_it(stall: Stall) -> None:
    order_id = await stall.ordered(10, payBy="invoice")
    by_supply = {
        item["supply"]: item for item in await _listed(stall, f"orders/{order_id}/invoices")
    }
    seller, buyer, operator = stall.entrepreneur, stall.buyer.clerk, stall.operator

    async def read(by: Member, query: str = "") -> list[str]:
        path = f"organisations/{by.organisation_id}/invoices{query}"
        return [item["supply"] for item in await _listed(stall, path, by)]

    assert await read(seller) == ["units"]
    assert await read(operator, "?role=issuer") == ["fee"]
    assert await read(operator, "?role=buyer") == []
    assert sorted(await read(buyer, f"?role=buyer&year={clock.today().year}")) == ["fee", "units"]
    assert await read(buyer, "?year=2020") == []
    for by, supply, status in (
        (seller, "units", 200),
        (seller, "fee", 404),
        (buyer, "fee", 200),
        (operator, "units", 200),
        (stall.other.clerk, "units", 404),
    ):
        answer = await _get(stall, f"invoices/{by_supply[supply]['id']}", by)
        assert answer.status_code == status, (by, supply)


async def test_what_ends_unpaid_is_given_back_and_late_money_is_invoiced_anew(
    stall: Stall,
) -> None:
    order_id = await stall.ordered(10, payBy="invoice")
    await stall.change(
        "UPDATE orders SET reserved_until = :now WHERE id = :id", now=clock.now(), id=order_id
    )
    await expiring.expire_due(stall.database)

    assert sorted(await _told(stall, order_id)) == sorted(INVOICED + CREDITED)
    payment_id = (await stall.payments(order_id))[0]
    await stall.bring(payment_id)
    told = await _told(stall, order_id)
    assert (sorted(told[:4]), sorted(told[4:])) == (
        sorted(INVOICED + CREDITED),
        sorted(INVOICED),
    )
    cancelled = await stall.ordered(10, payBy="invoice")
    await stall.act(cancelled, "cancellations")
    assert len(await _told(stall, cancelled)) == 4
    assert await _gaps(stall) == []


async def test_an_order_paid_online_is_invoiced_when_paid_and_given_back_when_refunded(
    stall: Stall,
) -> None:
    order_id = await stall.ordered(10)
    assert await _told(stall, order_id) == []
    await stall.pay(order_id)
    assert sorted(await _told(stall, order_id)) == sorted(INVOICED)
    await stall.act(order_id, "refunds", by=stall.operator, quantityUnits=3)
    await stall.act(order_id, "refunds", by=stall.operator)

    listed = await _listed(stall, f"orders/{order_id}/invoices")
    assert [(item["supply"], item["units"], item["totalCents"]) for item in listed[2:]] == [
        *(("units", 3, 30_000), ("fee", 0, 1_815)),
        *(("units", 7, 70_000), ("fee", 0, 4_235)),
    ]
    note = listed[-2]
    assert note["correctsId"] in [item["id"] for item in listed[:2]]
    assert note["reason"] == "As agreed."
    await jobs_done(stall.database, but=())
    written = await _get(stall, f"invoices/{note['id']}/document.xml")
    schema("CreditNote").assertValid(etree.fromstring(written.content))


async def test_without_what_an_invoice_must_say_nothing_is_sold_on_invoice(stall: Stall) -> None:
    seller_id, buyer_id = stall.entrepreneur.organisation_id, stall.buyer.organisation.id
    await _lose_address(stall, buyer_id)
    refused = await stall.order(10, payBy="invoice")

    assert said(refused) == (409, "/problems/invoice-impossible")
    assert refused.json()["faults"] == ["the buyer has no street, city"]
    assert (await stall.balance(stall.for_sale)).held == 0
    elsewhere = {"name": "Crediteuren", "street": "Postbus 1", "postalCode": "3000 AA"}
    named = await stall.order(10, payBy="invoice", invoiceAddress={**elsewhere, "city": "Delft"})
    assert named.status_code == 201
    # Money that is there is not refused: its invoices follow when the data are complete.
    await _lose_address(stall, seller_id)
    order_id = await stall.ordered(10, invoiceAddress={**elsewhere, "city": "Delft"})
    await stall.pay(order_id)
    assert (await stall.state(order_id), await _told(stall, order_id)) == ("paid", [])
    await stall.change(
        "UPDATE organisations SET street = 'Weena 1', city = 'Delft' WHERE id = :id", id=seller_id
    )
    await jobs_done(stall.database, but=(invoices.FILE.name,))
    assert sorted(await _told(stall, order_id)) == sorted(INVOICED)


async def test_what_was_given_back_in_time_is_not_given_back_with_a_late_invoice(
    client: httpx.AsyncClient, database: Database
) -> None:
    fee = {**make.TERMS["fee"], "borneBy": "entrepreneur"}
    async with database.work() as session:
        stall = await a_stall(session, client, database, make.terms(fee=fee))
    order_id = await stall.ordered(10, payBy="invoice")
    assert [told[:3] for told in await _told(stall, order_id)] == [("invoice", "units", 10)]
    # The fee is invoiced when the order is paid: not yet, for the operator's data have a hole.
    await _lose_address(stall, stall.operator.organisation_id)
    await stall.bring((await stall.payments(order_id))[0])
    await stall.act(order_id, "refunds", by=stall.operator, quantityUnits=3)
    await stall.change(
        "UPDATE organisations SET street = 'Weena 1', city = 'Delft' WHERE id = :id",
        id=stall.operator.organisation_id,
    )
    await jobs_done(stall.database, but=(invoices.FILE.name,))
    assert [told[:3] for told in await _told(stall, order_id)] == [
        ("invoice", "units", 10),
        ("credit-note", "units", 3),
        ("invoice", "fee", 0),
        ("credit-note", "fee", 0),
    ]


async def _lose_address(stall: Stall, organisation_id: UUID) -> None:
    await stall.change(
        "UPDATE organisations SET street = NULL, city = NULL WHERE id = :id", id=organisation_id
    )


async def _gaps(stall: Stall) -> list[Any]:
    query = sa.text(
        "SELECT issuer_id, count(*), max(number), min(number) FROM invoices"
        " GROUP BY issuer_id, year HAVING count(*) <> max(number) OR min(number) <> 1"
    )
    async with stall.database.reading() as session:
        return list(await session.execute(query))


SAID_TWICE = [
    each
    for each in INVARIANTS
    if each.name in {"invoices-numbered", "invoices-recorded", "invoices-say"}
]


class Undone(Exception):  # noqa: N818  A test's own.
    """What makes a transaction roll back."""


async def test_racing_connections_and_rollbacks_leave_no_gap(stall: Stall) -> None:
    async with stall.database.work() as session:
        made = [
            (await an_order(session, stall.listing, stall.buyer.organisation, quantity=1)).id
            for _ in range(24)
        ]

    async def issue(order_id: UUID, *, undone: bool) -> None:
        async with stall.database.work() as session:
            order = await session.get_one(Order, order_id)
            await _issue(session, order)
            await asyncio.sleep(0)
            if undone:
                raise Undone

    answers = await asyncio.gather(
        *(issue(order_id, undone=n % 3 == 0) for n, order_id in enumerate(made)),
        return_exceptions=True,
    )

    assert [type(answer) for answer in answers] == [
        Undone if n % 3 == 0 else type(None) for n in range(24)
    ]
    assert await _gaps(stall) == []
    async with stall.database.reading() as session:
        last = sa.text("SELECT last_number FROM invoice_series ORDER BY issuer_id")
        assert list(await session.scalars(last)) == [16, 16]
    # Numbers go on where somebody set the clock back; each says when it was issued all the same.
    with clock.travelled(clock.now() - timedelta(minutes=45)):
        await issue(made[0], undone=False)
    async with stall.database.reading() as session:
        for each in SAID_TWICE:
            assert [fault async for fault in faults_of(session, each)] == []


async def _issue(session: AsyncSession, order: Order) -> None:
    prepared = await invoices.prepare(session, order)
    await invoices.issue(session, prepared)


async def test_the_database_itself_refuses_what_no_bookkeeper_would_write(stall: Stall) -> None:
    async with stall.database.work() as session:
        order = await an_order(session, stall.listing, stall.buyer.organisation)
        await _issue(session, order)
        [units] = await session.scalars(sa.select(Invoice).where(Invoice.supply == Supply.UNITS))

    columns = {
        column.key: getattr(units, column.key)
        for column in sa.inspect(Invoice).column_attrs
        if column.key not in {"id", "number"}
    }
    note = {**columns, "kind": "credit-note", "corrects_id": units.id}
    half = {"net_cents": 50_001, "total_cents": 50_001}
    await _add(stall, {**note, **half})
    for wrong, said_so in (
        (columns, "are invoiced"),
        ({**note, **half}, "more than their invoice"),
        ({**note, "net_cents": 1, "total_cents": 1, "supply": "fee"}, "same order"),
        ({**note, "net_cents": 1, "total_cents": 1, "year": 1999}, "numbered_in_its_year"),
    ):
        with pytest.raises(exc.DBAPIError, match=said_so):
            await _add(stall, wrong)
    # A number that somebody chose is not taken; and nothing is ever changed.
    await _add(stall, {**note, "net_cents": 1, "total_cents": 1, "number": 77})
    with pytest.raises(exc.DBAPIError):
        await stall.change("UPDATE invoices SET number = 77")
    with pytest.raises(exc.DBAPIError):
        await stall.change("UPDATE invoice_series SET last_number = 77")
    assert await _gaps(stall) == []


async def _add(stall: Stall, columns: dict[str, Any]) -> None:
    async with stall.database.work() as session:
        await session.execute(sa.insert(Invoice).values(id=new_id(), **columns))
