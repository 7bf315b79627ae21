"""Payloads that nobody should send, and slow ones: all refused, and others are served."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

from scripts.benchmarks.stalls import Market, Stalls, put_up
from scripts.disasters import payloads, proofs, watching
from scripts.disasters.buying import Buyers, buyers
from scripts.disasters.ground import Ground
from scripts.disasters.installation import Installation, running
from scripts.disasters.kills import PATIENT
from scripts.disasters.payloads import PROBLEM, Payload
from scripts.disasters.report import Chapter
from scripts.disasters.uploads import Sender, a_plan

ANSWER_SECONDS = 20.0
MOST_MEGABYTES = 150.0
"""Above what a server has from its start: a few bodies and uploads at once."""
SLOWEST_OTHER_SECONDS = 1.5


@dataclass(frozen=True)
class Plan:
    """How often all of it is sent, some at a time; and how many senders are slow."""

    times: int
    slow: int
    slow_seconds: float
    keys: int


TINY = Plan(1, 20, 3.0, 20)
QUICK = Plan(2, 60, 5.0, 50)
FULL = Plan(3, 200, 15.0, 150)
ENDLESS = Plan(100, 400, 120.0, 1_000)


async def run(ground: Ground, plan: Plan) -> Chapter:
    """Send all of it in a random order; then slowly; then with keys without end."""
    chapter = Chapter(
        "abuse",
        f"{plan.times} x each bad body, length, head and file, in a random order;"
        f" {plan.slow} slow senders for {plan.slow_seconds:.0f} s; {plan.keys} idempotency keys",
    )
    bench = await ground.copied("abuse")
    there = await asyncio.to_thread(put_up, bench, Market((10_000,), 1, terms=PATIENT))
    async with running(Installation(bench)) as installation, buyers(installation) as who:
        with chapter.timed():
            await who.get("/v1/market/projects", there.shoppers[0])
            began = watching.peak_megabytes(installation.process_id)
            await _sent(chapter, ground.chance("abuse"), plan, (there, who))
            await _files(chapter, plan, (there, who))
            await _slowly(chapter, plan, (there, who))
            await _keys(chapter, plan, (there, who))
            grown = watching.peak_megabytes(installation.process_id) - began
            chapter.saw(
                f"most memory: {grown:.0f} MB above the {began:.0f} MB of the start",
                right=grown < MOST_MEGABYTES,
            )
        await proofs.settled(installation)
        await proofs.books_hold(installation, chapter)
    return chapter


async def _sent(
    chapter: Chapter, chance: random.Random, plan: Plan, around: tuple[Stalls, Buyers]
) -> None:
    there, who = around
    # Each with a key of its own: of several at once with one key all but one are told to wait.
    letters = [letter for _ in range(plan.times) for letter in payloads.letters(there)]
    chance.shuffle(letters)
    few = asyncio.Semaphore(8)

    async def send(payload: Payload) -> str:
        async with few:
            return await _faults(who.installation, payload)

    wrong = [fault for fault in await asyncio.gather(*map(send, letters)) if fault]
    chapter.saw_none(
        f"{len(letters)} of {len(letters) // plan.times} kinds; not refused as a problem",
        sorted(set(wrong)),
    )


async def _faults(installation: Installation, payload: Payload) -> str:
    """Send one, and say what is wrong about its answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", installation.port)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            sending = asyncio.create_task(_write(writer, payload.wire))
            answer = await _answer(reader)
            sending.cancel()
    except (TimeoutError, OSError) as error:
        return f"{payload.name}: {type(error).__name__}"
    finally:
        writer.transport.abort()
    status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0
    if status not in payload.refused_with:
        return f"{payload.name}: {status}"
    return "" if PROBLEM.encode() in answer.lower() else f"{payload.name}: {status}, no problem"


async def _write(writer: asyncio.StreamWriter, wire: bytes) -> None:
    try:
        writer.write(wire)
        await writer.drain()
    except OSError:
        # The server does not read to the end what it has refused.
        return


async def _answer(reader: asyncio.StreamReader) -> bytes:
    """Read the head of the answer, or what came of it."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as broken:
        return bytes(broken.partial)
    return bytes(head)


async def _files(chapter: Chapter, plan: Plan, around: tuple[Stalls, Buyers]) -> None:
    there, who = around
    sender = Sender(who, there.shoppers[0], await a_plan(who.installation, there))
    wrong: list[str] = []
    found = await asyncio.to_thread(payloads.files)
    for _ in range(plan.times):
        for name, (content, kind, called, refused_with) in found.items():
            answer = await sender.send(content, kind, called)
            is_problem = answer.headers.get("content-type") == PROBLEM
            if answer.status_code not in refused_with or not is_problem:
                wrong.append(f"{name}: {answer.status_code}")
    chapter.saw_none(
        f"{plan.times * len(found)} files of {len(found)} kinds; not refused as a problem", wrong
    )


async def _slowly(chapter: Chapter, plan: Plan, around: tuple[Stalls, Buyers]) -> None:
    """Send heads and bodies byte by byte, from many connections; ask for something meanwhile."""
    there, who = around
    by, waits = there.shoppers[0], list[float]()
    beginnings = [
        b"GET /v1/market/projects HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        b"POST /webhooks/stripe HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n",
        f"POST /v1/organisations/{by.organisation_id}/orders HTTP/1.1\r\nHost: a\r\n"
        f"Authorization: Bearer {by.token}\r\nIdempotency-Key: slow\r\n"
        "Content-Type: application/json\r\nContent-Length: 9000\r\n\r\n".encode(),
    ]
    ends = time.monotonic() + plan.slow_seconds
    async with AsyncExitStack() as stack:
        writers = []
        for number in range(plan.slow):
            _, writer = await asyncio.open_connection("127.0.0.1", who.installation.port)
            stack.callback(writer.transport.abort)
            writer.write(beginnings[number % len(beginnings)])
            writers.append(writer)
        while time.monotonic() < ends:
            for writer in writers:
                writer.write(b" ")
            began = time.monotonic()
            answer = await who.order(by, there.projects[0])
            waits.append(time.monotonic() - began)
            if answer.status_code != HTTPStatus.CREATED:
                waits.append(float("inf"))
            await asyncio.sleep(0.2)
    waits.sort()
    slowest = waits[len(waits) * 9 // 10]
    chapter.saw(
        f"beside {plan.slow} slow senders {len(waits)} orders were placed, nine of ten within"
        f" {slowest * 1_000:.0f} ms",
        right=slowest < SLOWEST_OTHER_SECONDS,
    )


async def _keys(chapter: Chapter, plan: Plan, around: tuple[Stalls, Buyers]) -> None:
    """Ask with many keys, and many times at once with one."""
    there, who = around
    by = there.shoppers[0]
    key = uuid4().hex
    same = await asyncio.gather(
        *(who.order(by, there.projects[0], 1, key) for _ in range(plan.keys))
    )
    orders = {answer.json().get("id") for answer in same}
    chapter.saw(
        f"{plan.keys} times at once with one key: {_told(answer.status_code for answer in same)},"
        f" {len(orders)} order",
        right=len(orders) == 1 and None not in orders,
    )
    other = await asyncio.gather(
        *(who.order(by, there.projects[0], 10**9, uuid4().hex) for _ in range(plan.keys))
    )
    statuses = {answer.status_code for answer in other}
    chapter.saw(
        f"{plan.keys} keys at once for what there is not: {_told(a.status_code for a in other)}",
        right=statuses <= {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT},
    )


def _told(statuses: Iterable[int]) -> str:
    return ", ".join(f"{count} x {status}" for status, count in sorted(Counter(statuses).items()))
