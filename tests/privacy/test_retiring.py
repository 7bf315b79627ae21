"""What tax law has us keep of payers is erased when its years are over."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.files.models import File
from app.core.ids import new_id
from app.orders.models import Order, OrderState
from app.payments.models import (
    BankStatement,
    BankTransaction,
    Outgoing,
    OutgoingKind,
    OutgoingStatus,
    Rail,
    Receipt,
)
from app.payments.sepa.camt053 import Direction
from app.privacy.actions import retiring
from app.schemes.models import Scheme
from tests import make
from tests.make import bank, orders


async def test_payers_are_forgotten_after_their_years_and_not_before(
    session: AsyncSession,
) -> None:
    scheme = await make.a_scheme(session)
    old, young = (clock.now() - timedelta(days=days) for days in (8 * 366, 6 * 365))
    for moment in (old, young):
        session.add(
            Receipt(
                scheme_id=scheme.id,
                rail=Rail.BANK,
                external_id=f"test/{new_id()}",
                amount_cents=100,
                received_at=moment,
                payer_name="Joke van den Berg",
                payer_iban="NL91ABNA0417164300",
                remittance="For Joke",
            )
        )
        for status in (OutgoingStatus.PLANNED, OutgoingStatus.SETTLED):
            session.add(
                Outgoing(
                    scheme_id=scheme.id,
                    kind=OutgoingKind.SEND_BACK,
                    purpose=f"receipt/{new_id()}",
                    amount_cents=100,
                    rail=Rail.BANK,
                    iban="NL91ABNA0417164300",
                    holder_name="Joke van den Berg",
                    description="Back",
                    status=status,
                    planned_by="user:a",
                    approved_by="user:b",
                    planned_at=moment,
                )
            )
    await _a_statement(session, scheme, old)

    await _orders(session, old)

    assert await retiring.retire(session) == 5
    assert await retiring.retire(session) == 0

    told = sa.select(BankTransaction.counterparty_name, File.name).select_from(BankTransaction)
    told = told.join(BankStatement, BankStatement.id == BankTransaction.statement_id)
    told = told.join(File, File.id == BankStatement.file_id)
    assert (await session.execute(told)).all() == [(None, None)]
    names = sa.select(Receipt.payer_name, Receipt.remittance).order_by(Receipt.received_at)
    assert (await session.execute(names)).all() == [
        (None, None),
        ("Joke van den Berg", "For Joke"),
    ]
    holders = sa.select(Outgoing.status, Outgoing.holder_name, Outgoing.iban).where(
        Outgoing.planned_at == old
    )
    assert {row.status: (row.holder_name, row.iban) for row in await session.execute(holders)} == {
        OutgoingStatus.PLANNED: ("Joke van den Berg", "NL91ABNA0417164300"),
        OutgoingStatus.SETTLED: ("[erased]", "[erased]"),
    }

    ordered = sa.select(
        Order.state, Order.invoice_address.is_not(None), Order.purchase_order_number
    )
    assert {tuple(row) for row in await session.execute(ordered)} == {
        (OrderState.CANCELLED, False, None),
        (OrderState.AWAITING_APPROVAL, True, "Joke's"),
    }


async def _orders(session: AsyncSession, moment: datetime) -> None:
    """Have ordered something that came to nothing, and something that still waits."""
    listing, company = await make.a_listing(session), await make.an_organisation(session)
    for state in (OrderState.CANCELLED, OrderState.AWAITING_APPROVAL):
        order = await orders.an_order(session, listing, company, state=state)
        order.ordered_at, order.purchase_order_number = moment, "Joke's"
        order.invoice_address = {"name": "Joke van den Berg"}
    await session.flush()


async def _a_statement(session: AsyncSession, scheme: Scheme, moment: datetime) -> None:
    """Have imported a statement with one transaction."""
    account = await bank.a_bank_account(session, scheme, bank.a_bank_number())
    file = File(
        sha256=bytes(32),
        size_bytes=1,
        media_type="application/xml",
        name="May.xml",
        uploaded_by="user:a",
    )
    session.add(file)
    await session.flush()
    statement = BankStatement(
        account_id=account.id,
        file_id=file.id,
        digest=bytes(32),
        number="5",
        opening_cents=0,
        closing_cents=100,
        entry_count=1,
        new_count=1,
        pending_count=0,
        imported_by="user:a",
        imported_at=moment,
    )
    session.add(statement)
    await session.flush()
    session.add(
        BankTransaction(
            scheme_id=scheme.id,
            account_id=account.id,
            statement_id=statement.id,
            entry_key="1",
            position=1,
            direction=Direction.INCOMING,
            amount_cents=100,
            booked_on=moment.date(),
            counterparty_name="Joke van den Berg",
            counterparty_iban="NL91ABNA0417164300",
            is_back=False,
        )
    )
    await session.flush()


def test_years_are_counted_back_over_leap_days() -> None:
    leap = datetime(2028, 2, 29, tzinfo=UTC)

    assert retiring.years_ago(leap, 7) == datetime(2021, 2, 28, tzinfo=UTC)
    assert retiring.years_ago(leap.replace(day=28), 4) == datetime(2024, 2, 28, tzinfo=UTC)
