"""Events come twice and more, shuffled, late and badly signed: in the end all stands the same."""

import asyncio
import copy
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from app.core.database import Database
from app.payments.fake.delivery import signed
from app.payments.fake.server import SECRET
from app.payments.fake.store import Thing
from scripts.benchmarks.stalls import Market, Stalls, put_up
from scripts.disasters import proofs
from scripts.disasters.buying import Bought, Buyers, buyers
from scripts.disasters.ground import Ground
from scripts.disasters.histories import OF_NEW, OF_PAID, OF_REFUNDED, WAYS, Happening, mixed
from scripts.disasters.installation import Installation, running
from scripts.disasters.kills import PATIENT
from scripts.disasters.report import Chapter

AT_ONCE = 8
CHUNKS = 10
"""In so many parts the world goes on while events are on their way."""

MOST_COPIES = 5
BADLY_SIGNED = 0.05
"""Of the events, so many also come with somebody else's signature."""


@dataclass(frozen=True)
class Plan:
    """How many payments something happens to, and in how many orders that is told."""

    parts: Sequence[tuple[int, int]]
    """Payments, and seeds."""


TINY = Plan([(12, 2)])
QUICK = Plan([(30, 2)])
FULL = Plan([(60, 1), (30, 2)])
ENDLESS = Plan([(2_300, 1), (100, 20)])


@dataclass
class _World:
    """How all stood before anything happened that is told."""

    name: str
    things: dict[str, Thing]
    answers: dict[str, dict[str, Any]]
    happenings: Sequence[Happening]


@dataclass
class _Told:
    """What was sent, and what became of it."""

    events: int = 0
    sent: Counter[int] = field(default_factory=Counter)
    """By the status of the answer."""
    state: dict[str, str] = field(default_factory=dict)
    left: Sequence[str] = ()
    """Jobs that were never done: then the comparison says nothing."""


async def run(ground: Ground, plan: Plan) -> Chapter:
    """Tell the same histories in order, and in other orders; compare how all stands then."""
    chapter = Chapter("webhooks", f"(payments, seeds) {', '.join(map(str, plan.parts))}")
    with chapter.timed():
        for payments, seeds in plan.parts:
            await _part(ground, chapter, payments, seeds)
    return chapter


async def _part(ground: Ground, chapter: Chapter, payments: int, seeds: int) -> None:
    world = await _begun(ground, payments)
    right = await _told(ground, world, None, chapter)
    drawn = ground.chance(f"webhooks/{payments}")
    chapter.saw(f"in order: {right.events} events about {payments} payments", right=not right.left)
    for number in range(seeds):
        seed = drawn.randrange(1, 10**9)
        found = await _told(ground, world, seed, None if number else chapter)
        differ = [
            f"{name} {right.state.get(name)} -> {found.state.get(name)}"
            for name in sorted(right.state.keys() | found.state.keys())
            if right.state.get(name) != found.state.get(name)
        ]
        refused = found.sent[HTTPStatus.BAD_REQUEST]
        taken = found.sent[HTTPStatus.NO_CONTENT]
        others = found.sent.total() - taken - refused
        chapter.saw_none(
            f"seed {seed}: {found.events} events taken {taken} times, {refused} refused,"
            f" {others} other answers; differences in the end",
            [*differ, *found.left, *(["other answers"] if others else [])],
        )
    await ground.drop(world.name)


async def _begun(ground: Ground, payments: int) -> _World:
    """Have checkouts open, some of them paid and some of those refunded, and stop there."""
    name = f"events_{payments}"
    bench = await ground.copied(name)
    # Funded from the beginning: what is taken back comes from where it does not depend on order.
    market = Market((payments * 2,), 1, terms=PATIENT)
    there = await asyncio.to_thread(put_up, bench, market)
    installation = Installation(bench, brings=False)
    async with running(installation), buyers(installation) as who:
        bought = await _bought(who, there, payments)
        histories = await _half_told(installation, who, there, bought)
        await proofs.settled(installation)
    store = installation.player.store
    chance = random.Random(payments)
    return _World(name, store.things, store.answers, list(mixed(histories, chance)))


async def _bought(who: Buyers, there: Stalls, payments: int) -> list[tuple[str, Bought]]:
    ways = [WAYS[number % len(WAYS)] for number in range(payments)]

    async def buy(number: int) -> Bought:
        shopper = there.shoppers[number % len(there.shoppers)]
        bought = await who.chosen(shopper, there.projects[0], 1, ways[number])
        await who.checkout(shopper, bought.payment_id)
        return bought

    found: list[Bought] = []
    for chunk in _chunks(range(payments), payments // AT_ONCE + 1):
        found += await asyncio.gather(*map(buy, chunk))
    return list(zip(ways, found, strict=True))


async def _half_told(
    installation: Installation, who: Buyers, there: Stalls, bought: Sequence[tuple[str, Bought]]
) -> dict[UUID, Sequence[str]]:
    """Let what came by card be paid for a half, and refunded for a quarter; say what comes next."""
    chance = random.Random(len(bought))
    histories: dict[UUID, Sequence[str]] = {}
    paid = [one for way, one in bought[: len(bought) // 2] if way == "card"]
    for way, one in bought:
        if one not in paid:
            histories[one.payment_id] = chance.choice(OF_NEW[way])
    for one in paid:
        Happening(one.payment_id, "pay").happen(installation.player.world)
    await _deliver(installation, _kept(installation), _Told())
    await proofs.settled(installation)
    for number, one in enumerate(paid):
        if number % 2:
            histories[one.payment_id] = chance.choice(OF_PAID)
            continue
        histories[one.payment_id] = chance.choice(OF_REFUNDED)
        path = f"/v1/orders/{one.order_id}/refunds"
        await who.post(path, {"reason": "A disaster."}, there.operator)
    return histories


async def _told(ground: Ground, world: _World, seed: int | None, chapter: Chapter | None) -> _Told:
    """Let everything happen in a copy of the world, and tell it: in order, or by a seed."""
    name = f"{world.name}_{seed or 'in_order'}"
    installation = Installation(await ground.copied(name, world.name), brings=False)
    store = installation.player.store
    store.things, store.answers = copy.deepcopy(world.things), copy.deepcopy(world.answers)
    told, chance = _Told(), random.Random(seed)
    async with running(installation):
        late: list[Thing] = []
        for chunk in _chunks(world.happenings, CHUNKS):
            for happening in chunk:
                happening.happen(installation.player.world)
                if seed is None:
                    await _deliver(installation, _kept(installation), told)
            if seed is not None:
                late += _kept(installation)
                late = await _deliver_some(installation, late, told, chance)
        await _deliver(installation, _disordered(late, chance), told)
        _, told.left = await proofs.settled(installation)
        told.events = len({event["id"] for event in store.all("event")} - world.things.keys())
        async with installation.looked_into() as database:
            told.state = await _state(database)
        if chapter is not None:
            await proofs.books_hold(installation, chapter)
    await ground.drop(name)
    return told


async def _deliver_some(
    installation: Installation, late: list[Thing], told: _Told, chance: random.Random
) -> list[Thing]:
    """Deliver a part of the events that are on their way; give the others."""
    chance.shuffle(late)
    count = chance.randint(0, len(late))
    await _deliver(installation, _disordered(late[:count], chance), told)
    return late[count:]


@dataclass(frozen=True, slots=True)
class _Letter:
    """An event on its way, signed by the provider or by somebody else."""

    event: Thing
    secret: str = SECRET


def _kept(installation: Installation) -> list[Thing]:
    kept = list(installation.player.postman.kept)
    installation.player.postman.kept.clear()
    return kept


def _disordered(events: Iterable[Thing], chance: random.Random) -> list[_Letter]:
    """Write each event some times, some of them badly signed, in any order."""
    letters = []
    for event in events:
        letters += [_Letter(event)] * chance.randint(1, MOST_COPIES)
        if chance.random() < BADLY_SIGNED:
            letters.append(_Letter(event, "whsec_of_somebody_else"))
    chance.shuffle(letters)
    return letters


async def _deliver(
    installation: Installation, events: Sequence[Thing | _Letter], told: _Told
) -> None:
    """Send events, some at a time, each begun in this order."""
    waiting = iter(events)
    url = f"{installation.url}/webhooks/stripe"
    async with httpx.AsyncClient(trust_env=False, timeout=60.0) as client:

        async def send() -> None:
            for one in waiting:
                letter = one if isinstance(one, _Letter) else _Letter(one)
                body, headers = signed(letter.event, letter.secret)
                answer = await client.post(url, content=body, headers=headers)
                told.sent[answer.status_code] += 1

        await asyncio.gather(*(send() for _ in range(min(AT_ONCE, len(events)))))


def _chunks(things: Sequence[Any], count: int) -> Iterator[Sequence[Any]]:
    size = max(1, -(-len(things) // count))
    for start in range(0, len(things), size):
        yield things[start : start + size]


async def _state(database: Database) -> dict[str, str]:
    """Say how everything stands, by names that do not depend on the order of events."""
    found: dict[str, str] = {}
    async with database.reading() as session:
        for query in STATES:
            rows = await session.execute(sa.text(query))
            found |= {name: state for name, state in rows}  # noqa: C416  Rows are no pairs to mypy.
    return found


STATES = (
    # What failed is waited for anew, and that ends sooner or later.
    "SELECT 'order ' || id, CASE state WHEN 'expired' THEN 'reserved' ELSE state END FROM orders",
    "SELECT 'payment ' || id, status || ' ' || amount_cents FROM payments",
    """
    SELECT 'outgoing ' || purpose, string_agg(status || ' ' || amount_cents, ', ' ORDER BY id)
      FROM outgoings GROUP BY purpose
    """,
    """
    SELECT 'dispute ' || payment_id, string_agg(status || ' ' || amount_cents, ', ' ORDER BY id)
      FROM disputes GROUP BY payment_id
    """,
    """
    SELECT 'receipt ' || payment_id, string_agg(place || ' ' || amount_cents, ', ')
      FROM receipts GROUP BY payment_id
    """,
    """
    SELECT 'units ' || order_id, count(*) || ' runs, ' || sum(last_serial - first_serial + 1)
      FROM serial_blocks GROUP BY order_id
    """,
    """
    SELECT 'account ' || a.kind || ' ' || a.owner_id,
           sum(CASE l.side WHEN 'debit' THEN l.amount ELSE -l.amount END)::text
      FROM ledger_accounts a JOIN ledger_lines l ON l.account_id = a.id
     GROUP BY a.kind, a.owner_id
    """,
)
