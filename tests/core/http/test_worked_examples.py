"""Worked examples: each fits what the document says of its operation."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from app.core.http.openapi.worked import JSON
from app.core.settings import Settings
from app.main import EXAMPLES, create_app

NEW = "python3 scripts/dev.py cli examples app/examples.json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document of the whole application, with its examples."""
    nowhere = {"database_url": "postgresql://nobody@127.0.0.1/nothing", "secret": "x" * 32}
    return create_app(Settings.model_validate(nowhere)).openapi()


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from item.values()


def contents(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give what an operation takes and what it answers where it does what it is asked."""
    for described in (operation.get("requestBody", {}), *operation["responses"].values()):
        if JSON in described.get("content", {}):
            yield described["content"][JSON]


def test_every_example_is_of_an_operation(document: dict[str, Any]) -> None:
    known = {operation["operationId"] for operation in operations(document)}
    assert json.loads(EXAMPLES.read_text()).keys() <= known, f"record them anew: {NEW}"


def test_every_example_fits_its_schema(document: dict[str, Any]) -> None:
    count, wrong = 0, []
    for operation in operations(document):
        for content in contents(operation):
            for example in content.get("examples", {}).values():
                schema = {**content["schema"], "components": document["components"]}
                fault = jsonschema_rs.Draft202012Validator(schema).iter_errors(example["value"])
                wrong += [f"{operation['operationId']}: {each.message[:200]}" for each in fault]
                count += 1
    assert wrong == [], f"record them anew: {NEW}"
    assert count > 250


def test_no_example_holds_what_opens_something() -> None:
    text = EXAMPLES.read_text()
    assert "baat_session_x" in text
    assert not [
        found for found in text.split('"') if found.startswith("baat_") and "xxx" not in found
    ]
