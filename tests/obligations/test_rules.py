"""Rules over HTTP: written by some, published by others, compared, and never changed."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.obligations import queries, shipped
from app.obligations.models import RuleVersion
from app.obligations.rules import AuthorityRules, compare
from app.schemes.models import Authority
from tests import make
from tests.make import Member
from tests.make.obligations import RULES, a_rule_version, rules
from tests.obligations.conftest import Hall, a_hall

REASON = {"reason": "Adopted by the council on 12 June."}
UTRECHT, OLDER = "utrecht", "utrecht-older"


def shipped_rules(code: str) -> dict[str, Any]:
    return shipped.tables()[code].rules.model_dump(mode="json", by_alias=True)


async def drafted(
    client: httpx.AsyncClient,
    hall: Hall,
    valid_from: date,
    said: dict[str, Any] = RULES,
    by: Member | None = None,
) -> httpx.Response:
    return await client.post(
        f"{hall.path}/rule-drafts",
        json={"validFrom": valid_from.isoformat(), "rules": said},
        headers=(by or hall.member).headers,
    )


async def publish(client: httpx.AsyncClient, draft: httpx.Response, by: Member) -> httpx.Response:
    headers = {**by.headers, "If-Match": draft.headers["etag"]}
    where = draft.headers.get("location", draft.request.url.path)
    return await client.post(f"{where}/publications", json=REASON, headers=headers)


async def test_rules_change_in_place_and_what_applied_stays(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        city = await a_hall(session, with_rules=False)
    older = await drafted(client, city, date(2020, 1, 1), shipped_rules(OLDER))
    assert older.status_code == 201, older.text
    first = await publish(client, older, city.approver)
    newer = await drafted(client, city, date(2024, 7, 1), shipped_rules(UTRECHT))
    compared = await client.get(f"{newer.headers['location']}/changes", headers=city.viewer.headers)
    second = await publish(client, newer, city.approver)

    assert (first.status_code, second.status_code) == (201, 201), second.text
    assert [first.json()["number"], second.json()["number"]] == [1, 2]
    changes = (await client.get(f"{second.headers['location']}/changes")).json()["changes"]
    assert changes == compared.json()["changes"]
    told = {change["pointer"]: (change["before"], change["after"]) for change in changes}
    assert told["#/buildingBlocks/blocks/bbl/yearCents"] == (1_500_000, 3_500_000)
    assert told["#/buildingBlocks/ageBonuses/50/yearCents"] == (500_000, 1_000_000)
    assert "#/buildingBlocks/blocks/ww-over-1-year/yearCents" not in told
    for day, number in (("2019-12-31", []), ("2024-06-30", [1]), ("2024-07-01", [2])):
        listed = await client.get(f"{city.path}/rules?on={day}")
        assert [each["number"] for each in listed.json()["items"]] == number
    everything = (await client.get(f"{first.headers['location']}/changes")).json()["changes"]
    assert {change["before"] for change in everything} == {None}


async def test_who_wrote_in_a_draft_does_not_publish_it(
    client: httpx.AsyncClient, hall: Hall
) -> None:
    today = clock.today()
    draft = await drafted(client, hall, today, by=hall.approver)
    changed = await client.patch(
        draft.headers["location"],
        json={"rules": rules(overClaiming="refused")},
        headers={**hall.member.headers, "If-Match": draft.headers["etag"]},
    )

    assert (await publish(client, draft, hall.admin)).status_code == 412
    own = await publish(client, changed, hall.approver)
    assert (own.status_code, own.json()["type"]) == (403, "/problems/own-rule-draft")
    small = await publish(client, changed, hall.member)
    assert (small.status_code, small.json()["type"]) == (403, "/problems/role-too-small")
    assert (await publish(client, changed, hall.admin)).status_code == 201
    assert (await publish(client, changed, hall.admin)).status_code == 404


async def test_rules_begin_after_those_that_they_supersede(
    client: httpx.AsyncClient, hall: Hall
) -> None:
    early = await publish(client, await drafted(client, hall, date(2020, 1, 1)), hall.approver)
    assert (early.status_code, early.json()["type"]) == (409, "/problems/rules-too-early")
    assert early.json()["earliest"] == "2020-01-02"
    # What has not begun may be replaced altogether.
    later = clock.today() + timedelta(days=30)
    drafts = [await drafted(client, hall, later) for _ in range(3)]
    answers = await asyncio.gather(*(publish(client, each, hall.approver) for each in drafts))
    assert sorted(answer.json()["number"] for answer in answers) == [2, 3, 4]


async def test_an_authority_that_ended_writes_no_rules(
    client: httpx.AsyncClient, database: Database, hall: Hall
) -> None:
    draft = await drafted(client, hall, clock.today())
    async with database.work() as session:
        (await session.get_one(Authority, hall.id)).ended_at = clock.now()

    for answer in (
        await drafted(client, hall, clock.today()),
        await publish(client, draft, hall.approver),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/authority-ended")


async def test_every_fault_of_a_document_is_told_at_once(
    client: httpx.AsyncClient, hall: Hall
) -> None:
    wrong = rules(rulesVersion=2, psoDiscounts=[{"step": "9", "basisPoints": 1}])
    wrong["obligation"]["percentage"] = {"kind": "fixed", "basisPoints": 10_001}
    wrong["buildingBlocks"]["blocks"][0]["yearCents"] = 1.5

    answer = await drafted(client, hall, clock.today(), wrong)

    assert answer.status_code == 400
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {
        "#/rules/rulesVersion",
        "#/rules/obligation/percentage/basisPoints",
        "#/rules/buildingBlocks/blocks/0/yearCents",
        "#/rules/psoDiscounts/0/step",
    }


@pytest.mark.parametrize(
    ("member", "change", "said"),
    [
        ("buildingBlocks", {"blocksWithoutLimit": ["nobody"]}, "names no block: nobody"),
        (
            "obligation",
            {"lowLabour": {"belowLabourShareBasisPoints": 1, "basisPoints": 500}},
            "less",
        ),
        ("activities", {"rates": 2 * RULES["activities"]["rates"]}, "name each one once"),
        ("buildingBlocks", {"ageBonuses": 2 * RULES["buildingBlocks"]["ageBonuses"]}, "50 more"),
    ],
)
def test_rules_make_sense(member: str, change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        AuthorityRules.model_validate(rules(**{member: {**RULES[member], **change}}))


def test_what_differs_is_named_by_its_code() -> None:
    after = rules(units=None, deadlines={**RULES["deadlines"], "remindDaysBefore": [14]})
    after["buildingBlocks"]["blocks"] = after["buildingBlocks"]["blocks"][1:]

    found = {change.pointer: change.after for change in compare(RULES, after)}

    assert found == {
        "#/deadlines/remindDaysBefore": [14],
        "#/buildingBlocks/blocks/ww": None,
        "#/units": None,
    }
    assert compare(RULES, rules()) == []


async def test_tables_of_real_authorities_are_shipped_with_what_they_don_t_say(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/v1/rule-tables")
    tables = {table["code"]: table for table in answer.json()["tables"]}

    assert len(tables) == 14
    assert all(table["rules"]["source"] and table["silentAbout"] for table in tables.values())
    assert tables["rotterdam"]["rules"]["buildingBlocks"] is None
    assert "left empty" in tables["rotterdam"]["silentAbout"][0]
    assert tables["haaglanden-zuid-holland-centraal"]["validFrom"] == "2023-07-01"


@pytest.mark.parametrize(
    "change",
    ["UPDATE authority_rules SET number = 9", "DELETE FROM authority_rules"],
)
async def test_nobody_changes_what_was_published(
    database: Database, hall: Hall, change: str
) -> None:
    with pytest.raises(exc.DBAPIError, match="permission denied"):
        async with database.work() as session:
            await session.execute(sa.text(change))
    async with database.reading() as session:
        assert await queries.rules.last(session, hall.id)


async def test_the_database_insists_on_four_eyes(session: AsyncSession) -> None:
    authority = await make.an_authority(session)
    version: RuleVersion = await a_rule_version(session, authority)
    who: UUID = version.published_by_id
    session.add(
        RuleVersion(
            authority_id=authority.id,
            number=2,
            valid_from=clock.today(),
            rules=RULES,
            editor_ids=[who],
            reason="In a hurry.",
            published_by_id=who,
        )
    )

    with pytest.raises(exc.IntegrityError, match="four_eyes"):
        await session.flush()
