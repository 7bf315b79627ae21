"""Small books with one of everything, and an owner who breaks them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from app.core.database import Database
from app.core.ids import new_id
from app.ledger import chart, journal
from app.ledger.drafts import Reversal, Void
from tests.make.books import MAY, a_draft, a_hold, a_keeper, a_transfer
from tests.make.busy_books import sequence

Change = Callable[..., Awaitable[None]]
"""Takes statements, and words for what stands in braces in them."""


@pytest.fixture
async def names(database: Database) -> dict[str, str]:
    """What the rows of the books are called."""
    async with database.work() as session:
        keeper, project = await a_keeper(session), new_id()
        deposit = chart.DEPOSIT.of(keeper, project)
        part = chart.START_PART.of(keeper, project)
        received, mistake = a_draft(deposit, 500), a_draft(deposit, 70)
        settled, pending, voided = (a_hold(deposit, amount) for amount in (50, 30, 20))
        reversal = Reversal(
            reverses_id=mistake.id,
            reference=f"{mistake.reference}/reversed",
            narration="It came twice.",
            occurred_at=MAY,
        )
        await journal.post(session, received)
        await journal.post(session, mistake, settled, pending, voided)
        await journal.post(session, Void(voided.reference), reversal)
        posted = replace(
            a_transfer(deposit, part, 40, settles=settled.reference), evidence=("file:1",)
        )
        await journal.post(session, posted)
        await sequence(session)
        queued = a_draft(deposit, 1)
        await journal.post(session, queued)
    return {
        "keeper": str(keeper),
        "project": str(project),
        "deposit": str(deposit.ledger_id),
        "deposit_row": "(SELECT id FROM ledger_accounts WHERE kind = 'deposit')",
        "bank_row": "(SELECT id FROM ledger_accounts WHERE kind = 'bank')",
        "received": str(received.id),
        "mistake": str(mistake.id),
        "reversal": str(reversal.id),
        "posted": str(posted.id),
        "queued": str(queued.id),
        "settled": str(settled.id),
        "pending": str(pending.id),
        "voided": str(voided.id),
        "reference": received.reference,
        "reference_settled": settled.reference,
        "reference_pending": pending.reference,
        "reference_voided": voided.reference,
        "nobody": str(new_id()),
    }


@pytest.fixture
async def as_owner(database: Database) -> Change:
    """Do what only the owner of the tables can do."""
    url = make_url(database.settings.owner_url).set(drivername="postgresql")

    async def change(statements: str, **words: object) -> None:
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        try:
            await connection.execute(statements.format(**words))
        finally:
            await connection.close()

    return change


@pytest.fixture
async def break_books(as_owner: Change) -> Change:
    """Change rows as an owner does who has switched the triggers off for a moment."""

    async def change(statements: str, **words: object) -> None:
        off, on = (_TRIGGERS.replace("{to}", to) for to in ("DISABLE", "ENABLE"))
        await as_owner(f"{off}; {statements}; {on}", **words)

    return change


_TRIGGERS = """
DO $$
DECLARE
    name regclass;
BEGIN
    FOR name IN SELECT oid FROM pg_class WHERE relname ~ '^ledger' AND relkind IN ('r', 'p')
    LOOP
        EXECUTE format('ALTER TABLE %s {to} TRIGGER USER', name);
    END LOOP;
END $$
"""
