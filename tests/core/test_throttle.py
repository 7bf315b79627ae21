import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, throttle
from app.core.database import Database
from app.core.throttle import Spent, ThrottleCounter

MINUTE = timedelta(minutes=1)


async def spend(database: Database, key: str, limit: int) -> Spent:
    async with database.aside() as session:
        return await throttle.spend(session, key, limit=limit, window=MINUTE)


async def counter(session: AsyncSession) -> ThrottleCounter:
    query = sa.select(ThrottleCounter).execution_options(populate_existing=True)
    return (await session.scalars(query)).one()


async def test_fifty_at_once_get_no_more_than_the_limit(database: Database) -> None:
    async def attempt() -> Spent:
        async with database.work() as session:
            return await throttle.spend(session, "jan@example.org", limit=10, window=MINUTE)

    spents = await asyncio.gather(*(attempt() for _ in range(50)))

    assert sum(spent.allowed for spent in spents) == 10
    assert sorted(spent.remaining for spent in spents if spent.allowed) == list(range(10))
    assert {spent.remaining for spent in spents if not spent.allowed} == {0}
    assert all(50 < spent.retry_after_seconds <= 60 for spent in spents)


async def test_at_the_turn_of_a_window_no_more_than_the_limit_either(database: Database) -> None:
    await spend(database, "key", limit=1)
    await let_the_window_pass(database)

    async def attempt() -> Spent:
        async with database.work() as session:
            return await throttle.spend(session, "key", limit=10, window=MINUTE)

    spents = await asyncio.gather(*(attempt() for _ in range(30)))

    assert sum(spent.allowed for spent in spents) == 10


async def test_a_window_passes(database: Database) -> None:
    assert (await spend(database, "key", limit=1)).allowed
    assert not (await spend(database, "key", limit=1)).allowed

    await let_the_window_pass(database)

    assert await spend(database, "key", limit=1) == Spent(
        allowed=True, remaining=0, retry_after_seconds=60
    )


async def let_the_window_pass(database: Database) -> None:
    async with database.work() as session:
        await session.execute(sa.update(ThrottleCounter).values(window_ends_at=sa.func.now()))


async def test_a_refusal_changes_neither_count_nor_window(session: AsyncSession) -> None:
    await throttle.spend(session, "key", limit=2, window=MINUTE, cost=2)
    before = await counter(session)
    ends_at, used = before.window_ends_at, before.used

    for _ in range(5):
        spent = await throttle.spend(session, "key", limit=2, window=MINUTE)
        assert not spent.allowed

    after = await counter(session)
    assert (after.window_ends_at, after.used) == (ends_at, used)


async def test_a_cost_is_allowed_as_a_whole_or_not_at_all(session: AsyncSession) -> None:
    assert (await throttle.spend(session, "key", limit=5, window=MINUTE, cost=3)).remaining == 2
    refused = await throttle.spend(session, "key", limit=5, window=MINUTE, cost=3)
    assert (refused.allowed, refused.remaining) == (False, 2)
    assert (await throttle.spend(session, "key", limit=5, window=MINUTE, cost=2)).allowed


async def test_more_than_the_limit_is_never_allowed(session: AsyncSession) -> None:
    spent = await throttle.spend(session, "key", limit=2, window=MINUTE, cost=3)
    assert (spent.allowed, spent.remaining) == (False, 2)


async def test_a_limit_that_was_lowered_holds_at_once(session: AsyncSession) -> None:
    await throttle.spend(session, "key", limit=10, window=MINUTE, cost=8)
    spent = await throttle.spend(session, "key", limit=5, window=MINUTE)
    assert (spent.allowed, spent.remaining) == (False, 0)


async def test_a_lease_takes_what_is_left(session: AsyncSession) -> None:
    leases = [
        await throttle.lease(session, "key", limit=8, window=MINUTE, size=5) for _ in range(3)
    ]
    assert [lease.granted for lease in leases] == [5, 3, 0]
    assert [lease.remaining for lease in leases] == [3, 0, 0]
    assert all(50 < lease.ends_in_seconds <= 60 for lease in leases)


async def test_what_was_no_failure_is_given_back(session: AsyncSession) -> None:
    await throttle.spend(session, "key", limit=2, window=MINUTE, cost=2)

    await throttle.give_back(session, "key")

    assert (await throttle.spend(session, "key", limit=2, window=MINUTE)).allowed
    assert not (await throttle.spend(session, "key", limit=2, window=MINUTE)).allowed


async def test_no_more_is_given_back_than_was_spent(session: AsyncSession) -> None:
    await throttle.spend(session, "key", limit=2, window=MINUTE)
    await throttle.give_back(session, "key", cost=7)
    await throttle.give_back(session, "stranger")
    assert (await counter(session)).used == 0


async def test_nothing_is_given_back_to_a_window_that_is_over(session: AsyncSession) -> None:
    await throttle.spend(session, "key", limit=2, window=timedelta(microseconds=1))
    await throttle.give_back(session, "key")
    assert (await counter(session)).used == 1


async def test_keys_do_not_touch_each_other(session: AsyncSession) -> None:
    assert (await throttle.spend(session, "one", limit=1, window=MINUTE)).allowed
    assert (await throttle.spend(session, "other", limit=1, window=MINUTE)).allowed


async def test_a_key_is_not_stored_in_clear(session: AsyncSession) -> None:
    await throttle.spend(session, "jan@example.org", limit=1, window=MINUTE)
    stored = (await counter(session)).key
    assert len(stored) == 64
    assert int(stored, 16)
    assert stored != hashlib.sha256(b"jan@example.org").hexdigest()


async def test_the_installations_clock_forgives_nothing(session: AsyncSession) -> None:
    await throttle.spend(session, "key", limit=1, window=MINUTE)
    with clock.travelled(datetime.now(UTC) + timedelta(days=7)):
        assert not (await throttle.spend(session, "key", limit=1, window=MINUTE)).allowed


async def test_expired_counters_are_forgotten_and_living_ones_kept(session: AsyncSession) -> None:
    await throttle.spend(session, "over", limit=1, window=timedelta(microseconds=1))
    await throttle.spend(session, "lives", limit=1, window=MINUTE)

    assert await throttle.forget_expired(session) == 1

    assert not (await throttle.spend(session, "lives", limit=1, window=MINUTE)).allowed


async def test_forgetting_waits_for_nobody(database: Database) -> None:
    await spend(database, "key", limit=9)
    await let_the_window_pass(database)
    async with database.aside() as spending:
        await throttle.spend(spending, "key", limit=9, window=MINUTE)
        async with database.work() as session:
            assert await throttle.forget_expired(session) == 0


async def test_a_crash_may_forget_the_counters(session: AsyncSession) -> None:
    query = sa.text("SELECT relpersistence FROM pg_class WHERE relname = 'throttle_counters'")
    assert await session.scalar(query) == b"u"
