"""No unit counts twice, whoever connects and whatever they write."""

import asyncio
import random
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.core.database import Database, violates
from app.core.ids import new_id
from app.obligations.models import Obligation
from tests.fulfilments.conftest import Claims, Debt

CONNECTIONS, TRIES, SERIALS = 4, 60, 400
FIRST = 77 << 32

INSERT = sa.text("""
    INSERT INTO fulfilments (id, kind, claim, state, authority_id, obligation_id, claimant_id,
        order_id, quantity_units, first_serial, last_serial, rules_id, value_cents,
        surplus_cents, steps, revoked_units, revoked_cents, revoked_surplus_cents,
        drafted_by_id, drafted_at, submitted_by_id, decided_by_id, version)
    VALUES (:id, 'rikx', '{}', :state, :authority_id, :obligation_id, :claimant_id, :order_id,
        :units, :first, :last, :rules_id, 0, 0, '[]', 0, 0, 0, :user_id, now(),
        :user_id, :officer_id, 1)
""")
LIVE = sa.text("""
    SELECT first_serial, last_serial - revoked_units FROM fulfilments
     WHERE state IN ('submitted', 'approved')
""")


async def test_random_claims_from_many_connections_never_overlap(
    claims: Claims, database: Database
) -> None:
    order_id = await claims.stall.ordered(10)
    debts = [await _columns(claims, database, order_id, debt) for debt in _debts(claims)]

    tried = [_claim_at_random(database, debts, seed) for seed in range(CONNECTIONS)]
    won = sum(await asyncio.gather(*tried))

    # An independent replay: each serial is in one live claim at the most.
    async with database.reading() as session:
        rows = (await session.execute(LIVE)).all()
    counted = [serial for first, last in rows for serial in range(first, last + 1)]
    assert len(counted) == len(set(counted))
    assert len(rows) == won
    assert 10 < won < CONNECTIONS * TRIES

    # Nor can what is not live be made live over something that is.
    first, last = rows[0]
    async with database.work() as session:
        await session.execute(INSERT, _row(debts[0], "rejected", first, last))
    live_again = sa.text("UPDATE fulfilments SET state = 'approved' WHERE state = 'rejected'")
    with pytest.raises(IntegrityError) as refused:
        await _execute(database, live_again)
    assert violates(refused.value, "ex_fulfilments_counted_once")


async def _execute(database: Database, statement: sa.TextClause) -> None:
    async with database.work() as session:
        await session.execute(statement)


def _debts(claims: Claims) -> tuple[Debt, Debt]:
    return claims.first, claims.second


async def _columns(
    claims: Claims, database: Database, order_id: UUID, debt: Debt
) -> dict[str, UUID]:
    """Say what a claim of the buyer's for one of its obligations refers to."""
    async with database.reading() as session:
        obligation = await session.get_one(Obligation, debt.obligation_id)
        clerk = claims.stall.buyer.clerk
        return {
            "authority_id": obligation.authority_id,
            "obligation_id": obligation.id,
            "claimant_id": claims.stall.buyer.organisation.id,
            "order_id": order_id,
            "rules_id": obligation.rules_id,
            "user_id": clerk.user_id,
            "officer_id": debt.officer.user_id,
        }


def _row(columns: dict[str, UUID], state: str, first: int, last: int) -> dict[str, object]:
    return {
        **columns,
        "id": new_id(),
        "state": state,
        "first": first,
        "last": last,
        "units": last - first + 1,
    }


async def _claim_at_random(database: Database, debts: list[dict[str, UUID]], seed: int) -> int:
    """Try many claims, in plain SQL; say how many of them came in."""
    dice, won = random.Random(seed), 0  # noqa: S311  A test's dice, the same each time.
    for _ in range(TRIES):
        first = FIRST + dice.randrange(1, SERIALS)
        row = _row(
            dice.choice(debts),
            dice.choice(["submitted", "approved"]),
            first,
            first + dice.randrange(12),
        )
        try:
            async with database.work() as session:
                await session.execute(INSERT, row)
        except IntegrityError as refused:
            if not violates(refused, "ex_fulfilments_counted_once"):
                raise
        else:
            won += 1
    return won
