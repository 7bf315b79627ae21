"""Worked examples: what was really asked and answered, put where an operation is described."""

import json
from pathlib import Path
from typing import Any

JSON = "application/json"
SOURCES = {"demo": "From a demo", "tests": "From the tests"}


def add(paths: dict[str, dict[str, Any]], refusals: dict[str, dict[str, Any]], file: Path) -> None:
    """Give operations the requests and answers that a file has of them, by operation id.

    `refusals` are the examples of refusals, of which each becomes one that was really given.
    """
    recorded: dict[str, dict[str, dict[str, Any]]] = json.loads(file.read_text())
    for item in paths.values():
        for operation in item.values():
            if example := recorded["operations"].get(operation["operationId"]):
                _describe(operation, example)
    for refusal in refusals.values():
        refusal["value"] = recorded["problems"].get(refusal["value"]["type"], refusal["value"])


def _describe(operation: dict[str, Any], example: dict[str, Any]) -> None:
    asked = operation.get("requestBody", {}).get("content", {}).get(JSON)
    # A file is no value, whatever is in it.
    if asked is not None and "request" in example and not is_file(asked):
        asked["examples"] = _worked(example, "request")
    answer = operation["responses"].get(str(example["status"]), {})
    if JSON in answer.get("content", {}) and "response" in example:
        answer["content"][JSON]["examples"] = _worked(example, "response")


def is_file(content: dict[str, Any]) -> bool:
    """Tell whether what is sent is a file, taken as it is."""
    return bool(content["schema"].get("format") == "binary")


def _worked(example: dict[str, Any], part: str) -> dict[str, Any]:
    source = example["from"]
    return {source: {"summary": SOURCES[source], "value": example[part]}}
