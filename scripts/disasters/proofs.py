"""What must hold after every disaster, seen in the rows alone."""

import asyncio
import json
import time
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.ledger import checks, positions
from app.payments.queries import reconciling
from app.schemes.models import Scheme
from scripts.disasters.installation import Installation
from scripts.disasters.report import Chapter
from scripts.launcher.children import Child

SETTLE_SECONDS = 30.0
POLL_SECONDS = 0.1
PATIENCE_SECONDS = 300.0
"""If in so long a time not one job less is left, nobody waits any more."""


async def books_hold(installation: Installation, chapter: Chapter) -> None:
    """See that the books check and agree with the provider, and what else is always true."""
    async with installation.looked_into() as database:
        await positions.sequence_all(database)
        async with database.snapshot() as session:
            found = [fault async for fault in checks.all_faults(session, lambda: None)]
            chapter.saw_none(f"faults in the books ({await checks.counts(session)})", found)
            chapter.saw_none("differences to the provider", await differences(session))
            for what, query in ALWAYS.items():
                rows = await session.scalars(sa.text(query))
                chapter.saw_none(what, [str(row) for row in rows])
    at_provider = installation.player.world.balance()
    async with installation.looked_into() as database:
        booked = await _at_provider(database)
    same = at_provider == booked
    chapter.saw(f"cents at the provider: {at_provider}, in the books: {booked}", right=same)


async def all_checked(installation: Installation, chapter: Chapter) -> None:
    """See that `baat check all` finds nothing, as an operator runs it.

    Save what the stalls lack from the beginning: they are put up without their history.
    """
    bench = installation.bench
    checking = Child(
        [str(bench.project.program("baat")), "check", "all", "--json"],
        installation.variables,
        bench.project.root,
    )
    outcome = await asyncio.to_thread(checking.outcome)
    begins = outcome.stdout.find("{\n")
    if begins < 0:
        chapter.saw(f"baat check all: {outcome.stdout[-1_000:]}", right=False)
        return
    told, _ = json.JSONDecoder().raw_decode(outcome.stdout, begins)
    found = [
        f"{one['name']}: {fault}"
        for one in told["invariants"]
        for fault in one["faults"]
        if (one["name"], fault.startswith(OF_STALLS)) not in WITHOUT_HISTORY
    ]
    chapter.saw_none(f"faults in `baat check all`, of {len(told['invariants'])} invariants", found)


OF_STALLS = (
    "listings: ",
    "listing of project ",
    "constraint fk_listings_plan_version_id ",
    "constraint fk_listings_valuation_id ",
)
WITHOUT_HISTORY = {(name, True) for name in ("rows-protected", "rows-refer", "projects-valued")}
"""Nobody planned or valued what the stalls sell."""


async def differences(session: AsyncSession) -> list[str]:
    """Name every difference between the books and the provider, of all schemes."""
    found = [f"{name} is nobody's" for name in await reconciling.unclaimed(session)]
    for scheme_id in await session.scalars(sa.select(Scheme.id)):
        compared = await reconciling.provider(session, scheme_id, clock.today())
        found += [f"{one.name} {one.meaning}" for one in compared.differences]
    return found


async def _at_provider(database: Database) -> int:
    async with database.reading() as session:
        return int(await session.scalar(sa.text(_AT_PROVIDER)) or 0)


_AT_PROVIDER = """
SELECT sum(CASE l.side WHEN 'debit' THEN l.amount ELSE -l.amount END)
  FROM ledger_accounts a JOIN ledger_lines l ON l.account_id = a.id
 WHERE a.kind = 'provider_balance'
"""

UNITS_ADD_UP = """
SELECT 'project ' || project || ' is off by ' || sum(cents) FROM (
    SELECT coalesce((SELECT o.project_id FROM orders o WHERE o.id = a.owner_id), a.owner_id)
               AS project,
           CASE l.side WHEN 'debit' THEN l.amount ELSE -l.amount END AS cents
      FROM ledger_accounts a JOIN ledger_lines l ON l.account_id = a.id
     WHERE a.kind IN ('issued', 'for_sale', 'owned', 'retired', 'annulled', 'lapsed')) lines
 GROUP BY project HAVING sum(cents) <> 0
"""
"""Issued = for sale + owned + retired + annulled + lapsed, for each project."""

SERIALS_HAVE_NO_GAP = """
SELECT 'the run of ' || order_id || ' follows ' || before FROM (
    SELECT order_id, first_serial,
           lag(last_serial, 1, first_serial >> 32 << 32) OVER (PARTITION BY project_id
                                                                   ORDER BY first_serial) AS before
      FROM serial_blocks) runs
 WHERE first_serial <> before + 1
"""

RUNS_ARE_THE_ORDERS = """
SELECT 'order ' || o.id || ' is ' || o.state || ' and has ' || count(b.id) || ' runs'
  FROM orders o LEFT JOIN serial_blocks b
       ON b.order_id = o.id AND b.last_serial - b.first_serial + 1 = o.quantity_units
 GROUP BY o.id
HAVING count(b.id) <> (CASE WHEN o.paid_at IS NULL THEN 0 ELSE 1 END)
"""

NONE_OVERSOLD = """
SELECT 'project ' || l.project_id || ' sold ' || sum(o.quantity_units)
  FROM listings l JOIN orders o ON o.project_id = l.project_id
 WHERE o.state IN ('reserved', 'processing', 'paid', 'disputed')
   AND (o.state <> 'reserved' OR o.reserved_until > now())
 GROUP BY l.project_id, l.impact_units HAVING sum(o.quantity_units) > l.impact_units
"""

DEAD_JOBS = "SELECT kind || ': ' || coalesce(last_error, '?') FROM jobs WHERE state = 'dead'"

ALWAYS = {
    "projects whose units do not add up": UNITS_ADD_UP,
    "gaps in serials": SERIALS_HAVE_NO_GAP,
    "orders without the units that they paid for": RUNS_ARE_THE_ORDERS,
    "projects that sold more than there is": NONE_OVERSOLD,
    "jobs that were given up": DEAD_JOBS,
}
"""Each names what breaks it."""

_OPEN_JOBS = """
SELECT kind FROM jobs
 WHERE state IN ('queued', 'running') AND (run_at <= clock_timestamp() OR attempts > 0)
"""
"""What failed once and is tried again later is open too."""


async def settled(installation: Installation) -> tuple[float, Sequence[str]]:
    """Wait until nothing is left to do; say how long that took, and what is left if it never is."""
    began = moved = time.monotonic()
    fewest: int | None = None
    async with installation.looked_into() as database:
        while True:
            async with database.reading() as session:
                left = list(await session.scalars(sa.text(_OPEN_JOBS)))
            now = time.monotonic()
            if fewest is None or len(left) < fewest:
                fewest, moved = len(left), now
            is_done = not left and installation.player.postman.is_idle
            if is_done or now - moved > PATIENCE_SECONDS:
                return now - began, left
            await asyncio.sleep(POLL_SECONDS)
