"""The public market over HTTP, against a bare FastAPI endpoint in the same run.

The generator of the load shares the cores with the servers: only ratios say something.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from app.core import clock
from app.core.database import open_database
from app.core.settings import Settings
from app.projects import queries
from app.projects.schemas import MarketRequest
from scripts.benchmarks.loading import Asked, Load, etag, load
from scripts.benchmarks.ratios import Goal, Ratio, Rival
from scripts.benchmarks.server import Bench
from scripts.benchmarks.serving import served
from scripts.launcher.steps import Steps

LIST = "/v1/market/projects"
CONNECTIONS = 8


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    sizes: tuple[int, ...]
    seconds: float


TINY = Plan((3,), 0.2)
QUICK = Plan((10, 100), 2.0)
FULL = Plan((10, 100, 10_000), 5.0)


@dataclass(frozen=True)
class Row:
    """One kind of answer, with so many projects listed."""

    projects: int
    what: str
    found: Load
    bare: Load
    """Of the bare endpoint, measured just before."""

    @property
    def ratio(self) -> float:
        """Of its requests a second to those of the bare endpoint."""
        return self.found.per_second / self.bare.per_second


@dataclass(frozen=True)
class Report:
    """What was found."""

    rows: Sequence[Row]
    query_milliseconds: dict[int, float]
    """What the one query of a page costs in a session of its own, by the number of projects."""


def run(bench: Bench, plan: Plan, steps: Steps) -> Report:
    """Measure the list and one project, known and not, at every size."""
    rows: list[Row] = []
    costs: dict[int, float] = {}
    bench.execute(_PREPARE)
    with served(bench, "bare") as bare:
        for size in plan.sizes:
            with steps.step(f"{size:,} projects"):
                bench.execute(_FILL.format(size=size))
                costs[size] = asyncio.run(_query_milliseconds(bench))
                with served(bench, "baat") as port:
                    rows += asyncio.run(_measure(port, bare, size, plan.seconds))
    return Report(rows, costs)


async def _measure(port: int, bare: int, size: int, seconds: float) -> list[Row]:
    rows = []
    pages = {"list": LIST, "project": f"{LIST}/{UUID(int=1)}"}
    for what, path in pages.items():
        known = await etag(Asked(port, path))
        for name, tag, connections in (
            (f"{what}, 304", known, CONNECTIONS),
            (f"{what}, whole", None, CONNECTIONS),
            (f"{what}, whole, one at a time", None, 1),
        ):
            floor = await load(Asked(bare, "/"), connections, seconds)
            found = await load(Asked(port, path, tag), connections, seconds)
            rows.append(Row(size, name, found, floor))
    return rows


async def _query_milliseconds(bench: Bench) -> float:
    there = {"database_url": bench.url, "secret": "of a benchmark, long enough to do"}
    costs = []
    async with open_database(Settings.model_validate({**there, "home": bench.folder})) as database:
        for _ in range(50):
            began = time.perf_counter()
            async with database.reading() as session:
                await queries.market.projects(session, MarketRequest(), clock.today())
            costs.append((time.perf_counter() - began) * 1000)
    return median(costs[10:])


def table(report: Report, machine: str) -> str:
    """Write what was found, one line for each kind of answer."""
    head = f"{'projects':>8}  {'':<30}{'requests/s':>12}{'of bare':>9}{'p50 ms':>9}{'p99 ms':>9}"
    lines = [machine, f"{CONNECTIONS} connections, or one where it says so.", "", head]
    lines += [
        f"{row.projects:>8,}  {row.what:<30}{row.found.per_second:>12,.0f}{row.ratio:>9.2f}"
        f"{row.found.p50_milliseconds:>9.2f}{row.found.p99_milliseconds:>9.2f}"
        for row in report.rows
    ]
    costs = report.query_milliseconds
    lines += ["", *(f"{size:>8,}  its one query: {cost:.2f} ms" for size, cost in costs.items())]
    return "\n".join(lines)


KNOWN, PAGE, FLAT = Goal(0.60), Goal(3, is_most=True), Goal(1.3, is_most=True)
"""Of the bare endpoint; of the one query of a page; of a page with fewer projects."""
ONE_AT_A_TIME = "whole, one at a time"


def ratios(report: Report) -> Iterator[Ratio]:
    """Compare answers with the bare endpoint, a page with its query, and many projects with few."""
    for row in report.rows:
        rival = Rival("bare", row.bare.per_second)
        goal = KNOWN if row.what.endswith("304") else None
        yield Ratio(_of(row), row.found.per_second, "/s", rival, goal)
    alone = {(row.projects, row.what): row for row in report.rows if ONE_AT_A_TIME in row.what}
    for (size, what), row in alone.items():
        if what.startswith("list"):
            rival = Rival("its one query", report.query_milliseconds[size])
            yield Ratio(f"{_of(row)}, p50", row.found.p50_milliseconds, "ms", rival, PAGE)
    *_, fewer, most = [0, *report.query_milliseconds]
    for what in [what for size, what in alone if size == fewer]:
        rival = Rival(f"with {fewer:,}", alone[fewer, what].found.p50_milliseconds)
        row = alone[most, what]
        yield Ratio(f"{_of(row)}, p50", row.found.p50_milliseconds, "ms", rival, FLAT)


def _of(row: Row) -> str:
    return f"{row.what}, {row.projects:,} projects"


# What the market reads, and nothing else: the rows that those refer to are left out.
_PREPARE = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT conrelid::regclass AS held, conname FROM pg_constraint
                  WHERE contype = 'f' AND conrelid IN
                        ('listings'::regclass, 'market_entries'::regclass, 'schemes'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.held, found.conname);
    END LOOP;
END $$;
INSERT INTO schemes (id, code, name_nl, name_en, unit_name, operator_id, region, languages, state,
       created_by_id, created_at, version)
VALUES ('00000000-0000-0000-0000-000000000000', 'rikx', 'Rikx', 'Rikx', 'RIKX',
        gen_random_uuid(), ARRAY['GM0599'], ARRAY['nl'], 'open', gen_random_uuid(), now(), 1);
"""
_FILL = """
INSERT INTO listings (id, project_id, scheme_id, round_id, entrepreneur_id, plan_version_id,
       valuation_id, policy_id, title, summary, municipality, target_groups, content, attachments,
       valuation, threshold_units, impact_units, unit_price_cents, buyer_price_cents, listed_by,
       listed_at)
SELECT gen_random_uuid(), CAST(lpad(to_hex(n), 32, '0') AS uuid),
       '00000000-0000-0000-0000-000000000000', gen_random_uuid(), gen_random_uuid(),
       gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), t.title, t.summary, 'GM0599',
       ARRAY['participatiewet', 'jobs-agreement'],
       jsonb_build_object('title', t.title, 'summary', t.summary, 'objectives', t.summary,
           'activities', t.summary, 'targetGroups',
           jsonb_build_array(jsonb_build_object('group', 'participatiewet', 'people', 12)),
           'people', 12, 'thresholdUnits', 108, 'startsOn', '2027-03-01', 'endsOn', '2027-09-01',
           'milestones', jsonb_build_array(jsonb_build_object('on', '2027-06-01', 'what', 'Half')),
           'promisedEvidence', jsonb_build_array('Contracts'), 'place',
           jsonb_build_object('municipality', 'GM0599', 'address', 'Stationsplein 1'),
           'costsCents', 1080000), '[]',
       jsonb_build_object('documentVersion', 1, 'kind', 'fixed', 'projectId', gen_random_uuid(),
           'planVersion', jsonb_build_object('id', gen_random_uuid(), 'number', 1), 'policy',
           jsonb_build_object('id', gen_random_uuid(), 'number', 1), 'thresholdUnits', 108,
           'impactUnits', 120, 'rules', jsonb_build_object('kind', 'fixed', 'unitsPerProject', 120,
           'description', 'One project')),
       108, 120, 10000, 10605, 'system:bench', now() - n * interval '1 minute'
  FROM generate_series(1, {size}) n, LATERAL (SELECT
       jsonb_build_object('nl', 'Project ' || n, 'en', 'Project ' || n) AS title,
       jsonb_build_object('nl', repeat('Twaalf mensen worden chauffeur. ', 8), 'en', '') AS summary
       ) t
    ON CONFLICT DO NOTHING;
INSERT INTO market_entries (project_id, listed_at, buyer_price_cents, state, sale,
       entrepreneur_name, sale_begins_at, sale_ends_at, sold_units, reserved_units,
       remaining_units, announced, progress_percent)
SELECT project_id, listed_at, buyer_price_cents, 'listed', 'running', 'DAM Nederland B.V.', now(),
       now() + interval '30 days', 54, 6, 60, true, 50
  FROM listings ON CONFLICT DO NOTHING;
ANALYZE listings;
ANALYZE market_entries;
"""
