"""Policies: written by one, published by another, never changed."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database, connect
from app.core.ids import new_id
from app.core.settings import Settings
from app.schemes import queries
from app.schemes.models import Policy
from tests import make
from tests.make import Member
from tests.schemes.conftest import Market, said

REASON = {"reason": "Adopted by the board."}


def today() -> date:
    return clock.today()


async def draft(
    client: httpx.AsyncClient,
    market: Market,
    valid_from: date,
    terms: dict[str, Any] = make.TERMS,
) -> httpx.Response:
    body = {"validFrom": valid_from.isoformat(), "terms": terms}
    path = f"{market.path}/policy-drafts"
    return await client.post(path, json=body, headers=market.member.headers)


async def publish(
    client: httpx.AsyncClient, drafted: httpx.Response, who: Member, match: str = "*"
) -> httpx.Response:
    path = f"{drafted.headers['location']}/publications"
    return await client.post(path, json=REASON, headers={**who.headers, "If-Match": match})


async def applying(client: httpx.AsyncClient, market: Market, on: date) -> list[int]:
    answer = await client.get(f"{market.path}/policies?on={on}")
    return [policy["number"] for policy in answer.json()["items"]]


async def test_a_later_policy_supersedes_and_what_applied_can_be_seen(
    client: httpx.AsyncClient, market: Market
) -> None:
    begins = today() + timedelta(days=10)
    dearer = make.terms(unitPriceCents=12_500)
    published = await publish(client, await draft(client, market, begins, dearer), market.approver)

    assert published.status_code == 201
    assert published.json()["number"] == 2
    assert await applying(client, market, today() - timedelta(days=1)) == []
    assert await applying(client, market, today()) == [1]
    assert await applying(client, market, begins - timedelta(days=1)) == [1]
    assert await applying(client, market, begins) == [2]
    read = await client.get(published.headers["location"])
    assert read.json() == published.json()
    assert read.json()["terms"]["unitPriceCents"] == 12_500
    assert (await client.get(f"{market.path}/policy-drafts", headers=market.viewer.headers)).json()[
        "items"
    ] == []


async def test_who_wrote_in_a_draft_does_not_publish_it(
    client: httpx.AsyncClient, market: Market
) -> None:
    drafted = await draft(client, market, today() + timedelta(days=1))
    match = {"If-Match": drafted.headers["etag"]}
    later = {"validFrom": (today() + timedelta(days=2)).isoformat()}
    changed = await client.patch(
        drafted.headers["location"], json=later, headers={**market.approver.headers, **match}
    )
    # Somebody else wrote last: that makes the approver's change no less their own.
    again = await client.patch(
        drafted.headers["location"],
        json={"terms": make.terms(objectionDays=30)},
        headers={**market.member.headers, "If-Match": changed.headers["etag"]},
    )

    assert [changed.status_code, again.status_code] == [200, 200]
    assert said(await publish(client, drafted, market.approver)) == (403, "/problems/own-draft")
    assert said(await publish(client, drafted, market.member)) == (403, "/problems/role-too-small")
    stale = await publish(client, drafted, market.admin, changed.headers["etag"])
    assert stale.status_code == 412
    assert (await publish(client, drafted, market.admin, again.headers["etag"])).status_code == 201


async def test_a_change_that_changes_nothing_makes_no_editor(
    client: httpx.AsyncClient, market: Market
) -> None:
    drafted = await draft(client, market, today() + timedelta(days=1))
    same = {"terms": make.TERMS}
    answer = await client.patch(
        drafted.headers["location"],
        json=same,
        headers={**market.approver.headers, "If-Match": drafted.headers["etag"]},
    )

    assert answer.json()["editorIds"] == [str(market.member.user_id)]
    assert (await publish(client, drafted, market.approver)).status_code == 201


async def test_history_is_not_written_afterwards(client: httpx.AsyncClient, market: Market) -> None:
    for valid_from in (today() - timedelta(days=1), today()):
        answer = await publish(client, await draft(client, market, valid_from), market.approver)
        assert said(answer) == (409, "/problems/policy-too-early")
        # The one in force began today: it keeps its first day.
        assert answer.json()["earliest"] == str(today() + timedelta(days=1))


async def test_what_has_not_begun_may_be_replaced_and_not_overtaken(
    client: httpx.AsyncClient, market: Market
) -> None:
    begins = today() + timedelta(days=10)
    await publish(client, await draft(client, market, begins), market.approver)
    early = await publish(
        client, await draft(client, market, begins - timedelta(days=1)), market.approver
    )
    same_day = await publish(client, await draft(client, market, begins), market.approver)

    assert said(early) == (409, "/problems/policy-too-early")
    assert same_day.json()["number"] == 3
    assert await applying(client, market, begins) == [3]
    assert await applying(client, market, begins - timedelta(days=1)) == [1]


async def test_a_draft_can_be_thrown_away(client: httpx.AsyncClient, market: Market) -> None:
    drafted = await draft(client, market, today())
    gone = await client.delete(drafted.headers["location"], headers=market.member.headers)

    assert gone.status_code == 204
    read = await client.get(drafted.headers["location"], headers=market.member.headers)
    assert read.status_code == 404
    assert said(await publish(client, drafted, market.admin)) == (404, "/problems/not-found")


async def test_every_fault_of_the_terms_is_named_at_its_place(
    client: httpx.AsyncClient, market: Market
) -> None:
    bad = make.terms(unitPriceCents=0, surprise=1)
    bad["fee"]["rateBasisPoints"] = "500"
    del bad["plans"]["latestStartDays"]

    answer = await draft(client, market, today(), bad)

    assert answer.status_code == 400
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {
        "#/terms/unitPriceCents",
        "#/terms/surprise",
        "#/terms/fee/rateBasisPoints",
        "#/terms/plans/latestStartDays",
    }


async def test_two_that_are_published_at_once_get_two_numbers(
    client: httpx.AsyncClient, market: Market
) -> None:
    drafts = [await draft(client, market, today() + timedelta(days=5)) for _ in range(3)]

    answers = await asyncio.gather(*(publish(client, each, market.approver) for each in drafts))

    assert sorted(answer.json()["number"] for answer in answers) == [2, 3, 4]


async def test_one_draft_is_published_once(client: httpx.AsyncClient, market: Market) -> None:
    drafted = await draft(client, market, today() + timedelta(days=5))

    answers = await asyncio.gather(
        *(publish(client, drafted, who) for who in (market.approver, market.admin))
    )

    first, second = sorted(answer.status_code for answer in answers)
    assert first == 201
    assert second in {404, 412}
    items = (await client.get(f"{market.path}/policies")).json()["items"]
    assert [policy["number"] for policy in items] == [1, 2]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE scheme_policies SET number = 9",
        "DELETE FROM scheme_policies",
        "TRUNCATE scheme_policies CASCADE",
    ],
)
async def test_nobody_changes_what_was_published(
    database: Database, settings: Settings, market: Market, change: str
) -> None:
    with pytest.raises(exc.DBAPIError, match="permission denied"):
        async with database.work() as session:
            await session.execute(sa.text(change))

    # Who owns the tables has every right to them, and meets the trigger.
    owner = connect(settings.owner_url, settings, pool_size=1)
    with pytest.raises(exc.DBAPIError, match="append-only"):
        async with owner.begin() as connection:
            await connection.execute(sa.text(change))
    await owner.dispose()
    async with database.reading() as session:
        assert await queries.policies.last(session, market.id)


async def test_the_database_insists_on_four_eyes(session: AsyncSession) -> None:
    scheme = await make.a_scheme(session)
    who = (await make.a_user(session)).id
    session.add(
        Policy(
            id=new_id(),
            scheme_id=scheme.id,
            number=2,
            valid_from=today(),
            terms=make.TERMS,
            editor_ids=[who],
            reason="In a hurry.",
            published_by_id=who,
        )
    )

    with pytest.raises(exc.IntegrityError, match="four_eyes"):
        await session.flush()


async def test_later_domains_ask_the_terms(session: AsyncSession) -> None:
    scheme = await make.a_scheme(session)
    found = await queries.policies.applying(session, scheme.id, today())

    assert found is not None
    assert found.read_terms().quote(108).price_cents == 1_080_000
    assert await queries.policies.applying(session, scheme.id, date(2020, 1, 1)) is None


@pytest.mark.parametrize("on", ["0", "20261201", "2026-12-1", "yesterday", "2026-02-30"])
async def test_a_day_is_written_in_one_way(
    client: httpx.AsyncClient, market: Market, on: str
) -> None:
    answer = await client.get(f"{market.path}/policies?on={on}")
    assert answer.status_code == 400
    [fault] = answer.json()["errors"]
    assert fault["parameter"] == "on"
