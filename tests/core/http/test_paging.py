"""Lists are read page by page: every row once, in the order of the ids."""

import asyncio

import pytest
from httpx import AsyncClient

from app.core.database import Database
from tests.core.http.answers import places, refused
from tests.core.http.trial import Note

NOTES = "/v1/trials/notes"


async def write(database: Database, count: int) -> list[str]:
    notes = [Note(title=f"{number:03}") for number in range(count)]
    async with database.work() as session:
        session.add_all(notes)
    return sorted(str(note.id) for note in notes)


async def test_every_row_is_read_once_and_in_order(trial: AsyncClient, database: Database) -> None:
    written = await write(database, 23)

    read: list[str] = []
    page = (await trial.get(NOTES, params={"limit": 5})).json()
    read += [item["id"] for item in page["items"]]
    while page["next"] is not None:
        page = (await trial.get(NOTES, params={"limit": 5, "after": page["next"]})).json()
        assert 0 < len(page["items"]) <= 5
        read += [item["id"] for item in page["items"]]

    assert read == written


async def test_a_page_that_is_just_full_is_the_last(trial: AsyncClient, database: Database) -> None:
    await write(database, 5)

    page = (await trial.get(NOTES, params={"limit": 5})).json()

    assert (len(page["items"]), page["next"]) == (5, None)


async def test_what_is_added_meanwhile_is_found_at_the_end(
    trial: AsyncClient, database: Database
) -> None:
    await write(database, 3)
    first = (await trial.get(NOTES, params={"limit": 2})).json()
    await trial.post(NOTES, json={"title": "late"})

    rest = (await trial.get(NOTES, params={"after": first["next"]})).json()

    assert [item["title"] for item in rest["items"]] == ["002", "late"]


async def test_an_empty_list_is_a_page(trial: AsyncClient) -> None:
    assert (await trial.get(NOTES)).json() == {"items": [], "next": None}


async def test_a_filter_and_a_page_go_together(trial: AsyncClient, database: Database) -> None:
    await write(database, 3)

    page = (await trial.get(NOTES, params={"title": "001", "limit": 1})).json()

    assert [item["title"] for item in page["items"]] == ["001"]


async def test_a_page_has_fifty_items_unless_asked(trial: AsyncClient, database: Database) -> None:
    written = await write(database, 201)

    usual, largest = await asyncio.gather(trial.get(NOTES), trial.get(NOTES, params={"limit": 200}))

    assert [item["id"] for item in usual.json()["items"]] == written[:50]
    assert largest.json()["next"] == written[199]


@pytest.mark.parametrize("limit", ["0", "-1", "201", "x", "", "1e2", "99999999999999999999"])
async def test_an_impossible_limit_is_refused(quiet: AsyncClient, limit: str) -> None:
    answer = await quiet.get(NOTES, params={"limit": limit, "after": "nothing"})

    refused(answer, 400, "invalid-request")
    assert {(where, which) for where, which, _ in places(answer)} == {
        ("query", "limit"),
        ("query", "after"),
    }
