"""Samples of what the books say: kept with their rows, and the same whatever comes later."""

from typing import Any

import httpx

from app.audits import sampling
from app.audits.sampling import Item
from app.core.ids import new_id
from tests.audits.conftest import Audit, Audited, Json
from tests.orders.conftest import said

SEED = "20237331128159211123"
EVER = {"beginsAt": "2020-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z"}


async def draw(audit: Audit, by: Audited, **asked: Any) -> httpx.Response:  # noqa: ANN401  JSON.
    """Have a sample drawn of all there is."""
    path = f"/v1/organisations/{by.organisation_id}/audit-samples"
    body = {"keeperId": str(by.keeper_id), **EVER, "seed": SEED, **asked}
    headers = {**by.headers, "Idempotency-Key": str(new_id())}
    return await audit.client.post(path, json=body, headers=headers)


async def drawn(audit: Audit, by: Audited, **asked: Any) -> Json:  # noqa: ANN401  JSON.
    """Have a sample drawn that can be."""
    answer = await draw(audit, by, **asked)
    assert answer.status_code == 201, answer.text
    sample: Json = answer.json()
    return sample


async def test_a_sample_is_drawn_again_to_the_row_whatever_was_entered_since(audit: Audit) -> None:
    await audit.approved_claim()
    random = {"method": "random", "size": 3}
    entries = await drawn(audit, audit.authority, population="entries", **random)
    by_value = {"method": "monetary-units", "size": 2}
    orders = await drawn(audit, audit.operator, population="orders", **by_value)
    [row] = (await audit.read(orders["links"]["items"], audit.operator))["items"]
    assert (orders["populationCount"], orders["populationCents"]) == (2, 1_145_340)
    assert (orders["intervalCents"], row["isCertain"]) == (572_670, True)
    order = await audit.read(row["links"]["thing"], audit.operator)
    assert order["quantityUnits"] == 98

    rows = (await audit.read(entries["links"]["items"]))["items"]
    await audit.later()
    assert await audit.read(entries["links"]["redraw"]) == {
        "isSame": True,
        "items": 3,
        "populationSha256": entries["populationSha256"],
    }
    same = await drawn(
        audit, audit.authority, population="entries", **random, position=entries["position"]
    )
    assert same["populationSha256"] == entries["populationSha256"]
    again = (await audit.read(same["links"]["items"]))["items"]
    assert [row["thingId"] for row in again] == [row["thingId"] for row in rows]
    later = await drawn(audit, audit.authority, population="entries", **random)
    assert later["populationCount"] > entries["populationCount"]
    listed = await audit.get(f"/v1/organisations/{audit.authority.organisation_id}/audit-samples")
    assert [each["id"] for each in listed.json()["items"]] == [
        each["id"] for each in (later, same, entries)
    ]


async def test_anybody_draws_a_sample_from_its_population_and_its_seed(audit: Audit) -> None:
    await audit.approved_claim()
    sample = await drawn(
        audit, audit.authority, population="entries", method="monetary-units", intervalCents=7_000
    )
    told = await audit.read(sample["links"]["population"] + "?format=json")
    pages, path = [], sample["links"]["population"] + "?limit=2"
    while path is not None:
        page = await audit.read(path)
        pages += page["items"]
        path = page["next"] and f"{sample['links']['population']}?limit=2&after={page['next']}"
    assert pages == told["items"]
    population = [Item(each["id"], each["amountCents"]) for each in told["items"]]
    assert sampling.digest(population).hex() == sample["populationSha256"]
    assert told["about"]["position"] == sample["position"]
    journal = f"/v1/audits/authorities/{audit.authority.keeper_id}/entries?format=json"
    entries = (await audit.read(journal))["items"]
    assert sorted(each["id"] for each in entries) == [each["id"] for each in told["items"]]
    positions = [each["position"] for each in entries]
    assert positions == sorted(positions)
    mine = sampling.by_value(population, SEED, 7_000)
    theirs = (await audit.read(sample["links"]["items"]))["items"]
    assert [(each.place, each.item.id) for each in mine] == [
        (row["place"], row["thingId"]) for row in theirs
    ]
    for population_of, figure in (("obligations", 5_000_000), ("fulfilments", 90_000)):
        one = await drawn(audit, audit.authority, population=population_of, method="random", size=5)
        assert (one["populationCents"], one["items"]) == (figure, 1)


async def test_a_sample_that_cannot_be_drawn_says_why(audit: Audit) -> None:
    await audit.seal()
    random = {"method": "random", "size": 3}
    nothing = await draw(audit, audit.authority, population="fulfilments", **random)
    assert said(nothing) == (409, "/problems/nothing-to-draw")
    of_others = await draw(
        audit,
        audit.authority,
        population="entries",
        keeperId=str(audit.operator.keeper_id),
        **random,
    )
    assert said(of_others) == (404, "/problems/not-found")
    for wrong in (
        {"method": "random", "intervalCents": 5},
        {"method": "monetary-units"},
        {"method": "monetary-units", "size": 3, "intervalCents": 5},
        {**random, "endsAt": EVER["beginsAt"]},
        {**random, "seed": "short"},
    ):
        refused = await draw(audit, audit.authority, population="entries", **wrong)
        assert said(refused) == (400, "/problems/invalid-request"), wrong
    sample = await drawn(audit, audit.authority, population="entries", **random)
    hidden = await audit.get(sample["links"]["items"], audit.operator)
    assert said(hidden) == (404, "/problems/not-found")
    admin = await audit.client.get(sample["links"]["sample"], headers=audit.authority.admin.headers)
    assert said(admin) == (403, "/problems/role-too-small")
