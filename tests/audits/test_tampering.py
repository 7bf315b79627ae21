"""Whatever somebody does to the rows who may do everything, somebody else finds out."""

import os
import random
from collections import Counter
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError

from app.core import clock
from app.core.database import Database, open_database
from app.transparency import checkpoints, verifier
from tests.audits.noticing import REFUSED, finder, who
from tests.audits.sweeping import Sweep
from tests.audits.tampering import KINDS, NothingToTamper, Tamperer, openings
from tests.audits.town import Kept, a_town
from tests.fulfilments.conftest import Claims, claims, settings, town

__all__ = ["claims", "settings", "town"]

CASES = int(os.environ.get("BAAT_TAMPER_CASES", "12"))
SEED = int(os.environ.get("BAAT_TAMPER_SEED", "20261129"))
ROWS = int(os.environ.get("BAAT_TAMPER_ROWS", "0"))
"""So many of each table are changed in whatever way there is: a sweep, which takes minutes."""
TRIES = 50
"""What was drawn may come to nothing."""


async def case(database: Database, kept: Kept, number: int) -> tuple[str, str, str | None]:
    """Tamper with something in a transaction that comes to nothing; say what, and who finds it."""
    chance = random.Random(f"{SEED}/{number}")  # noqa: S311  Only drawn.
    kind = list(KINDS)[number % len(KINDS)]
    known = checkpoints.opened(kept.checkpoint, kept.keys).size
    for _ in range(TRIES):
        async with database.sessions() as session:
            try:
                what = await Tamperer(session, chance, known).tamper(kind)
            except NothingToTamper:
                continue
            except DBAPIError as error:
                return kind, str(error.orig), REFUSED
            return kind, what, await finder(session, kept)
    message = f"nothing was drawn to {kind}"
    raise AssertionError(message)


@pytest.mark.timeout(7_200)
async def test_whatever_somebody_tampers_with_is_found_out(
    claims: Claims,
    client: httpx.AsyncClient,
    database: Database,
) -> None:
    kept = await a_town(claims, client, database)
    for certificate in kept.certificates:
        assert verifier.verify(certificate, kept.keys).content is not None
    owner = SecretStr(database.settings.owner_url)
    changed = database.settings.model_copy(update={"database_url": owner})
    found: Counter[tuple[str, str]] = Counter()
    unnoticed = []
    # What waits for its leaf, or for a signature over it, has had its minutes.
    async with open_database(changed) as opened:
        with clock.travelled(clock.now() + timedelta(minutes=30)):
            async with opened.work() as session:
                assert await finder(session, kept) is None
            async with opened.work() as session:
                for statement in openings():
                    await session.execute(sa.text(statement))
            for number in range(CASES):
                kind, what, by = await case(opened, kept, number)
                found[kind, who(by)] += 1
                if by is None:
                    unnoticed.append(f"case {number} of seed {SEED}, {kind}: {what}")
            if ROWS:
                sweep = Sweep(opened, kept, ROWS)
                await sweep.go()
                print(f"sweep: {sweep}")  # noqa: T201  scripts/chaos.py shows it.
                unnoticed += sweep.unnoticed

    for kind in KINDS:
        by_whom = (f"{n} by {by}" for (each, by), n in sorted(found.items()) if each == kind)
        print(f"tampering: {kind}: found {', '.join(by_whom)}")  # noqa: T201  scripts/chaos.py shows it.
    assert not unnoticed, "\n".join(unnoticed)
