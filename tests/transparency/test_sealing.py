"""Leaves, tiles and checkpoints: in order, once, and never another than was signed for."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.core.events import Actor
from app.core.ids import new_id
from app.core.invariants import faults_of
from app.ledger import chart, journal, leaves
from app.ledger.models import LedgerPosition
from app.transparency import checkpoints, entries, hooks, merkle, notes, proofs, queries, tiles
from app.transparency.actions import appending, keys, publishing
from app.transparency.actions.appending import ArrivalUnexplained
from app.transparency.actions.publishing import LogForked
from app.transparency.entries import EntryKind
from app.transparency.hooks import Source, Statement
from app.transparency.invariants import INVARIANTS
from app.transparency.models import LogArrival, LogCheckpoint, LogKey, LogLeaf, LogSalt, LogTile
from app.transparency.problems import LeafPending, NoLogKey
from tests.make import logs
from tests.make.books import a_draft, a_keeper
from tests.make.busy_books import sequence
from tests.transparency.conftest import Change

OPERATOR = Actor.system("operator")


async def leaf_hashes(session: AsyncSession) -> list[bytes]:
    return list(await session.scalars(sa.select(LogLeaf.hash).order_by(LogLeaf.index)))


async def test_each_entry_of_the_books_has_a_leaf_in_the_order_of_positions(
    session: AsyncSession,
) -> None:
    assert await appending.append(session) == 0
    assert await publishing.publish(session) is None
    entered = await logs.entries(session, 600)
    waiting = await logs.entries(session, 3)

    assert await appending.append(session, most=500) == 500
    assert await appending.append(session, most=500) == 103
    assert await appending.append(session) == 0

    known = (
        await session.execute(
            sa.select(LedgerPosition.position, LedgerPosition.entry_id, LedgerPosition.leaf)
            .where(LedgerPosition.entry_id.in_([*entered, *waiting]))
            .order_by(LedgerPosition.position)
        )
    ).all()
    found = (await session.scalars(sa.select(LogLeaf).order_by(LogLeaf.index))).all()
    assert [leaf.index for leaf in found] == list(range(603))
    assert [leaf.subject_id for leaf in found] == [row.entry_id for row in known]
    for leaf, row in zip(found, known, strict=True):
        assert leaf.entry == bytes(entries.ledger_entry(row.position, row.leaf))
        assert entries.parse(leaf.entry).facts == {"position": row.position}
        assert leaf.hash == merkle.leaf_hash(leaf.entry)


async def test_tiles_are_those_of_the_tree_and_the_checkpoint_is_its_root(
    session: AsyncSession,
) -> None:
    for count in (300, 400):
        checkpoint = await logs.a_sealed_log(session, count)
        hashes = await leaf_hashes(session)
        assert checkpoint.root == merkle.root(hashes)
        for tile in tiles.all_of(checkpoint.size):
            content = await queries.tile(session, tile)
            span = tiles.WIDTH ** (tile.level or 0)
            begin = tile.number * tiles.WIDTH * span
            ends = [begin + span * (at + 1) for at in range(tile.width)]
            assert content == b"".join(merkle.root(hashes[end - span : end]) for end in ends)

    stored = await session.execute(sa.select(LogTile.level, LogTile.number))
    assert sorted(map(tuple, stored)) == [(0, 0), (0, 1)]
    # What an earlier checkpoint needed is still there, and what none needed is not.
    assert await queries.tile(session, tiles.Tile(0, 1, 44)) is not None
    assert await queries.tile(session, tiles.Tile(0, 2, 188)) is not None
    assert await queries.tile(session, tiles.Tile(0, 2, 189)) is None
    assert await queries.tile(session, tiles.Tile(1, 0, 3)) is None
    bundle = await queries.tile(session, tiles.Tile(None, 2, 188))
    assert bundle is not None
    told = [merkle.leaf_hash(entry) for entry in entries.unbundle(bundle)]
    assert told == (await leaf_hashes(session))[512:]


async def test_a_clock_that_is_set_back_takes_the_log_back_nowhere(session: AsyncSession) -> None:
    with clock.travelled(clock.now() + timedelta(hours=2)):
        ahead = await logs.a_sealed_log(session, 2)
    await logs.a_sealed_log(session, 2)

    assert await _faults_of_times(session) == []
    leaves = (await session.scalars(sa.select(LogLeaf).order_by(LogLeaf.index))).all()
    signed = (await session.scalars(sa.select(LogCheckpoint).order_by(LogCheckpoint.size))).all()
    moments = [each.appended_at for each in leaves] + [each.signed_at for each in signed]
    assert moments[2:] == [ahead.signed_at] * 4


async def test_nor_is_the_first_leaf_a_fault_whose_entry_was_recorded_before_that(
    session: AsyncSession,
) -> None:
    account = chart.DEPOSIT.of(await a_keeper(session), new_id())
    with clock.travelled(clock.now() + timedelta(hours=2)):
        await journal.post(session, a_draft(account, 1))
    await sequence(session)
    await logs.sealed(session)

    assert await _faults_of_times(session) == []


async def _faults_of_times(session: AsyncSession) -> list[str]:
    [times] = [each for each in INVARIANTS if each.name == "log-times"]
    return [fault async for fault in faults_of(session, times)]


async def test_every_checkpoint_is_the_beginning_of_the_next(session: AsyncSession) -> None:
    signed = [await logs.a_sealed_log(session, count) for count in (1, 255, 2, 40)]
    key = queries.key_of((await queries.keys(session))[0])

    for old, new in pairwise(signed):
        hashes = await queries.proving.consistency(session, old.size, new.size)
        merkle.insist_on_consistency((old.size, old.root), (new.size, new.root), hashes)
    for checkpoint in signed:
        opened = checkpoints.opened(checkpoint.note, [key])
        assert opened == checkpoints.Checkpoint("127.0.0.1:8000/log", checkpoint.size, opened.root)
    assert await publishing.publish(session) is None


async def test_a_proof_is_checked_with_the_key_alone(
    session: AsyncSession,
) -> None:
    [entry_id] = await logs.entries(session, 1)
    with pytest.raises(LeafPending):
        await queries.proving.proof_of(session, "ledger", entry_id)
    await appending.append(session)
    with pytest.raises(LeafPending):
        await queries.proving.proof_of(session, "ledger", entry_id)
    first = await publishing.publish(session)
    assert first is not None
    await logs.a_sealed_log(session, 300)
    content = await queries.contents.of_ledger_entry(session, entry_id, None)
    key = queries.key_of((await queries.keys(session))[0])

    proof = await queries.proving.proof_of(session, "ledger", entry_id)
    proven = proofs.check(proofs.parse(str(proof)), [key])
    assert proven.checkpoint.size == 301
    assert content is not None
    assert content.startswith(leaves.VERSION)
    assert entries.parse(proven.entry).commits_to(content)
    assert not entries.parse(proven.entry).commits_to(content + " ")
    leaf = await queries.leaf_of(session, "ledger", entry_id)
    assert leaf is not None
    older = await queries.proving.proof(session, leaf, first.size)
    assert proofs.check(older, [key]).checkpoint.size == first.size == 1
    # Somebody who may read one of its keepers' books only could guess the rest with the salt.
    assert await queries.contents.of_ledger_entry(session, entry_id, frozenset()) is None


async def test_what_others_publish_is_told_in_the_order_of_its_arrival(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [new_id() for _ in range(4)]

    async def state(_session: AsyncSession, asked: object) -> list[Statement]:
        assert isinstance(asked, list)
        known = [each for each in asked if each != ids[3]]
        return [
            Statement(each, {"event": "approved", "valueCents": 5}, [f"secret of {each}"])
            for each in reversed(known)
        ]

    source = Source("tests", EntryKind.FULFILMENT, state)
    monkeypatch.setattr(hooks, "SOURCES", {"tests": source})
    session.add_all(LogArrival(source="tests", subject_id=each) for each in ids[2::-1])
    session.add(LogArrival(source="others", subject_id=new_id()))
    await logs.entries(session, 1)

    assert await appending.append(session) == 4
    found = (await session.scalars(sa.select(LogLeaf).order_by(LogLeaf.index))).all()
    assert [leaf.source for leaf in found] == ["ledger", "tests", "tests", "tests"]
    assert [leaf.subject_id for leaf in found[1:]] == ids[2::-1]
    entry = entries.parse(found[1].entry)
    assert (entry.kind, entry.facts) == ("fulfilment", {"event": "approved", "valueCents": 5})
    salt = await session.get(LogSalt, ids[2])
    assert salt is not None
    said = f"baat log content 1\n{salt.salt.hex()}\n{ids[2]}\nsecret of {ids[2]}"
    assert entry.commits_to(said)
    assert b"secret" not in found[1].entry
    assert await session.scalar(sa.select(sa.func.count()).select_from(LogArrival)) == 1

    session.add(LogArrival(source="tests", subject_id=ids[3]))
    with pytest.raises(ArrivalUnexplained):
        await appending.append(session)


async def test_a_long_backlog_of_others_is_taken_in_one_go(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def state(_session: AsyncSession, asked: Sequence[UUID]) -> list[Statement]:
        return [Statement(each, {"event": "drafted"}, []) for each in asked]

    source = Source("tests", EntryKind.FULFILMENT, state)
    monkeypatch.setattr(hooks, "SOURCES", {"tests": source})
    # More of them than there may be values in a statement, of which a leaf has seven.
    waiting = [{"source": "tests", "subject_id": new_id()} for _ in range(4_700)]
    await session.execute(sa.insert(LogArrival), waiting)

    assert await appending.append(session) == len(waiting) < appending.AT_ONCE


async def test_a_new_key_signs_beside_the_old_one_until_that_retires(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NoLogKey):
        await keys.rotate(session, timedelta(days=1), OPERATOR)
    first = await keys.first(session, OPERATOR)
    assert await keys.first(session, OPERATOR) is first
    alone = await logs.a_sealed_log(session, 1)
    second = await keys.rotate(session, timedelta(days=30), OPERATOR)
    both = await logs.a_sealed_log(session, 1)
    old, new = queries.key_of(first), queries.key_of(second)

    assert [key for key in (old, new) if key in notes.parse(alone.note).signers([old, new])] == [
        old
    ]
    assert notes.parse(both.note).signers([old, new]) == [old, new]
    assert old.name == new.name

    later = clock.now() + timedelta(days=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    after = await logs.a_sealed_log(session, 1)
    assert notes.parse(after.note).signers([old, new]) == [new]
    assert first.sealed_key is None
    kept = await session.scalars(sa.select(LogKey.id).order_by(LogKey.id))
    assert kept.all() == [first.id, second.id]


async def test_the_private_key_is_not_in_the_database(session: AsyncSession) -> None:
    made = await keys.first(session, OPERATOR)
    [signer] = await keys.signers(session)

    assert made.sealed_key is not None
    assert signer.private.private_bytes_raw() not in made.sealed_key
    assert signer.key == queries.key_of(made)


REFUSED = (
    "UPDATE log_leaves SET entry = 'x'",
    "DELETE FROM log_leaves",
    "UPDATE log_tiles SET root = hashes",
    "DELETE FROM log_checkpoints",
    "TRUNCATE log_cosignatures",
    """INSERT INTO log_leaves SELECT 300, 'x', gen_random_uuid(), NULL, entry, hash, now()
         FROM log_leaves WHERE "index" = 0""",
    """INSERT INTO log_leaves SELECT 258, 'ledger', gen_random_uuid(), 9999, entry, hash, now()
         FROM log_leaves WHERE "index" = 0""",
    """INSERT INTO log_leaves SELECT 258, 'ledger', subject_id, 259, entry, hash, now()
         FROM log_leaves WHERE "index" = 0""",
    "INSERT INTO log_checkpoints SELECT 257, root, note, now() FROM log_checkpoints",
    "INSERT INTO log_checkpoints SELECT 258, root, note, now() FROM log_checkpoints",
    "INSERT INTO log_checkpoints SELECT 259, root, note, now() FROM log_checkpoints",
)


async def test_the_database_refuses_what_would_change_the_log(session: AsyncSession) -> None:
    await logs.a_sealed_log(session, 258)

    for statement in REFUSED:
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await session.execute(sa.text(statement))


async def test_several_workers_seal_and_only_one_log_comes_of_it(database: Database) -> None:
    async def post() -> None:
        for _ in range(6):
            async with database.work() as session:
                await logs.entries(session, 50)

    async def seal() -> None:
        for _ in range(8):
            await publishing.seal(database)

    await asyncio.gather(post(), seal(), seal(), seal())
    async with database.work() as session:
        await sequence(session)
    await publishing.seal(database)

    async with database.reading() as session:
        hashes = await leaf_hashes(session)
        signed = (await session.scalars(sa.select(LogCheckpoint))).all()
        assert len(await queries.keys(session)) == 1
    assert len(hashes) == 300
    assert max(checkpoint.size for checkpoint in signed) == 300
    for checkpoint in signed:
        assert checkpoint.root == merkle.root(hashes[: checkpoint.size])


async def broken_off(database: Database, step: Callable[[AsyncSession], Awaitable[object]]) -> None:
    """Take a step, and end before it is committed."""
    async with database.sessions() as session:
        await step(session)


async def test_a_worker_that_ended_between_two_steps_is_followed_by_the_next(
    database: Database,
) -> None:
    async with database.work() as session:
        await logs.entries(session, 300)
    await broken_off(database, appending.append)
    async with database.work() as session:
        assert await queries.size(session) == 0
        await appending.append(session)
    await broken_off(database, publishing.publish)

    await publishing.seal(database)

    async with database.reading() as session:
        checkpoint = await queries.checkpoint(session)
        assert checkpoint is not None
        assert checkpoint.size == 300
        assert checkpoint.root == merkle.root(await leaf_hashes(session))


async def test_a_salt_is_erased_and_its_leaf_stays_proven_but_no_other_history_is_signed(
    database: Database, as_owner: Change
) -> None:
    async with database.work() as session:
        [entry_id] = await logs.entries(session, 1)
        await logs.a_sealed_log(session, 4)
        assert await queries.contents.of_ledger_entry(session, entry_id, None) is not None
    await as_owner("DELETE FROM ledger_salts")
    async with database.work() as session:
        assert await queries.contents.of_ledger_entry(session, entry_id, None) is None
        proof = await queries.proving.proof_of(session, "ledger", entry_id)
        key = queries.key_of((await queries.keys(session))[0])
        assert proofs.check(proof, [key]).index == 0
        await logs.entries(session, 1)

    await as_owner(
        "ALTER TABLE log_leaves DISABLE TRIGGER USER;"
        ' UPDATE log_leaves SET hash = sha256(hash) WHERE "index" = 3;'
        " ALTER TABLE log_leaves ENABLE TRIGGER USER"
    )

    with pytest.raises(LogForked):
        await publishing.seal(database)

    await as_owner(
        "ALTER TABLE log_leaves DISABLE TRIGGER USER;"
        ' DELETE FROM log_leaves WHERE "index" = 4;'
        " ALTER TABLE log_leaves ENABLE TRIGGER USER"
    )
    with pytest.raises(LogForked):
        await publishing.seal(database)

    async with database.reading() as session:
        assert await queries.latest_size(session) == 5
        assert await queries.size(session) == 6
