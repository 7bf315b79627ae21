"""Where the fuzzer is led, and what it tells; `scripts/fuzz.py` runs it over a demo."""

from typing import Any

from app.story.addresses import Addresses
from scripts.fuzzing import hooks, links
from scripts.fuzzing.commands import Row, told

ROUND, OTHER = "01a22510-c8b7-71ef-beb0-740ea383da32", "01a22510-bb76-78c0-8f5d-f1ad7e952c6a"
UNKNOWN = "7d9c1f2e-0b1a-4c3d-8e5f-a1b2c3d4e5f6"


def an_operation(name: str, status: str = "200", schema: str = "Round") -> dict[str, Any]:
    shown = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"operationId": name, "responses": {status: {"content": shown}}}


DOCUMENT: dict[str, Any] = {
    "paths": {
        "/schemes/{scheme_id}/rounds": {
            "get": an_operation("listRounds", schema="RoundPage"),
            "post": an_operation("makeRound", "201"),
        },
        "/rounds/{round_id}": {"get": an_operation("readRound")},
        "/rounds/{round_id}/plans/{plan_id}": {"get": an_operation("readPlan")},
    },
    "components": {
        "schemas": {
            "Round": {"properties": {"id": {"type": "string"}, "schemeId": {"type": "string"}}},
            "RoundPage": {
                "properties": {
                    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Round"}}
                }
            },
        }
    },
}


def test_what_makes_or_lists_things_leads_to_what_is_done_with_one_of_them() -> None:
    links.add(DOCUMENT)
    rounds = DOCUMENT["paths"]["/schemes/{scheme_id}/rounds"]
    for answer, where in (
        (rounds["post"]["responses"]["201"], "$response.body#/id"),
        (rounds["get"]["responses"]["200"], "$response.body#/items/0/id"),
    ):
        expected = {"operationId": "readRound", "parameters": {"round_id": where}}
        assert answer["links"] == {"readRoundById": expected}


def test_what_was_answered_says_where_things_stand() -> None:
    addresses = Addresses(DOCUMENT["paths"])
    addresses.learn(f"/v1/schemes/{OTHER}/rounds?limit=1", {"items": [{"id": ROUND}]})
    addresses.learn("/v1/me", {"links": [], "href": f"/v1/rounds/{OTHER}?limit=1"})
    assert addresses.fitting("/rounds/{round_id}") == [f"/rounds/{ROUND}", f"/rounds/{OTHER}"]
    assert addresses.ids("roundId") == [ROUND, OTHER]
    assert addresses.fitting("/rounds/{round_id}/plans/{plan_id}") == []
    known = {f"/schemes/{OTHER}", f"/rounds/{ROUND}", f"/rounds/{OTHER}"}
    assert set(addresses.everything()) == known


def test_a_request_is_about_what_there_is_as_far_as_it_is_known() -> None:
    hooks.GROUND.addresses = Addresses(DOCUMENT["paths"])
    hooks.GROUND.addresses.learn(f"/v1/rounds/{ROUND}", None)
    asked = {"round_id": UNKNOWN, "plan_id": UNKNOWN}
    assert hooks.places("/rounds/{round_id}/plans/{plan_id}", asked) == {"round_id": ROUND}
    body = {"parts": [{"roundId": UNKNOWN, "reason": UNKNOWN, "planId": UNKNOWN}]}
    hooks.stand_on_ground(body)
    assert body == {"parts": [{"roundId": ROUND, "reason": UNKNOWN, "planId": UNKNOWN}]}


def test_a_broken_promise_is_told_with_its_report() -> None:
    good, bad = Row("buyer"), Row("auditor", faults=["1. Undocumented Content-Type"])
    good.answers.update({"200": 1_200, "404": 30})
    good.done.add("readRound")

    assert told([good]).endswith("Nothing was found.")
    said = told([good, bad])
    assert "1,230   1,200       0      30       0           1" in said
    assert "1. Undocumented Content-Type" in said
    assert said.endswith("BROKEN PROMISES: 1.")
