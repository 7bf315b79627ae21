"""Worked examples: each fits what the document says of its operation."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import pytest

from app.core.http.openapi.worked import JSON, is_file
from app.core.settings import Settings
from app.main import EXAMPLES, create_app

NEW = "record them anew: python3 scripts/dev.py cli examples app/examples.json"
FROM_TESTS = (
    "record it in the tests: BAAT_EXAMPLES=app/examples.json python3 scripts/dev.py pytest"
    " tests/organisations"
)
INVENTED = {
    f"/problems/{name}"
    for name in (
        *("balance-too-small", "bank-account-closed", "bank-would-refuse", "cannot-be-sent-back"),
        *("check-outdated", "limit-reached", "objection-pending", "obligation-not-open"),
        *("onboarding-over", "order-has-ended", "own-fulfilment", "paid-out", "pdf-not-installed"),
        *("provider-missing", "quantity-outside-terms", "remedy-decided", "too-large-for-ideal"),
        *("too-many-attachments", "too-many-finding-files", "too-much-evidence"),
    )
}
"""Refusals that no test hears of over HTTP: their examples are made of what they mean."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document of the whole application, with its examples."""
    nowhere = {"database_url": "postgresql://nobody@127.0.0.1/nothing", "secret": "x" * 32}
    return create_app(Settings.model_validate(nowhere)).openapi()


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from item.values()


def contents(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give what operations take and answer where they do what they are asked, and where it is."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            described = {f"responses/{status}": it for status, it in operation["responses"].items()}
            for where, each in {
                **described,
                "requestBody": operation.get("requestBody", {}),
            }.items():
                if JSON in each.get("content", {}) and not is_file(each["content"][JSON]):
                    steps = (path.replace("/", "~1"), method, where, "content", "application~1json")
                    yield operation["operationId"], "/".join(steps), each["content"][JSON]


def test_every_example_is_of_an_operation(document: dict[str, Any]) -> None:
    known = {operation["operationId"] for operation in operations(document)}
    assert json.loads(EXAMPLES.read_text())["operations"].keys() <= known, NEW


def test_every_operation_has_an_example(document: dict[str, Any]) -> None:
    lacking = [name for name, _, content in contents(document) if "examples" not in content]
    assert lacking == [], FROM_TESTS


def test_every_refusal_has_an_example_that_was_given(document: dict[str, Any]) -> None:
    named = {each["value"]["type"] for each in document["components"]["examples"].values()}
    given = json.loads(EXAMPLES.read_text())["problems"].keys()
    assert named - given == INVENTED, FROM_TESTS


def test_every_example_fits_its_schema(document: dict[str, Any]) -> None:
    # Each schema refers to others: the document is read once, for all of them.
    registry = jsonschema_rs.Registry([("urn:openapi", document)])
    wrong = []
    for name, place, content in contents(document):
        # So that braces of paths stand in an address.
        schema = {"$ref": f"urn:openapi#/paths/{quote(place, safe='/~')}/schema"}
        validator = jsonschema_rs.Draft202012Validator(schema, registry=registry)
        for example in content["examples"].values():
            wrong += [
                f"{name}: {each.message[:200]}" for each in validator.iter_errors(example["value"])
            ]
    assert wrong == [], NEW


def test_no_example_holds_what_opens_something() -> None:
    text = EXAMPLES.read_text()
    assert "baat_session_x" in text
    assert not [
        found for found in text.split('"') if found.startswith("baat_") and "xxx" not in found
    ]
