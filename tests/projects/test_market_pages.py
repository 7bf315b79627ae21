"""A project's page: all that is public, nothing confidential, and asked for again for nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import httpx
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, files
from app.core.database import Database
from app.core.files import File
from app.core.ids import new_id
from app.ledger import journal
from app.projects.actions import listings, market
from app.projects.models import MarketVersion
from tests import make
from tests.make import contents
from tests.make.jobs import eventually
from tests.make.listings import CLERK
from tests.projects.conftest import somebody_waits
from tests.projects.test_market import MARKET, a_hold, listed


async def test_the_page_of_a_project(client: httpx.AsyncClient, database: Database) -> None:
    async with database.work() as session:
        listing = await make.a_listing(session)
    page = (await client.get(f"{MARKET}/{listing.project_id}")).json()

    assert page["plan"]["milestones"][0]["what"] == "Zes rijbewijzen gehaald"
    assert page["plan"]["people"] == 12
    assert page["plan"]["costsCents"] == 1_080_000
    assert (page["valuation"]["kind"], page["valuation"]["impactUnits"]) == ("panel", 120)
    assert page["valuation"]["aggregation"]["values"] == [120, 120, 120]
    assert {sheet["remarks"]["text"] for sheet in page["valuation"]["scores"]} == {None}
    assert page["results"] == []
    assert page["attachments"] == []
    [item] = await listed(client)
    assert {name: page[name] for name in item} == item


async def test_there_is_no_page_before_a_listing(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        project = await make.a_valued_project(session)
    for project_id in (project.id, new_id()):
        answer = await client.get(f"{MARKET}/{project_id}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


CANARY = "kanarie-vertrouwelijk"
CONFIDENTIAL = {
    "costs": [
        {"kind": "materials", "description": f"{CANARY} materiaal", "amountCents": 580_001},
        {
            "kind": "hours",
            "description": f"{CANARY} uren",
            "hours": 100,
            "rateCents": 580_003,
        },
    ],
    "otherFinancing": [{"kind": "fund", "description": f"{CANARY} fonds", "amountCents": 17}],
    "bank": f"{CANARY} bank",
    "partners": f"{CANARY} partners",
    "notes": f"{CANARY} notities",
}


async def test_a_buyer_sees_nothing_confidential(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        public = make.a_plan()
        listing = await make.a_listing(session, plan={**public, **CONFIDENTIAL})
        rows = await session.execute(sa.text("SELECT CAST(to_jsonb(l) AS text) FROM listings l"))
        kept = rows.scalar_one()
        whole = str(
            await session.scalar(sa.text("SELECT CAST(content AS text) FROM plan_versions"))
        )
    # Every confidential member of a plan has its canary, so that a new one is noticed here.
    assert set(CONFIDENTIAL) == {
        member for member in public if member not in _PUBLIC and member in whole
    }
    paths = [MARKET, f"{MARKET}?text={CANARY}", f"{MARKET}/{listing.project_id}"]
    answers = [(await client.get(path)).text for path in paths]
    for text in [kept, *answers]:
        assert CANARY not in text
        assert "580001" not in text
        assert "580003" not in text
    assert '"items":[]' in answers[1]


_PUBLIC = {
    *("title", "summary", "objectives", "activities", "targetGroups", "thresholdUnits"),
    *("startsOn", "endsOn", "milestones", "promisedEvidence", "place"),
}


async def a_file(database: Database, name: str) -> File:
    async def chunks() -> AsyncIterator[bytes]:
        yield contents.a_pdf()

    received = await files.take(database, None, files.Sent(name, "application/pdf", chunks()))
    async with database.work() as session:
        return await files.keep(session, received, CLERK)


async def test_only_public_attachments_are_given(
    client: httpx.AsyncClient, database: Database
) -> None:
    given = {
        name: (new_id(), await a_file(database, f"{name}.pdf")) for name in ("brochure", CANARY)
    }
    async with database.work() as session:
        project = await make.a_valued_project(
            session,
            attachments=[
                {
                    "id": str(attachment_id),
                    "fileId": str(file.id),
                    "name": file.name,
                    "mediaType": file.media_type,
                    "sizeBytes": file.size_bytes,
                    "sha256": file.sha256.hex(),
                    "isPublic": name == "brochure",
                }
                for name, (attachment_id, file) in given.items()
            ],
        )
        await listings.publish(session, CLERK, project, "As the panel found.")
    path = f"{MARKET}/{project.id}"
    page = await client.get(path)
    assert [file["name"] for file in page.json()["attachments"]] == ["brochure.pdf"]
    assert CANARY not in page.text

    public, hidden = (f"{path}/attachments/{attachment_id}" for attachment_id, _ in given.values())
    answer = await client.get(public)
    assert answer.content == contents.a_pdf()
    assert answer.headers["content-disposition"].startswith("attachment")
    assert (await client.get(hidden)).status_code == 404
    assert (await client.get(f"{path}/attachments/{new_id()}")).status_code == 404
    by_file = await client.get(f"{path}/attachments/{given[CANARY][1].id}")
    assert by_file.status_code == 404


async def test_who_has_the_newest_page_is_told_so(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        listing = await make.a_listing(session)
    await market.keep_fresh(database)
    paths = [MARKET, f"{MARKET}/{listing.project_id}"]
    tags = {path: (await client.get(path)).headers["ETag"] for path in paths}

    async def asked_again() -> set[int]:
        return {
            (await client.get(path, headers={"If-None-Match": tag})).status_code
            for path, tag in tags.items()
        }

    assert await asked_again() == {304}
    async with database.work() as session:
        await journal.post(session, a_hold(listing, 20))
    # Not before the figures are copied: a reservation announces nothing.
    assert await asked_again() == {304}
    await market.keep_fresh(database)

    async def is_read() -> bool:
        return await asked_again() == {200}

    await eventually(is_read)
    await market.keep_fresh(database)
    tags = {path: (await client.get(path)).headers["ETag"] for path in paths}
    assert await asked_again() == {304}


async def test_an_empty_market_has_a_tag_too(client: httpx.AsyncClient, database: Database) -> None:
    tag = (await client.get(MARKET)).headers["ETag"]
    known = {"If-None-Match": tag}
    assert (await client.get(MARKET, headers=known)).status_code == 304
    async with database.work() as session:
        await make.a_listing(session)
    assert (await client.get(MARKET, headers=known)).status_code == 200


async def test_nothing_new_says_nothing(session: AsyncSession) -> None:
    await make.a_listing(session)
    assert await market.refresh(session) == 1
    version = sa.select(MarketVersion.number)
    before = await session.scalar(version)
    assert await market.refresh(session) == 0
    assert await session.scalar(version) == before


async def test_what_was_counted_before_midnight_is_not_called_of_the_day_after(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        await make.a_listing(session)
    today = clock.today()
    midnight = datetime.combine(today + timedelta(days=1), time(), ZoneInfo(clock.TIME_ZONE))
    with clock.travelled(midnight - timedelta(minutes=1)):
        async with database.work() as session:
            await session.execute(sa.text("LOCK TABLE market_entries IN ACCESS EXCLUSIVE MODE"))
            slow = asyncio.create_task(client.get(MARKET))
            await somebody_waits(database)
            clock.shift(midnight - datetime.now(UTC) + timedelta(minutes=1))
        answer = await slow
    ends_on = datetime.fromisoformat(answer.json()["items"][0]["saleEndsAt"])
    assert (
        answer.json()["items"][0]["daysLeft"]
        == (ends_on.astimezone(ZoneInfo(clock.TIME_ZONE)).date() - today).days
    )
    assert f"-{today:%Y%m%d}-" in answer.headers["ETag"]
