"""Worked examples: what was really asked and answered, put where an operation is described."""

import json
from pathlib import Path
from typing import Any

JSON = "application/json"


def add(paths: dict[str, dict[str, Any]], file: Path) -> None:
    """Give operations the requests and answers that a file has of them, by operation id."""
    recorded: dict[str, dict[str, Any]] = json.loads(file.read_text())
    for item in paths.values():
        for operation in item.values():
            if example := recorded.get(operation["operationId"]):
                _describe(operation, example)


def _describe(operation: dict[str, Any], example: dict[str, Any]) -> None:
    asked = operation.get("requestBody", {}).get("content", {}).get(JSON)
    if asked is not None and "request" in example:
        asked["examples"] = _worked(example["request"])
    answer = operation["responses"].get(str(example["status"]), {})
    if JSON in answer.get("content", {}) and "response" in example:
        answer["content"][JSON]["examples"] = _worked(example["response"])


def _worked(value: object) -> dict[str, Any]:
    return {"demo": {"summary": "From a demo", "value": value}}
