"""No unit counts twice, whoever connects and whatever they write.

`scripts/chaos.py claims` does the same a million times.
"""

import asyncio
import os
import random
import sys
from collections import Counter
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from app.core.database import Database, violates
from tests.fulfilments import claimants
from tests.fulfilments.claimants import Claim, Claimant
from tests.fulfilments.conftest import Claims, Debt
from tests.orders.conftest import said

TRIES = int(os.environ.get("BAAT_CLAIM_TRIES", "800"))
SEED = int(os.environ.get("BAAT_CLAIM_SEED", "0"))
CONNECTIONS = 4 if TRIES < 100_000 else 16
SERIALS = max(400, TRIES // 20)
LOOKS = 5
"""So often somebody looks whether there is an overlap, while they are at it."""


@pytest.mark.timeout(max(60, TRIES // 100))
async def test_random_claims_from_many_connections_never_overlap(
    claims: Claims, database: Database
) -> None:
    [order_id] = await claims.bought(10)
    templates = [await _template(claims, order_id, debt) for debt in (claims.first, claims.second)]
    url = make_url(str(database.settings.database_url.get_secret_value()))
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connections = [await asyncpg.connect(address) for _ in range(CONNECTIONS + 1)]
    watching = connections.pop()
    who = [
        Claimant(connection, templates, SERIALS, random.Random(SEED + seed))  # noqa: S311  A test's dice, the same each time.
        for seed, connection in enumerate(connections)
    ]

    for _ in range(LOOKS):
        await asyncio.gather(*(_attempts(each) for each in who))
        assert await watching.fetchval(claimants.OVERLAPS) == 0

    # The table says what each connection was told, row by row.
    known = {id_: claim for each in who for id_, claim in each.mine.items()}
    rows = await watching.fetch(claimants.ROWS, list(claimants.PROJECTS))
    for connection in (*connections, watching):
        await connection.close()
    assert {row["id"]: _read(row) for row in rows} == known
    # An independent replay: each serial is in one live claim at the most.
    counted, twice = claimants.replayed(map(_read, rows))
    assert twice == 0
    seen = sum((each.seen for each in who), Counter[str]())
    assert seen["taken"] > TRIES // 10
    assert seen["refused"] > TRIES // 10
    told = ", ".join(f"{number:,} {what}" for what, number in sorted(seen.items()))
    sys.stdout.write(f"\nclaims: {told}; {counted:,} serials in live claims, none twice\n")


async def _attempts(claimant: Claimant) -> None:
    for _ in range(TRIES // CONNECTIONS // LOOKS):
        await claimant.attempt()


def _read(row: asyncpg.Record) -> Claim:
    first, last = row["first_serial"], row["last_serial"]
    return Claim(row["state"], first, last - first + 1, row["revoked_units"])


async def _template(claims: Claims, order_id: UUID, debt: Debt) -> tuple[UUID, dict[str, str]]:
    """Draft a claim, which others are made like, and say who submits and decides those."""
    await claims.split(order_id, *((1, 0) if debt is claims.first else (0, 1)))
    path = await claims.draft(order_id, debt, 1)
    clerk = claims.stall.buyer.clerk
    people = {"submitted_by_id": str(clerk.user_id), "decided_by_id": str(debt.officer.user_id)}
    return UUID(path.rpartition("/")[2]), people


async def test_claims_that_are_submitted_at_once_share_what_there_is(claims: Claims) -> None:
    order_id, _ = await claims.bought(10, 98)
    await claims.split(order_id, 10, 0)
    drafts = [await claims.draft(order_id, claims.first, 3) for _ in range(5)]

    answers = await asyncio.gather(*(claims.post(f"{each}/submissions") for each in drafts))

    told = Counter(said(answer) for answer in answers)
    assert told == {(201, None): 3, (409, "/problems/not-allocated"): 2}
    taken = [answer.json() for answer in answers if answer.is_success]
    serials = sorted(
        tuple(int(each[name].rpartition("-")[2]) for name in ("firstSerial", "lastSerial"))
        for each in taken
    )
    assert serials == [(1, 3), (4, 6), (7, 9)]
    # What was split otherwise meanwhile takes no unit away from a claim, and plain SQL neither.
    assert said(await claims.split(order_id, 8, 2)) == (409, "/problems/units-claimed")
    steal = (
        "UPDATE fulfilments SET first_serial = :first, last_serial = :last, state = :state,"
        " submitted_by_id = drafted_by_id WHERE state = 'drafted'"
    )
    number, _, first = taken[0]["firstSerial"].partition("-")
    begins = (int(number) << 32) + int(first)
    with pytest.raises(sa.exc.IntegrityError) as refused:
        await claims.stall.change(steal, first=begins, last=begins + 2, state="submitted")
    assert violates(refused.value, "ex_fulfilments_counted_once")
