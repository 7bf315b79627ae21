"""Recording: which examples are kept, and what is tried to find more."""

from typing import Any

from app.story import recording
from app.story.recording import Recorder, Source

READABLE: dict[str, Any] = {"200": {"content": {"application/json": {}}}}
OWN_DRAFT = {"type": "/problems/own-draft", "title": "Somebody else publishes it"}
DOCUMENT: dict[str, Any] = {
    "components": {"examples": {"OwnDraft": {"value": {"type": OWN_DRAFT["type"]}}}},
    "paths": {
        "/me": {"get": {"operationId": "readMe", "responses": READABLE}},
        "/schemes": {
            "get": {"operationId": "listSchemes", "responses": READABLE},
            "post": {"operationId": "createScheme", "responses": {}},
        },
        "/schemes/{scheme_id}": {"get": {"operationId": "readScheme", "responses": READABLE}},
        "/schemes/{scheme_id}/rounds": {
            "get": {"operationId": "listRounds", "responses": READABLE}
        },
        "/rounds/{round_id}": {"get": {"operationId": "readRound", "responses": READABLE}},
        "/rounds/{round_id}/plan": {"get": {"operationId": "readPlan", "responses": {"200": {}}}},
    },
}


def tried(recorder: Recorder) -> dict[str, list[str]]:
    return {operation.name: paths for operation, paths in recorder.unheard()}


def test_what_was_named_is_tried_and_what_is_no_json_is_not() -> None:
    recorder = Recorder(DOCUMENT, Source.DEMO)
    assert tried(recorder)["readMe"] == ["/me"]
    recorder.hear("POST", "/v1/schemes", {"code": "a"}, 201, {"id": "1", "currentRoundId": "7"})
    found = tried(recorder)
    assert found["readScheme"] == ["/schemes/1"]
    assert found["listRounds"] == ["/schemes/1/rounds"]
    assert "readPlan" not in found
    recorder.hear("GET", "/v1/schemes/1/rounds?limit=2", None, 200, {"items": [{"id": "8"}]})
    assert tried(recorder)["readRound"] == ["/rounds/8"]


def test_the_example_is_kept_that_tells_most() -> None:
    recorder = Recorder(DOCUMENT, Source.DEMO)
    answers: tuple[list[dict[str, str]], ...] = ([], [{"id": "1", "name": "A"}], [{"id": "2"}])
    for items in answers:
        recorder.hear("GET", "/v1/schemes", None, 200, {"items": items})
    shown = {"items": [{"id": "1", "name": "A"}]}
    expected = {"from": Source.DEMO, "status": 200, "response": shown}
    assert recorder.found.operations == {"listSchemes": expected}


def test_examples_of_the_tests_stand_in_for_the_demos() -> None:
    heard = Recorder(DOCUMENT, Source.TESTS)
    for refusal in (OWN_DRAFT, {"type": "/problems/of-a-trial", "title": "No"}):
        heard.hear("POST", "/v1/schemes", {"code": "a"}, 403, refusal)
    for path, answer in (("/v1/me", {"id": "1", "name": "A"}), ("/v1/schemes/1", {"id": "1"})):
        heard.hear("GET", path, None, 200, answer)
    played = Recorder(DOCUMENT, Source.DEMO)
    played.hear("GET", "/v1/me", None, 200, {"id": "2"})
    played.found.add(heard.found)
    sources = {name: each["from"] for name, each in played.found.operations.items()}
    assert sources == {"readMe": Source.DEMO, "readScheme": Source.TESTS}
    assert played.found.problems == {OWN_DRAFT["type"]: OWN_DRAFT}
    assert list(heard.found.of(Source.DEMO).operations) == []


def test_examples_are_short_and_open_nothing() -> None:
    token = "baat_session_" + "a1" * 20
    assert recording.shortened({"token": token}) == {"token": "baat_session_" + "x" * 40}
    assert recording.shortened({"secret": "JBSW", "recoveryCodes": ["a1b2"]}) == {
        "secret": "xxxx",
        "recoveryCodes": ["xxxx"],
    }
    long = {"items": ["some words"] * 1_000}
    assert recording.shortened(long) == {"items": ["some words"] * 3}
