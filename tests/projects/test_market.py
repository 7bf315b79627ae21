"""The public market: what everybody sees, in which order, and nothing confidential."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.ledger import chart, journal
from app.ledger.drafts import Draft, Hold, credit, debit
from app.organisations.models import Organisation
from app.projects.actions import market
from app.projects.models import Listing, Round, RoundState
from tests import make

MARKET = "/v1/market/projects"


async def listed(client: httpx.AsyncClient, **wanted: Any) -> list[dict[str, Any]]:  # noqa: ANN401  Queries.
    """Read one page."""
    answer = await client.get(MARKET, params=wanted)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def for_sale(listing: Listing) -> chart.Account:
    return chart.FOR_SALE.of(listing.scheme_id, listing.project_id)


def a_hold(listing: Listing, units: int, minutes: int = 30) -> Hold:
    return Hold(
        for_sale(listing),
        units,
        f"order/{new_id()}/reserved",
        new_id(),
        clock.now() + timedelta(minutes=minutes),
    )


def paid(listing: Listing, units: int) -> Draft:
    order_id = new_id()
    return Draft(
        kind="order.paid",
        reference=f"order/{order_id}/paid",
        narration="Units are paid",
        occurred_at=clock.now(),
        lines=(
            debit(chart.OWNED.of(listing.scheme_id, order_id), units, order_id),
            credit(for_sale(listing), units, order_id),
        ),
    )


def figures(item: dict[str, Any]) -> tuple[int, int, int, int]:
    sold, reserved = item["soldUnits"], item["reservedUnits"]
    return sold, reserved, item["remainingUnits"], item["progressPercent"]


async def test_everybody_sees_a_project_and_what_it_costs(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        listing = await make.a_listing(session)
    [item] = await listed(client)

    assert item["id"] == str(listing.project_id)
    assert item["title"] == {"nl": "Chauffeurs voor het doelgroepenvervoer", "en": ""}
    assert item["entrepreneur"]["legalName"] == "DAM Nederland B.V."
    assert item["scheme"]["unitName"] == "RIKX"
    assert (item["thresholdUnits"], item["impactUnits"]) == (108, 120)
    assert (item["unitPriceCents"], item["buyerPriceCents"]) == (10_000, 10_605)
    assert figures(item) == (0, 0, 120, 0)
    assert (item["sale"], item["state"], item["daysLeft"]) == ("running", "listed", 25)
    assert item["targetGroups"] == ["participatiewet", "jobs-agreement"]


async def test_figures_come_from_the_books(client: httpx.AsyncClient, database: Database) -> None:
    async with database.work() as session:
        listing = await make.a_listing(session)
    kept = a_hold(listing, 20)
    async with database.work() as session:
        await journal.post(session, kept, a_hold(listing, 5, minutes=10), paid(listing, 54))
    await market.keep_fresh(database)
    assert figures((await listed(client))[0]) == (54, 25, 41, 50)

    # A hold that expired holds nothing, though nobody has swept it.
    with clock.travelled(clock.now() + timedelta(minutes=15)):
        await market.keep_fresh(database)
        assert figures((await listed(client))[0]) == (54, 20, 46, 50)

    async with database.work() as session:
        await journal.post(
            session,
            Draft(
                kind="order.paid",
                reference=f"order/{kept.about_id}/paid",
                narration="The reserved ones",
                occurred_at=clock.now(),
                lines=(
                    debit(chart.OWNED.of(listing.scheme_id, kept.about_id), 20, kept.about_id),
                    credit(for_sale(listing), 20, kept.about_id),
                ),
                settles=kept.reference,
            ),
        )
        await journal.post(session, paid(listing, 34))
    await market.keep_fresh(database)
    sold, reserved, remaining, progress = figures((await listed(client))[0])
    assert (sold, sold + reserved + remaining, progress) == (108, 120, 100)


async def test_what_lapses_is_not_sold(client: httpx.AsyncClient, database: Database) -> None:
    async with database.work() as session:
        listing = await make.a_listing(session)
        scheme, project = listing.scheme_id, listing.project_id
        await journal.post(
            session,
            Draft(
                kind="project.lapsed",
                reference=f"project/{project}/lapsed",
                narration="What is left",
                occurred_at=clock.now(),
                lines=(
                    debit(chart.LAPSED.of(scheme, project), 100, project),
                    credit(for_sale(listing), 100, project),
                ),
            ),
        )
    await market.keep_fresh(database)
    [item] = await listed(client)
    assert figures(item) == (0, 0, 20, 0)


async def test_a_sale_that_ended_leaves_the_list_and_keeps_its_page(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        listing = await make.a_listing(session)
        in_round = await session.get_one(Round, listing.round_id)
        in_round.state = RoundState.ENDED
    await market.keep_fresh(database)

    assert await listed(client) == []
    [item] = await listed(client, sale="ended")
    assert item["sale"] == "ended"
    page = await client.get(f"{MARKET}/{listing.project_id}")
    assert page.json()["sale"] == "ended"
    async with database.work() as session:
        organisation = await session.get_one(Organisation, listing.entrepreneur_id)
        organisation.legal_name = "DAM Europa B.V."
    await market.keep_right(database)
    [item] = await listed(client, sale="ended")
    assert item["entrepreneur"]["legalName"] == "DAM Europa B.V."


async def several(session: AsyncSession) -> list[Listing]:
    """Seven projects in two schemes that differ in all that one can choose by."""
    cheap = await make.a_scheme(session, policy=make.terms(unitPriceCents=5_000))
    dear = await make.a_scheme(session)
    made = []
    for number in range(7):
        scheme = cheap if number % 2 else dear
        ends = clock.now() + timedelta(days=3 + number // 2)
        in_round = await make.a_round(session, scheme, state=RoundState.ON_SALE, sale_ends_at=ends)
        plan = make.a_plan(
            title={"nl": f"Fietsenmakers {number}", "en": f"Bicycle mechanics {number}"},
            thresholdUnits=100,
            place={"municipality": "GM0606" if number == 6 else "GM0599", "address": "Plein 1"},
            targetGroups=[{"group": "wia" if number < 3 else "nug", "people": 2}],
        )
        listing = await make.a_listing(session, in_round, plan=plan)
        if number in {1, 4, 5}:
            await journal.post(session, paid(listing, 10 * number))
        made.append(listing)
    await market.refresh(session)
    return made


KEYS = {
    "newest": lambda item: (item["listedAt"], item["id"]),
    "ending-soon": lambda item: (item["saleEndsAt"], item["id"]),
    "progress": lambda item: (item["progressPercent"], item["id"]),
    "price": lambda item: (item["buyerPriceCents"], item["id"]),
}
DOWNWARDS = {"newest", "progress"}


@pytest.mark.parametrize("sort", list(KEYS))
async def test_every_order_is_read_in_pages_without_gaps(
    client: httpx.AsyncClient, database: Database, sort: str
) -> None:
    async with database.work() as session:
        made = await several(session)
    found: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    for _ in range(4):
        page = (await client.get(MARKET, params={"sort": sort, "limit": 2, **after})).json()
        found += page["items"]
        after = {"after": page["next"] or ""}
    assert page["next"] is None
    assert {item["id"] for item in found} == {str(listing.project_id) for listing in made}
    assert len(found) == 7
    keys = [KEYS[sort](item) for item in found]
    pairs = [(b, a) if sort in DOWNWARDS else (a, b) for a, b in pairwise(keys)]
    assert all(earlier < later for earlier, later in pairs)


async def test_what_one_can_choose_by(client: httpx.AsyncClient, database: Database) -> None:
    async with database.work() as session:
        made = await several(session)

    async def numbers(**wanted: Any) -> Sequence[int]:  # noqa: ANN401  Queries.
        ids = {item["id"] for item in await listed(client, **wanted)}
        return [n for n, listing in enumerate(made) if str(listing.project_id) in ids]

    assert await numbers(schemeId=made[1].scheme_id) == [1, 3, 5]
    assert await numbers(roundId=made[2].round_id) == [2]
    assert await numbers(municipality="GM0606") == [6]
    assert await numbers(targetGroup="wia") == [0, 1, 2]
    assert await numbers(highestPriceCents=6_000) == [1, 3, 5]
    assert await numbers(lowestPriceCents=6_000, municipality="GM0599") == [0, 2, 4]
    assert await numbers(lowestProgressPercent=40) == [4, 5]
    assert await numbers(highestProgressPercent=10) == [0, 1, 2, 3, 6]
    assert await numbers(endingWithinDays=4) == [0, 1, 2, 3]
    assert await numbers(sale="upcoming") == []
    assert await numbers(after=new_id()) == []
    assert await numbers(schemeId=new_id()) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("chauffeur", True),
        ("CHAUFFEURS", True),
        ("bakker or chauffeur", True),
        ("driver", True),
        ("drivers licences", True),
        ('"people become drivers"', True),
        ("chauffeur bakker", False),
        ("doelgroepen-chauffeurs", False),
        ("halen-werk", True),
        ("bakker", False),
        ("stichting", False),  # That is in the confidential part.
        ("'); DROP TABLE listings --", False),
        ("&|!:*<->", False),
    ],
)
async def test_search_knows_dutch_and_english(
    client: httpx.AsyncClient, database: Database, words: str, *, found: bool
) -> None:
    async with database.work() as session:
        plan = make.a_plan(
            objectives={
                "nl": "Twaalf mensen halen hun rijbewijs en vinden werk.",
                "en": "Twelve people become drivers with a licence.",
            }
        )
        await make.a_listing(session, plan=plan)
    assert bool(await listed(client, text=words)) is found


@pytest.mark.parametrize(
    "wanted",
    [
        {"sort": "cheapest"},
        {"limit": 0},
        {"limit": 201},
        {"after": "x"},
        {"municipality": "Rotterdam"},
        {"targetGroup": "everybody"},
        {"lowestPriceCents": -1},
        {"endingWithinDays": 5_000},
        {"text": ""},
        {"text": "x" * 201},
    ],
)
async def test_what_makes_no_sense_is_refused(
    client: httpx.AsyncClient, wanted: dict[str, Any]
) -> None:
    answer = await client.get(MARKET, params=wanted)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == next(iter(wanted))
