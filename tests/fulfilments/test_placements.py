"""Building blocks: what placements count for, and that a candidate counts once for a day."""

import asyncio
import random
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner

from app.cli import cli
from app.core.database import Database, violates
from app.core.ids import new_id
from app.core.settings import Settings
from app.fulfilments import candidates
from tests.fulfilments.conftest import Claims, Debt
from tests.orders.conftest import said

FULL_TIME = 2_160
_LIVE = sa.text("SELECT is_live FROM placement_lines")


def placed(who: str, first: str, last: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  JSON.
    """Somebody's full-time work in a period, on a WW benefit before."""
    key = sha256(who.encode()).hexdigest()
    period = {"startsOn": first, "endsOn": last}
    work = {"block": "ww", "minutesPerWeek": FULL_TIME, **more}
    return {"candidateKey": key, **period, **work}


async def drafted(claims: Claims, debt: Debt, *lines: dict[str, Any]) -> str:
    """Prepare a claim of placements, and give its path."""
    path = f"/organisations/{claims.stall.buyer.organisation.id}/fulfilments"
    claim = {"kind": "building-block", "placements": lines}
    answer = await claims.post(path, obligationId=str(debt.obligation_id), claim=claim)
    assert answer.status_code == 201, answer.text
    return f"/fulfilments/{answer.json()['id']}"


async def submitted(claims: Claims, debt: Debt, *lines: dict[str, Any]) -> httpx.Response:
    """Claim placements at once."""
    return await claims.post(f"{await drafted(claims, debt, *lines)}/submissions")


async def test_placements_of_several_groups_count_together(claims: Claims) -> None:
    first, headers = claims.first, claims.stall.buyer.clerk.headers
    lines = (
        placed("a", "2025-01-01", "2025-06-30"),
        placed("b", "2025-01-01", "2025-12-31", block="jobs-agreement", minutesPerWeek=1_080),
        placed("c", "2025-03-01", "2025-04-30", age=52),
    )
    claim = await drafted(claims, first, *lines)
    now = {**headers, "If-Match": '"1"'}
    fewer = {"claim": {"kind": "building-block", "placements": lines[:2]}}
    written = await claims.stall.client.put(f"/v1{claim}", json=fewer, headers=now)
    assert written.headers["ETag"] == '"2"'
    whole = {"claim": {"kind": "building-block", "placements": lines}}
    now = {**headers, "If-Match": '"2"'}
    written = await claims.stall.client.put(f"/v1{claim}", json=whole, headers=now)
    assert written.json()["claim"]["groups"] == [
        {
            "block": "jobs-agreement",
            "placements": 1,
            "firstOn": "2025-01-01",
            "lastOn": "2025-12-31",
        },
        {"block": "ww", "placements": 2, "firstOn": "2025-01-01", "lastOn": "2025-06-30"},
    ]

    answer = await claims.post(f"{claim}/submissions")
    # 20,000 × 6/12; half of 40,000; and 25,000 × 2/12 of somebody who is 52.
    assert [step["figures"] for step in answer.json()["steps"]] == [
        "2 placements = 14,166.67",
        "1 placements = 20,000.00",
        "3 = 34,166.67",
    ]
    assert (await claims.decide(claim, first)).json()["state"] == "approved"
    assert (await claims.balance(first))["approved"] == 3_416_667
    seen = await claims.stall.client.get(f"/v1{claim}/placements", headers=first.officer.headers)
    assert [each["valueCents"] for each in seen.json()["items"]] == [1_000_000, 2_000_000, 416_667]
    assert not {each["candidateKey"] for each in lines} & {*seen.text.split('"')}
    await _reached(claims, claim)


async def _reached(claims: Claims, claim: str) -> None:
    """Look at the certificate and at the dashboard: too few people to say of which groups."""
    client, headers = claims.stall.client, claims.first.officer.headers
    certificate = (await client.get(f"/v1{claim}/certificate", headers=headers)).json()
    assert (certificate["stated"]["units"], certificate["counted"]["quantityUnits"]) == (None, None)
    path = f"/v1/authorities/{certificate['stated']['authority']['id']}"
    dashboard = (await client.get(f"{path}/dashboard", headers=headers)).json()
    reached = dashboard["reached"]
    assert (reached["smallestCount"], reached["people"]) == (5, None)
    assert [(each["name"], each["href"]) for each in reached["byTargetGroup"]] == [
        ("jobs-agreement", None),
        ("ww", None),
    ]
    [kind] = dashboard["byKind"]
    assert (kind["kind"], kind["approved"]["cents"]) == ("building-block", 3_416_667)
    rows = (await client.get(f"{path}/reach?targetGroup=ww", headers=headers)).json()["items"]
    assert [(each["people"], each["approvedCents"]) for each in rows] == [(2, 1_416_667)]


async def test_a_candidate_counts_once_for_a_day_and_so_many_months(claims: Claims) -> None:
    first, second = claims.first, claims.second
    half_a_year = placed("a", "2025-01-01", "2025-06-30")
    assert (await submitted(claims, first, half_a_year)).status_code == 201

    # At another authority, as well: the refusal names lines of one's own, and nobody else.
    other, late = placed("b", "2025-01-01", "2025-02-28"), placed("a", "2025-06-30", "2025-08-31")
    refused = await submitted(claims, second, other, late)
    assert said(refused) == (409, "/problems/placement-claimed")
    assert refused.json()["placements"] == [{"number": 2}]
    later = placed("a", "2025-07-01", "2025-08-31")
    claim = await drafted(claims, second, other, later)
    assert (await claims.post(f"{claim}/submissions")).json()["valueCents"] == 666_666

    # 24 months are the most at one authority; before submitting nothing is said about others.
    long = await drafted(claims, first, placed("a", "2022-01-01", "2023-12-31"))
    headers = claims.stall.buyer.clerk.headers
    would = await claims.stall.client.get(f"/v1{long}/assessment", headers=headers)
    assert would.json()["valueCents"] == 4_000_000
    assert (await claims.post(f"{long}/submissions")).json()["valueCents"] == 3_000_000

    # What was rejected is free again.
    assert (await claims.decide(claim, second, "rejected")).status_code == 201
    assert (await submitted(claims, second, late | {"startsOn": "2025-07-01"})).status_code == 201


async def test_of_many_claims_at_once_for_the_same_day_one_comes_in(claims: Claims) -> None:
    paths = [
        await drafted(claims, debt, placed("b", "2025-05-01", "2025-07-31"), placed(who, *days))
        for debt in (claims.first, claims.second)
        for who, days in (
            ("a", ("2025-01-01", "2025-03-31")),
            ("a", ("2025-03-31", "2025-06-30")),
        )
    ]
    answers = await asyncio.gather(*(claims.post(f"{path}/submissions") for path in paths))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_no_statement_lets_a_placement_count_beside_another(
    claims: Claims, database: Database
) -> None:
    day = placed("a", "2025-01-01", "2025-01-31")
    assert (await submitted(claims, claims.first, day)).status_code == 201
    await drafted(claims, claims.second, day)
    change = claims.stall.change
    # The triggers decide what is live, and the constraint hears of it.
    await change("UPDATE placement_lines SET is_live = true")
    async with database.reading() as session:
        lives = await session.execute(_LIVE)
        assert sorted(lives.scalars()) == [False, True]
    who = claims.stall.buyer.clerk.user_id
    with pytest.raises(IntegrityError) as refused:
        await change("UPDATE fulfilments SET state = 'submitted', submitted_by_id = :who", who=who)
    assert violates(refused.value, "ex_placement_lines_counted_once")
    for statement in (
        "UPDATE placement_lines SET starts_on = '2025-01-02'",
        "UPDATE placement_lines SET candidate_mark = 7",
        "DELETE FROM placement_lines WHERE is_live",
    ):
        with pytest.raises(IntegrityError, match="stay as they are"):
            await change(statement)


async def test_a_claim_names_its_faults(claims: Claims) -> None:
    path = f"/organisations/{claims.stall.buyer.organisation.id}/fulfilments"
    overlapping = [placed("a", "2025-01-01", "2025-03-31"), placed("a", "2025-03-31", "2025-04-01")]
    for lines, pointer in (
        (overlapping, "#/claim"),
        ([placed("a", "2025-02-01", "2025-01-31")], "#/claim/placements/0"),
        ([placed("a", "2025-01-01", "2025-01-31") | {"name": "Jan"}], "#/claim/placements/0/name"),
        (
            [placed("a", "2025-01-01", "2025-01-31") | {"candidateKey": "111222333"}],
            "#/claim/placements/0/candidateKey",
        ),
    ):
        claim = {"kind": "building-block", "placements": lines}
        wanted = str(claims.first.obligation_id)
        answer = await claims.post(path, obligationId=wanted, claim=claim)
        assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
    unknown = placed("b", "2025-01-01", "2025-01-31", block="wajong")
    refused = await submitted(claims, claims.first, overlapping[0], unknown)
    assert said(refused) == (409, "/problems/does-not-count")
    assert refused.json()["detail"] == "Placement 2: The table has no building block wajong."


async def test_a_key_is_made_where_the_candidate_works(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    told = (await client.get("/v1/candidate-salt")).json()
    # Spaces, capitals, accents and signs make no difference. The command needs no installation,
    # and repeats nobody's name.
    rows = "VAN DEN BERG OZDEMIR;elise anna-maria;1990-01-31\n\nJansen;Jan;31-1-1990\n"
    made = CliRunner().invoke(cli, ["candidate-keys", "--salt", told["salt"]], input=rows)
    assert made.exit_code == 2
    assert made.stdout.splitlines() == [told["exampleKey"]]
    assert "1990-01-31" in made.stderr
    assert "Jansen" not in made.output
    key = bytes.fromhex(told["exampleKey"])
    other = settings.model_copy(update={"secret": type(settings.secret)("x" * 40)})
    assert candidates.salt(other).hex() != told["salt"]
    assert candidates.mark(other, key) != candidates.mark(settings, key)
    assert candidates.mark(settings, key) < 1 << 128


COPY = """
    INSERT INTO fulfilments
    SELECT (jsonb_populate_record(f, jsonb_build_object('id', CAST(:id AS uuid)))).*
      FROM fulfilments f WHERE id = CAST(:template AS uuid)
"""
LINE = """
    INSERT INTO placement_lines SELECT (jsonb_populate_record(l, jsonb_build_object(
        'id', CAST(:line AS uuid), 'fulfilment_id', CAST(:id AS uuid),
        'candidate_mark', CAST(:mark AS bigint), 'starts_on', CAST(:first AS date),
        'ends_on', CAST(:last AS date)))).* FROM placement_lines l WHERE fulfilment_id = :template
"""
SUBMIT = "UPDATE fulfilments SET state = 'submitted', submitted_by_id = :who WHERE id = :id"


async def test_random_placements_from_many_connections_never_overlap(
    claims: Claims, database: Database
) -> None:
    templates = [
        UUID((await drafted(claims, debt, placed("a", "2025-01-01", "2025-01-01")))[-36:])
        for debt in (claims.first, claims.second)
    ]
    who = claims.stall.buyer.clerk.user_id
    tried = (_placed_at_random(database, templates, (who, seed)) for seed in range(4))
    won = sum(await asyncio.gather(*tried))

    # An independent replay: each candidate is in one live line at the most, each day.
    async with database.reading() as session:
        rows = (await session.execute(_COUNTED)).all()
    days = [
        (mark, first + timedelta(days=number))
        for mark, first, last in rows
        for number in range((last - first).days + 1)
    ]
    assert len(days) == len(set(days))
    assert len(rows) == won
    assert 10 < won < 4 * 40


_COUNTED = sa.text("SELECT candidate_mark, starts_on, ends_on FROM placement_lines WHERE is_live")


async def _placed_at_random(
    database: Database, templates: list[UUID], about: tuple[UUID, int]
) -> int:
    """Try many claims of few candidates, in plain SQL; say how many of them came in."""
    who, seed = about
    dice, won = random.Random(seed), 0  # noqa: S311  A test's dice, the same each time.
    for _ in range(40):
        first = date(2025, 1, 1) + timedelta(days=dice.randrange(200))
        said = {
            "id": new_id(),
            "line": new_id(),
            "template": dice.choice(templates),
            "mark": dice.randrange(4),
            "first": first,
            "last": first + timedelta(days=dice.randrange(30)),
            "who": who,
        }
        try:
            async with database.work() as session:
                for statement in (COPY, LINE, SUBMIT):
                    await session.execute(sa.text(statement), said)
        except IntegrityError as refused:
            if not violates(refused, "ex_placement_lines_counted_once"):
                raise
        else:
            won += 1
    return won
