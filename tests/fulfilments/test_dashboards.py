"""Dashboards: every figure adds up from the rows that it leads to, at both clocks."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.suppression import is_total_shown, suppressed
from app.fulfilments.dashboards.figures import Group, Source
from app.fulfilments.dashboards.spreading import Reached, reached
from app.fulfilments.models import FulfilmentKind
from app.ledger import positions
from app.organisations.models import Organisation
from app.schemes.models import Authority
from tests.fulfilments.conftest import Claims
from tests.make import Member
from tests.make.obligations import an_obligation
from tests.orders.conftest import said
from tests.orders.undoing import refund

Json = dict[str, Any]


async def _read(claims: Claims, path: str, by: Member) -> Json:
    answer = await claims.stall.client.get(path, headers=by.headers)
    assert answer.status_code == 200, (path, answer.text)
    found: Json = answer.json()
    return found


async def _rows(claims: Claims, href: str, by: Member) -> list[Json]:
    """Read all pages of a list, two rows at a time."""
    rows: list[Json] = []
    more = ""
    while True:
        joint = "&" if "?" in href else "?"
        page = await _read(claims, f"{href}{joint}limit=2{more}", by)
        rows += page["items"]
        if page["next"] is None:
            return rows
        more = f"&after={page['next']}"


def _figures(found: object) -> Iterator[Json]:
    """Find every part that leads to rows."""
    if isinstance(found, list):
        for each in found:
            yield from _figures(each)
    if isinstance(found, dict):
        if found.get("href"):
            yield found
        for each in found.values():
            yield from _figures(each)


async def _adds_up(claims: Claims, dashboard: Json, by: Member) -> int:
    """Follow each link, and compare what the rows add up to; say how many figures there were."""
    figures = list(_figures(dashboard))
    read = {href: await _rows(claims, href, by) for href in {each["href"] for each in figures}}
    for figure in figures:
        rows = read[figure["href"]]
        if "count" in figure:
            assert len(rows) == figure["count"], figure
        if "cents" in figure:
            assert sum(row[figure["member"]] for row in rows) == figure["cents"], figure
        for member in {"people", "approvedCents"} & figure.keys():
            assert sum(row[member] for row in rows) == figure[member], figure
    for kind in dashboard["byKind"]:
        assert len(read[kind["approved"]["href"]]) == kind["fulfilments"]
    return len(figures)


async def _rows_add_up(claims: Claims, dashboard: Json, by: Member) -> list[Json]:
    """Compare each figure of what something counts for with what happened to its account."""
    standings = await _rows(claims, dashboard["totals"]["imposed"]["href"], by)
    counted = [row for row in standings if row["approvedCents"] or row["provisionalCents"]]
    assert len(counted) == 1
    for row in counted:
        links = row["links"]
        assert len(await _rows(claims, links.pop("certificates"), by)) == row["certificates"]
        for name, href in links.items():
            moves = await _rows(claims, href, by)
            assert sum(move["cents"] for move in moves) == row[f"{name}Cents"], (name, row)
    return standings


def _cents(dashboard: Json) -> dict[str, int]:
    totals = dashboard["totals"]
    return {name: each["cents"] for name, each in totals.items() if each.get("cents")}


async def test_every_figure_adds_up_from_the_rows_behind_it(
    claims: Claims, database: Database
) -> None:
    first, buyer = claims.first, claims.stall.buyer
    authority_id = await _overdue(claims, database)
    ours = f"/v1/organisations/{buyer.organisation.id}/dashboard"
    theirs = f"/v1/authorities/{authority_id}/dashboard"
    before = await _history(claims, database)

    company = await _read(claims, ours, buyer.clerk)
    assert _cents(company) == {"imposed": 7_500_000, "open": 7_425_000, "approved": 75_000}
    assert company["certificates"]["count"] == 1
    assert company["nextDeadlineOn"] > str(clock.today())
    assert await _adds_up(claims, company, buyer.clerk) > 15
    assert len(await _rows_add_up(claims, company, buyer.clerk)) == 3

    authority = await _read(claims, theirs, first.officer)
    assert _cents(authority) == {"imposed": 6_250_000, "open": 6_175_000, "approved": 75_000}
    assert authority["realised"]["basisPoints"] == 120
    assert [each["open"]["cents"] for each in authority["ageing"]] == [4_925_000, 0, 1_250_000, 0]
    cases = {each["case"]: each["rows"]["count"] for each in authority["cases"]}
    assert (cases["overdue"], cases["claims-submitted"], cases["claims-contested"]) == (1, 0, 0)
    assert await _adds_up(claims, authority, first.officer) > 25

    await _as_it_was(claims, theirs, before)
    ahead = await claims.stall.client.get(f"{ours}?position=99999", headers=buyer.clerk.headers)
    assert said(ahead) == (404, "/problems/not-known-yet")


async def _history(claims: Claims, database: Database) -> datetime:
    """Have something approved and partly revoked, and something waiting; give a moment before."""
    first, second = claims.first, claims.second
    order_id, _ = await claims.bought(10, 98)
    await claims.split(order_id, 6, 3)
    await claims.recognise()
    await positions.sequence_all(database)
    before = clock.now()
    claim = await claims.draft(order_id, first, 6)
    await claims.post(f"{claim}/submissions")
    await claims.decide(claim, first)
    waiting = await claims.draft(order_id, second, 3)
    await claims.post(f"{waiting}/submissions")
    await refund(claims.stall, order_id, 5)
    await positions.sequence_all(database)
    return before


async def _as_it_was(claims: Claims, path: str, before: datetime) -> None:
    """Look at a dashboard by either clock: nothing of what came later is in it."""
    officer = claims.first.officer
    for name in ("asOf", "knownAt"):
        then = await _read(claims, f"{path}?{name}={_written(before)}", officer)
        assert _cents(then) == {"imposed": 6_250_000, "open": 6_160_000, "provisional": 90_000}
    assert await _adds_up(claims, then, officer) > 20
    await _rows_add_up(claims, then, officer)


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


async def _overdue(claims: Claims, database: Database) -> str:
    """Let the buyer owe the first authority something since two months; give the authority."""
    path = f"/v1/obligations/{claims.first.obligation_id}"
    found = await _read(claims, path, claims.first.officer)
    ended = clock.today() - timedelta(days=60)
    async with database.work() as session:
        authority = await session.get_one(Authority, found["authorityId"])
        buyer = await session.get_one(Organisation, claims.stall.buyer.organisation.id)
        begun = ended - timedelta(days=300)
        sums: dict[str, Any] = {
            "contract_sum_cents": 25_000_000,
            "starts_on": begun,
            "ends_on": ended,
        }
        await an_obligation(session, authority, buyer, **sums)
    return str(found["authorityId"])


async def test_a_dashboard_asks_as_much_however_many_obligations_there_are(
    claims: Claims, database: Database
) -> None:
    officer = claims.first.officer
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:  # noqa: ANN401  The driver's.
        asked.append(statement)

    async def statements(path: str) -> int:
        asked.clear()
        await _read(claims, path, officer)
        return len(asked)

    found = await _read(claims, f"/v1/obligations/{claims.first.obligation_id}", officer)
    path = f"/v1/authorities/{found['authorityId']}"
    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    few = [await statements(f"{path}/{what}") for what in ("dashboard", "standings")]
    await _overdue(claims, database)
    await _overdue(claims, database)
    many = [await statements(f"{path}/{what}") for what in ("dashboard", "standings")]
    sa.event.remove(sa.Engine, "before_cursor_execute", note)

    assert min(few) > 2
    assert few == many


COUNTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 40))


@given(COUNTS, st.integers(2, 12))
def test_no_small_count_can_be_worked_out_from_the_total(
    counts: dict[str, int], smallest: int
) -> None:
    hidden = suppressed(counts, smallest)

    assert all(counts[name] >= smallest or counts[name] == 0 for name in counts.keys() - hidden)
    if hidden and is_total_shown(counts, smallest):
        # What is left when all that is shown is taken off the total.
        assert len(hidden) > 1
        left = sum(counts[name] for name in hidden)
        assert left >= smallest
        assert left > len(hidden)
    # Nothing is left out that needn't be.
    assert hidden or all(count >= smallest or count == 0 for count in counts.values())


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"ww": 12, "wia": 6}, set()),
        ({"ww": 12, "wia": 6, "bbl": 2}, {"bbl", "wia"}),
        ({"ww": 12, "wia": 2, "bbl": 1, "bol": 0}, {"bbl", "wia", "ww"}),
        ({"ww": 12, "wia": 3, "bbl": 3}, {"bbl", "wia"}),
        ({"ww": 3}, {"ww"}),
        # Of five that are together five, each is of one person.
        (
            {**dict.fromkeys(("wia", "bbl", "bol", "vso", "nug"), 1), "ww": 9, "wajong": 12},
            {"wia", "bbl", "bol", "vso", "nug", "ww"},
        ),
    ],
)
def test_small_counts_take_the_next_smallest_with_them(
    counts: dict[str, int], hidden: set[str]
) -> None:
    assert suppressed(counts, 5) == hidden


def _project(municipality: str, cents: int, **people: int) -> Source:
    groups = {name: Group(count, count) for name, count in people.items()}
    return Source(new_id(), FulfilmentKind.RIKX, {"nl": "Project"}, municipality, groups, cents)


def test_a_total_of_ones_is_not_shown_by_group_nor_by_place() -> None:
    groups = dict.fromkeys(("wia", "bbl", "bol", "vso", "nug"), 1)

    found = reached([_project("GM0599", 90_000, **groups)], 5)

    assert found.people is None
    assert all(cell.is_suppressed for cell in (*found.by_target_group, *found.by_municipality))
    assert reached([_project("GM0599", 90_000, **groups, ww=9)], 5).people == 14


def test_value_is_shared_by_heads_and_hidden_with_them() -> None:
    found = reached(
        [_project("GM0599", 1_000, ww=6, wia=2), _project("GM0518", 500, ww=5, bbl=3)], 5
    )
    placed = {"ww": Group(6, 700), "wia": Group(7, 300)}
    claim = Source(new_id(), FulfilmentKind.BUILDING_BLOCK, None, None, placed, 500)
    silent = reached([_project("GM0599", 1_000, ww=6)], None)

    assert found.people == 16
    assert {cell.name: cell.people for cell in found.by_target_group} == {
        "ww": 11,
        "wia": None,
        "bbl": None,
    }
    assert {cell.name: cell.cents for cell in found.by_municipality} == {
        "GM0599": 1_000,
        "GM0518": 500,
    }
    assert [cell.cents for cell in found.by_target_group if cell.name == "ww"] == [750 + 313]
    assert [(each.name, each.cents) for each in reached([claim], 5).by_target_group] == [
        ("wia", 150),
        ("ww", 350),
    ]
    assert silent == Reached(None, silent.by_target_group, silent.by_municipality)
    assert all(cell.is_suppressed and cell.cents is None for cell in silent.by_target_group)
