"""Payments and outgoings made straight in the database, and jobs done at once."""

from collections.abc import Collection
from datetime import timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.jobs import attempts, claims, kinds
from app.ledger import journal
from app.ledger.chart import BANK, Account, Book
from app.ledger.drafts import Draft, credit, debit
from app.main import HANDLERS
from app.orders.actions.invoices import FILE, ISSUE
from app.orders.actions.letters import WRITE
from app.organisations.models import Organisation
from app.payments import postings
from app.payments.models import (
    Outgoing,
    OutgoingKind,
    OutgoingStatus,
    Payment,
    Rail,
    Way,
)
from app.payments.sepa.references import creditor_reference
from app.schemes.models import Scheme
from tests.make.organisations import an_organisation

ROUNDS = 300

_numbers = count(1)


async def a_payment(
    session: AsyncSession,
    scheme: Scheme,
    payer: Organisation | None = None,
    *,
    way: Way = Way.CARD,
    **more: Any,  # noqa: ANN401  Members of a payment.
) -> Payment:
    """An expected payment of EUR 1,000 that no job works on."""
    payment_id = new_id()
    values = {
        "purpose": f"project/{new_id()}",
        "amount_cents": 100_000,
        "description": "10 RIKX of DAM Nederland",
        "expires_at": clock.now() + timedelta(minutes=30),
        "created_by": "system:test",
        "creditor_reference": creditor_reference(payment_id) if way is Way.BANK else None,
        **more,
    }
    payer = payer or await an_organisation(session, "Bouwbedrijf De Maas B.V.")
    payment = Payment(id=payment_id, scheme_id=scheme.id, payer_id=payer.id, way=way, **values)
    session.add(payment)
    await session.flush()
    return payment


async def a_refund(
    session: AsyncSession, scheme: Scheme, payment: Payment | None = None
) -> Outgoing:
    """A planned refund of EUR 1,000, by bank unless a payment is named."""
    to: dict[str, Any] = {"payment_id": payment.id, "rail": Rail.PROVIDER} if payment else {}
    outgoing = Outgoing(
        scheme_id=scheme.id,
        kind=OutgoingKind.REFUND,
        purpose=f"project/{new_id()}",
        account_owner_id=(await an_organisation(session)).id,
        amount_cents=100_000,
        description="Refund",
        status=OutgoingStatus.PLANNED,
        planned_by="system:test",
        **(to or {"rail": Rail.BANK, "iban": "NL91ABNA0417164300", "holder_name": "De Maas"}),
    )
    session.add(outgoing)
    await session.flush()
    return outgoing


async def owed(session: AsyncSession, outgoing: Outgoing) -> None:
    """Let there be so much in the account that an outgoing comes from."""
    await journal.open_ledger(session, outgoing.scheme_id, Book.MONEY)
    source = postings.FROM[outgoing.kind].of(outgoing.scheme_id, outgoing.account_owner_id)
    await journal.post(session, a_gift(source, outgoing))


def a_gift(source: Account, outgoing: Outgoing) -> Draft:
    """An entry that brings money from nowhere."""
    return Draft(
        kind="test.gift",
        reference=f"test/{next(_numbers)}-{outgoing.id}",
        narration="Money for a test",
        occurred_at=clock.now(),
        lines=(
            debit(BANK.of(outgoing.scheme_id), outgoing.amount_cents, outgoing.id),
            credit(source, outgoing.amount_cents, outgoing.id),
        ),
    )


LEFT = (FILE.name, ISSUE.name, WRITE.name)


async def jobs_done(database: Database, *, but: Collection[str] = LEFT) -> None:
    """Do every job that is due, and those that follow from them; none waits after a failure.

    Files of invoices and letters about orders are written only for who asks: that takes longer than
    most tests. So are invoices that wait for what an organisation says of itself.
    """
    table = {name: kind for name, kind in kinds.by_name(HANDLERS).items() if name not in but}
    at_once = sa.text("UPDATE jobs SET held_until = NULL WHERE state = 'queued'")
    for _ in range(ROUNDS):
        async with database.work() as session:
            await session.execute(at_once)
            taken = await claims.claim(session, sorted(table), 20)
        if not taken:
            return
        for claim in taken:
            await attempts.attempt(database, table[claim.kind], claim)
    message = "The jobs never came to an end."
    raise AssertionError(message)
