"""Whatever an owner of the tables changes in the log is named."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import open_database
from app.core.events import Actor
from app.core.invariants import all_faults
from app.transparency import notes
from app.transparency.actions import cosigning, keys
from app.transparency.invariants import INVARIANTS
from tests.conftest import Cluster, Furnished, furnished
from tests.make import logs
from tests.transparency.access_table import WITNESS

CHANGES = {
    "an entry": (
        "UPDATE log_leaves SET entry = entry || ' ' WHERE position = 8",
        ["leaf 7: expected the hash of its entry", "leaf 7: expected what stands at position 8"],
    ),
    "an entry with its hash": (
        "UPDATE log_leaves SET entry = 'x', hash = sha256('\\x0078') WHERE position = 8",
        [
            *(
                "leaf 7: expected what stands at position 8",
                "tile 0 of level 0: expected the hashes",
            ),
            *("checkpoint of 260 leaves: expected the root", "checkpoint of 300 leaves: expected"),
        ],
    ),
    "the order of two": (
        """UPDATE log_leaves SET "index" = 1000 WHERE "index" = 298;
           UPDATE log_leaves SET "index" = 298 WHERE "index" = 299;
           UPDATE log_leaves SET "index" = 299 WHERE "index" = 1000""",
        [
            *(
                "leaf 298: expected to follow position 299, found 298",
                "leaf 299: expected to follow",
            ),
            "checkpoint of 300 leaves: expected the root of its leaves",
        ],
    ),
    "a leaf less": (
        'DELETE FROM log_leaves WHERE "index" = 270',
        [
            "leaf 271: expected to follow leaf 270, found 269",
            "leaf 271: expected to follow position 271, found 270",
            "checkpoint of 300 leaves: expected so many, found 299",
        ],
    ),
    "the last ones gone": (
        'DELETE FROM log_leaves WHERE "index" >= 290',
        ["checkpoint of 300 leaves: expected so many, found 290"],
    ),
    "all gone": (
        "TRUNCATE log_leaves",
        [
            "tile 0 of level 0: expected the hashes below it, found too few",
            *("checkpoint of 260 leaves: expected so many, found 0", "checkpoint of 300 leaves"),
        ],
    ),
    "another entry of the books": (
        "UPDATE log_leaves SET subject_id = gen_random_uuid() WHERE position = 8",
        ["leaf 7: expected what stands at position 8 of the books, found another"],
    ),
    "a tile": (
        "UPDATE log_tiles SET hashes = overlay(hashes placing '\\x00'::bytea from 1)",
        ["tile 0 of level 0: expected the hashes below", "tile 0 of level 0: expected the root"],
    ),
    "a tile less": (
        "DELETE FROM log_tiles",
        ["tile 0 of level 0: expected the hashes below it, found no tile"],
    ),
    "a root": (
        "UPDATE log_checkpoints SET root = sha256(root) WHERE size = 260",
        ["checkpoint of 260 leaves: expected what stands in its note, found another"],
    ),
    "a signature": (
        "UPDATE log_checkpoints SET note = replace(note, '260', '261') WHERE size = 260",
        [
            "checkpoint of 260 leaves: expected a signature of the log, found that The signature",
            "cosignature ",
        ],
    ),
    "a cosignature": (
        "UPDATE log_cosignatures SET line = replace(line, 'witness', 'another')",
        ["cosignature "],
    ),
    "a trigger": (
        "DROP TRIGGER in_order ON log_leaves",
        ["table log_leaves: expected the trigger in_order, enabled, found none"],
    ),
}


async def a_watched_log(session: AsyncSession) -> None:
    """A log that signed twice, the first time before a witness."""
    checkpoint = await logs.a_sealed_log(session, 260)
    await keys.add_witness(session, WITNESS.witness_key, Actor.system("test"))
    line = WITNESS.cosign(notes.parse(checkpoint.note).text, 1_700_000_000)
    await cosigning.take(session, checkpoint.size, f"{line}\n")
    await logs.a_sealed_log(session, 40)


@pytest.fixture(scope="module")
async def watched(cluster: Cluster) -> AsyncIterator[Furnished[None]]:
    async with furnished(cluster, a_watched_log) as there:
        yield there


async def found(cluster: Cluster, watched: Furnished[None], change: str) -> list[str]:
    """Change a copy of the log as its owner, and check it."""
    async with cluster.clone(watched.name) as name:
        settings = cluster.settings(name)
        url = make_url(settings.owner_url).set(drivername="postgresql")
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        tables = ("log_leaves", "log_tiles", "log_checkpoints", "log_cosignatures")
        for statements in (
            *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables),
            change,
            *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables),
        ):
            await connection.execute(statements)
        await connection.close()
        async with open_database(settings) as database, database.snapshot() as session:
            return [fault async for fault in all_faults(session, INVARIANTS)]


async def test_a_log_that_nobody_changed_has_no_faults(
    cluster: Cluster, watched: Furnished[None]
) -> None:
    assert await found(cluster, watched, "SELECT 1") == []


@pytest.mark.parametrize("what", CHANGES)
async def test_what_was_changed_is_named(
    cluster: Cluster, watched: Furnished[None], what: str
) -> None:
    change, expected = CHANGES[what]

    faults = await found(cluster, watched, change)

    assert len(faults) == len(expected), faults
    for fault, beginning in zip(faults, expected, strict=True):
        assert fault.startswith(beginning), faults
