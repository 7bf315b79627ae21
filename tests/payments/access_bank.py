"""Who may do what with the bank: one line per operation."""

import io
from collections.abc import Callable
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import settings_of
from app.core.files import File, store
from app.core.ids import new_id
from app.ledger import journal
from app.ledger.chart import Book
from app.payments.actions import outgoings, receipts
from app.payments.facts import Arrival
from app.payments.models import (
    BankBatch,
    BankStatement,
    BankTransaction,
    BankTransfer,
    Outcome,
    Outgoing,
    OutgoingKind,
    OutgoingStatus,
    Rail,
)
from app.payments.sepa.bank_days import next_bank_day
from app.payments.sepa.camt053 import Direction
from app.schemes.models import Scheme
from tests import make
from tests.make.bank import a_bank_account, a_bank_number
from tests.make.statements import THEIR_IBAN, a_statement
from tests.matrix import FURNISHERS, Body, Caller, Place, Rule, Tenant, World
from tests.organisations.access_table import REASON, always
from tests.payments.sepa.test_pain import a_report
from tests.schemes.access_table import DECIDING, INSIDE, INSPECTING, OPERATING


async def furnish(session: AsyncSession, _world: World, tenant: Tenant, _place: Place) -> None:
    """Let a scheme have an account, a statement of it, and a file for the bank."""
    scheme = await session.get_one(Scheme, tenant.things["scheme_id"])
    account = await a_bank_account(session, scheme, a_bank_number())
    content = a_statement(iban=account.iban)
    file = File(
        id=new_id(),
        sha256=sha256(content).digest(),
        size_bytes=len(content),
        media_type="application/xml",
        name="a.xml",
        uploaded_by="system:test",
    )
    session.add(file)
    await session.flush()
    await store.choose(settings_of(session)).put(file.id, io.BytesIO(content))
    statement = BankStatement(
        account_id=account.id,
        file_id=file.id,
        digest=b"1",
        number="1",
        opening_cents=0,
        closing_cents=0,
        entry_count=1,
        new_count=1,
        pending_count=0,
        imported_by="system:test",
    )
    session.add(statement)
    await session.flush()
    transaction = BankTransaction(
        scheme_id=scheme.id,
        account_id=account.id,
        statement_id=statement.id,
        entry_key="1",
        position=1,
        direction=Direction.OUTGOING,
        amount_cents=100,
        booked_on=clock.today(),
        is_back=False,
        outcome=Outcome.UNEXPLAINED,
        worked_at=clock.now(),
    )
    batch = BankBatch(
        scheme_id=scheme.id,
        account_id=account.id,
        debtor_name="Stichting",
        debtor_iban=account.iban,
        execute_on=next_bank_day(clock.today()),
        transfer_count=1,
        total_cents=100,
        made_by="system:test",
    )
    outgoing = await _a_fee(session, scheme.id)
    outgoing.status, outgoing.sent_at = OutgoingStatus.SENT, clock.now()
    session.add_all([transaction, batch])
    await session.flush()
    session.add(BankTransfer(batch_id=batch.id, outgoing_id=outgoing.id))
    arrival = Arrival(
        scheme_id=scheme.id,
        rail=Rail.BANK,
        external_id=str(new_id()),
        amount_cents=100,
        received_at=clock.now(),
        payer_iban=THEIR_IBAN,
    )
    receipt = await receipts.take(session, arrival, None)
    await session.flush()
    tenant.things |= {
        "bank_account_id": account.id,
        "bank_statement_id": statement.id,
        "bank_transaction_id": transaction.id,
        "bank_batch_id": batch.id,
        "receipt_id": receipt.id if receipt else new_id(),
        "bank_iban": account.iban,
    }


FURNISHERS.append(furnish)


def _statement(world: World, place: Place) -> bytes:
    return a_statement(iban=str(world[place].things["bank_iban"]))


def _report(world: World, place: Place) -> bytes:
    batch_id = UUID(str(world[place].things["bank_batch_id"]))
    return a_report("<GrpSts>ACCP</GrpSts>", batch_id=batch_id)


def _about(name: str, thing: str) -> Callable[[World, Place], Body]:
    return lambda world, place: {name: str(world[place].things[thing]), **REASON}


ACCOUNT = f"{INSIDE}/bank-accounts"
STATEMENTS = f"{INSIDE}/bank-statements"
TRANSACTION = f"{INSIDE}/bank-transactions/{{bank_transaction_id}}"
BATCHES = f"{INSIDE}/bank-batches"
BATCH = f"{BATCHES}/{{bank_batch_id}}"
RECEIPT = f"{INSIDE}/receipts/{{receipt_id}}"


def place_of(caller: Caller) -> Place:
    """Say whose things a caller who may succeed deals with."""
    return Place.ELSEWHERE if caller is Caller.ELSEWHERE else Place.OURS


def scheme_of(world: World, caller: Caller) -> UUID:
    """Say in which scheme they do."""
    return UUID(str(world[place_of(caller)].things["scheme_id"]))


def _new_account(_world: World, _place: Place) -> Body:
    return {"iban": a_bank_number(), "holderName": "Stichting Rijnmond"}


def _some_outgoing(_world: World, _place: Place) -> Body:
    return {"outgoingId": str(new_id()), **REASON}


def _some_batch(_world: World, _place: Place) -> Body:
    return {"accountId": str(new_id()), "outgoingIds": [str(new_id())]}


async def _with_books(session: AsyncSession, world: World, _caller: Caller) -> Body:
    for place in Place:
        scheme_id = UUID(str(world[place].things["scheme_id"]))
        await journal.open_ledger(session, scheme_id, Book.MONEY)
    return REASON


async def _a_fee(session: AsyncSession, scheme_id: UUID) -> Outgoing:
    """Have the operator's fee leave by bank: approved, and of the transaction's amount."""
    outgoing = Outgoing(
        scheme_id=scheme_id,
        kind=OutgoingKind.FEE,
        purpose=f"scheme/{new_id()}",
        amount_cents=100,
        rail=Rail.BANK,
        iban=THEIR_IBAN,
        holder_name="Stichting",
        description="Fee",
        status=OutgoingStatus.APPROVED,
        planned_by="system:test",
        approved_by="system:other",
        approved_at=clock.now(),
    )
    session.add(outgoing)
    await session.flush()
    await make.owed(session, outgoing)
    return outgoing


async def _approved(session: AsyncSession, world: World, caller: Caller) -> Body:
    outgoing = await _a_fee(session, scheme_of(world, caller))
    account_id = world[place_of(caller)].things["bank_account_id"]
    return {"accountId": str(account_id), "outgoingIds": [str(outgoing.id)]}


async def _settled_by(session: AsyncSession, world: World, caller: Caller) -> Body:
    outgoing = await _a_fee(session, scheme_of(world, caller))
    await outgoings.send(session, outgoing)
    return {"outgoingId": str(outgoing.id), **REASON}


TABLE = {
    f"GET {ACCOUNT}": Rule(INSPECTING),
    f"POST {ACCOUNT}": Rule(DECIDING, _new_account),
    f"POST {ACCOUNT}/{{bank_account_id}}/closures": Rule(DECIDING, always(REASON)),
    f"GET {STATEMENTS}": Rule(INSPECTING),
    f"POST {STATEMENTS}": Rule(OPERATING, _statement, upload=True),
    f"GET {STATEMENTS}/{{bank_statement_id}}": Rule(INSPECTING),
    f"GET {STATEMENTS}/{{bank_statement_id}}/file": Rule(INSPECTING),
    f"GET {INSIDE}/bank-transactions": Rule(INSPECTING),
    f"GET {TRANSACTION}": Rule(INSPECTING),
    f"POST {TRANSACTION}/costs": Rule(DECIDING, always(REASON), _with_books),
    f"POST {TRANSACTION}/settlements": Rule(DECIDING, _some_outgoing, _settled_by),
    f"POST {RECEIPT}/assignments": Rule(DECIDING, _about("paymentId", "payment_id")),
    f"POST {RECEIPT}/send-backs": Rule(DECIDING, always(REASON)),
    f"GET {INSIDE}/bank-batch-candidates": Rule(INSPECTING),
    f"GET {BATCHES}": Rule(INSPECTING),
    f"POST {BATCHES}": Rule(DECIDING, _some_batch, _approved),
    f"GET {BATCH}": Rule(INSPECTING),
    f"GET {BATCH}/transfers": Rule(INSPECTING),
    f"GET {BATCH}/file": Rule(DECIDING),
    f"POST {BATCH}/status-reports": Rule(OPERATING, _report, upload=True),
}
