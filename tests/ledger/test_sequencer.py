"""The sequencer: positions without a gap, and leaves that anyone can make again."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.core.database import Database
from app.core.ids import new_id
from app.ledger import chart, journal, leaves, positions
from app.ledger.chart import Side
from app.ledger.checks import part_faults
from app.ledger.drafts import Reversal
from app.ledger.leaves import LeafEntry, LeafLine
from app.main import CHORES
from tests.make.books import MAY, a_draft, a_keeper
from tests.make.jobs import eventually


async def read(session: AsyncSession, reference: str) -> tuple[LeafEntry, bytes, bytes]:
    """An entry as an outsider would be shown it, its salt and its stored leaf."""
    row = (
        await session.execute(
            sa.text(
                "SELECT e.*, s.salt, p.leaf FROM ledger_entries e"
                " JOIN ledger_positions p ON p.entry_id = e.id"
                " JOIN ledger_salts s ON s.entry_id = e.id WHERE reference = :reference"
            ),
            {"reference": reference},
        )
    ).one()
    lines = await session.execute(
        sa.text(
            "SELECT l.side, l.amount, g.keeper_id, a.kind, a.owner_id, l.about_id"
            " FROM ledger_lines l JOIN ledger_accounts a ON a.id = l.account_id"
            " JOIN ledgers g ON g.id = a.ledger_id WHERE entry_id = :id ORDER BY position"
        ),
        {"id": row.id},
    )
    entry = LeafEntry(
        row.id,
        row.kind,
        row.reference,
        row.occurred_at,
        row.recorded_at,
        row.reverses_id,
        row.evidence,
        row.narration,
        [LeafLine(Side(side), *rest) for side, *rest in lines],
    )
    return entry, row.salt, row.leaf


async def test_a_leaf_can_be_made_again(session: AsyncSession) -> None:
    account = chart.DEPOSIT.of(await a_keeper(session), new_id())
    draft = a_draft(account, 500, reference=f"test/{new_id()}")
    object.__setattr__(draft, "narration", 'Café "Noord" \\ 3 of €5 naïef 😀')
    object.__setattr__(draft, "evidence", ("file:1", "stripe:pi_3"))
    reversal = Reversal(draft.id, f"{draft.reference}/back", "Wrong.", MAY)
    await journal.post(session, draft)
    await journal.post(session, reversal)
    await positions.sequence(session)

    for reference in (draft.reference, reversal.reference):
        entry, salt, leaf = await read(session, reference)
        assert leaves.leaf(entry, salt) == leaf
        assert len(salt) == 32


async def test_one_sequencer_at_a_time_leaves_no_gap(database: Database) -> None:
    async with database.work() as session:
        account = chart.DEPOSIT.of(await a_keeper(session), new_id())

    async def post_some() -> None:
        for _ in range(20):
            async with database.work() as session:
                await journal.post(session, a_draft(account, 1))

    await asyncio.gather(*(post_some() for _ in range(4)), positions.sequence_all(database))
    await asyncio.gather(*(positions.sequence_all(database) for _ in range(4)))
    await positions.sequence_all(database)

    async with database.reading() as session:
        count, last, left = (
            await session.execute(
                sa.text(
                    "SELECT count(*), max(position), (SELECT count(*) FROM ledger_unsequenced)"
                    " FROM ledger_positions"
                )
            )
        ).one()
    assert (count, last, left) == (80, 80, 0)


async def test_a_clock_that_lags_makes_nothing_unknown(session: AsyncSession) -> None:
    account = chart.DEPOSIT.of(await a_keeper(session), new_id())
    await journal.post(session, a_draft(account, 1))
    await positions.sequence(session)
    with clock.travelled(MAY):
        await journal.post(session, a_draft(account, 1))
        await positions.sequence(session)
    with clock.travelled(clock.now() + timedelta(hours=1)):
        ahead = await journal.post(session, a_draft(account, 1))
    await journal.post(session, a_draft(account, 1))
    await positions.sequence(session)
    moments = await session.scalars(
        sa.text("SELECT known_at FROM ledger_positions ORDER BY position")
    )
    found = list(moments)
    assert found == sorted(found)
    assert found[2:] == [await session.scalar(_RECORDED, {"id": ahead.ids[0]})] * 2
    assert [fault async for fault in part_faults(session, "order")] == []


_RECORDED = sa.text("SELECT recorded_at FROM ledger_entries WHERE id = :id")


async def test_a_worker_sequences(database: Database) -> None:
    async with database.work() as session:
        account = chart.DEPOSIT.of(await a_keeper(session), new_id())
        await journal.post(session, a_draft(account, 500))

    async def placed() -> bool:
        async with database.reading() as session:
            return await positions.latest(session) == 1

    async with jobs.Worker(database, [], chores=CHORES):
        await eventually(placed)
