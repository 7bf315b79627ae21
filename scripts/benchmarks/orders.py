"""Reservations and the arrival of events over HTTP, against the same SQL without the application.

The server, its worker, PostgreSQL and the generator of the load share the cores: only ratios say
something.
"""

import asyncio
import hashlib
import hmac
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from scripts.benchmarks import reserving, stalls
from scripts.benchmarks.loading import Load, load
from scripts.benchmarks.ratios import Goal, Ratio, Rival
from scripts.benchmarks.server import Bench
from scripts.benchmarks.serving import served
from scripts.benchmarks.stalls import Stalls
from scripts.launcher.steps import Steps

SECRET = "whsec_of_a_benchmark"  # noqa: S105  Nobody else's.


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    projects: int
    connections: tuple[int, ...]
    seconds: float


TINY = Plan(2, (2,), 0.5)
QUICK = Plan(200, (8,), 3.0)
FULL = Plan(200, (1, 8, 32), 5.0)


@dataclass(frozen=True)
class Row:
    """One kind of request at so many connections."""

    what: str
    connections: int
    found: Load
    bare: Load
    floor_per_second: float | None


@dataclass(frozen=True)
class Reserving:
    """A company that orders one unit of a project, again and again."""

    port: int
    stalls: Stalls
    projects: Sequence[UUID]
    right: bytes = b"HTTP/1.1 201"

    @property
    def request(self) -> bytes:
        """Another order, with a key of its own."""
        shopper = random.choice(self.stalls.shoppers)
        project = random.choice(self.projects)
        body = {"projectId": str(project), "quantityUnits": 1, "payBy": "online"}
        return _post(
            f"/v1/organisations/{shopper.organisation_id}/orders",
            json.dumps(body),
            f"Authorization: Bearer {shopper.token}\r\nIdempotency-Key: {uuid4()}\r\n",
        )


@dataclass(frozen=True)
class BareReserving:
    """The same of the bare endpoint."""

    port: int
    projects: Sequence[UUID]
    right: bytes = b"HTTP/1.1 201"

    @property
    def request(self) -> bytes:
        """Another order."""
        body = {"projects": [str(random.choice(self.projects))]}
        return _post("/reserve", json.dumps(body))


@dataclass(frozen=True)
class Telling:
    """The provider, that sends a signed event, again and again."""

    port: int
    path: str
    right: bytes = b"HTTP/1.1 204"

    @property
    def request(self) -> bytes:
        """Another event, of a kind that asks for nothing."""
        event = {
            "id": f"evt_{uuid4().hex}",
            "object": "event",
            "type": "product.updated",
            "livemode": False,
            "created": int(time.time()),
            "data": {"object": {"id": "prod_1", "object": "product"}},
        }
        body = json.dumps(event)
        now = int(time.time())
        signed = hmac.new(SECRET.encode(), f"{now}.{body}".encode(), hashlib.sha256).hexdigest()
        return _post(self.path, body, f"Stripe-Signature: t={now},v1={signed}\r\n")


def _post(path: str, body: str, more: str = "") -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n{more}"
        f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
    ).encode()


def run(bench: Bench, plan: Plan, steps: Steps) -> list[Row]:
    """Measure reservations of one project and of many, and the arrival of events."""
    with steps.step("market"):
        there = stalls.put_up(bench, stalls.Market([stalls.UNITS] * plan.projects))
        _number(bench, there.projects)
    with (
        served(bench, "bare") as bare,
        served(
            bench,
            "baat",
            BAAT_WORKER="true",
            BAAT_STRIPE_KEY="sk_test_of_a_benchmark",
            BAAT_STRIPE_WEBHOOK_SECRET=SECRET,
        ) as port,
    ):
        return list(_rows(bench, plan, there, (port, bare), steps))


def _rows(
    bench: Bench, plan: Plan, there: Stalls, ports: tuple[int, int], steps: Steps
) -> Iterator[Row]:
    port, bare = ports
    kinds = {"reserve, one project": there.projects[:1], "reserve, spread": there.projects}
    for connections in plan.connections:
        for what, projects in kinds.items():
            with steps.step(f"{what}, {connections} connections"):
                floor = bench.pgbench(reserving.floor(len(projects)), connections, plan.seconds)
                least = _load(BareReserving(bare, projects), connections, plan.seconds)
                found = _load(Reserving(port, there, projects), connections, plan.seconds)
            yield Row(what, connections, found, least, floor.per_second)
        with steps.step(f"events, {connections} connections"):
            least = _load(Telling(bare, "/take"), connections, plan.seconds)
            found = _load(Telling(port, "/webhooks/stripe"), connections, plan.seconds)
        yield Row("event arrives", connections, found, least, None)


def _load(asked: Reserving | BareReserving | Telling, connections: int, seconds: float) -> Load:
    return asyncio.run(load(asked, connections, seconds))


def _number(bench: Bench, projects: Sequence[UUID]) -> None:
    rows = ", ".join(f"({n}, '{project}'::uuid)" for n, project in enumerate(projects, 1))
    bench.execute(
        "CREATE TABLE bench_projects (n integer PRIMARY KEY, id uuid NOT NULL);"
        f"INSERT INTO bench_projects VALUES {rows}"
    )


def table(rows: Sequence[Row], machine: str) -> str:
    """Write what was found, one line for each kind of request."""
    head = (
        f"{'':<24}{'connections':>12}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}"
        f"{'bare/s':>9}{'of bare':>9}{'floor/s':>9}{'of floor':>9}"
    )
    return "\n".join([machine, "", head, *map(_line, rows)])


def _line(row: Row) -> str:
    found = row.found
    line = (
        f"{row.what:<24}{row.connections:>12}{found.per_second:>12,.0f}"
        f"{found.p50_milliseconds:>9.2f}{found.p99_milliseconds:>9.2f}"
        f"{row.bare.per_second:>9,.0f}{found.per_second / row.bare.per_second:>9.2f}"
    )
    if row.floor_per_second is None:
        return line
    return f"{line}{row.floor_per_second:>9,.0f}{found.per_second / row.floor_per_second:>9.2f}"


PER_SECOND = {"reserve, one project": 500.0, "reserve, spread": 1_200.0, "event arrives": 1_000.0}
"""What one server should do of each, on two cores, where more than one asks."""
WAIT = Goal(250, is_most=True, is_of_ratio=False)
"""In milliseconds, where the most ask."""


def ratios(rows: Sequence[Row]) -> Iterator[Ratio]:
    """Compare each with the bare endpoint and with the floor."""
    most = max(row.connections for row in rows)
    for row in rows:
        what = f"{row.what}, {row.connections} connections"
        goal = Goal(PER_SECOND[row.what], is_of_ratio=False) if row.connections > 1 else None
        bare = Rival("bare", row.bare.per_second)
        yield Ratio(what, row.found.per_second, "/s", bare, goal)
        if row.floor_per_second is not None:
            floor = Rival("floor", row.floor_per_second)
            yield Ratio(what, row.found.per_second, "/s", floor)
        if row.connections == most and row.floor_per_second is not None:
            wait = Rival("bare", row.bare.p99_milliseconds)
            yield Ratio(f"{what}, p99", row.found.p99_milliseconds, "ms", wait, WAIT)
