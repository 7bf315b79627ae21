"""Schemas as rows that a person can read: `items[].legalName`, text, at most 200 characters."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from app.core.http.openapi import Document

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")

DEPTH = 2
"""How far inside a body the rows go; a type's name stands for what lies deeper."""

_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
}
_FORMATS = {
    "binary": "the bytes of a file",
    "date-time": "moment (RFC 3339)",
    "date": "date",
    "uuid": "UUID",
    "email": "e-mail address",
    "uri": "URL",
    "password": "text",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One value that goes in or comes out."""

    name: str
    place: str
    kind: str
    required: bool
    description: Markup


def prose(text: str) -> Markup:
    """Set Markdown as paragraphs, lists and tables; HTML in it stays text."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704  The renderer escapes what is not its own.


def phrase(text: str) -> Markup:
    """Set one sentence of Markdown."""
    return Markup(_MARKDOWN.renderInline(text))  # noqa: S704  As above.


def resolved(document: Document, node: dict[str, Any]) -> dict[str, Any]:
    """Follow references; what stands beside one goes before what it refers to."""
    while "$ref" in node:
        beside = {key: value for key, value in node.items() if key != "$ref"}
        found: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = {**found, **beside}
    return node


def parameters(document: Document, operation: dict[str, Any]) -> Iterator[Member]:
    """List what goes into the path, the query and the headers."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        yield Member(
            name=parameter["name"],
            place=parameter["in"],
            kind=kind(document, schema),
            required=parameter.get("required", False),
            description=phrase(parameter.get("description", "")),
        )


def rows(
    document: Document, schema: dict[str, Any], before: str = "", depth: int = DEPTH
) -> Iterator[Member]:
    """List the members of a body, those of its members after each."""
    schema, suffix = _inside(document, schema)
    before += suffix
    for name, member in schema.get("properties", {}).items():
        path = f"{before}.{name}" if before else name
        yield Member(
            name=path,
            place="body",
            kind=kind(document, member),
            required=name in schema.get("required", ()),
            description=phrase(resolved(document, member).get("description", "")),
        )
        if depth > 1:
            yield from rows(document, member, path, depth - 1)


def _inside(document: Document, schema: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Step through lists and choices with null, to what has members."""
    schema = resolved(document, schema)
    suffix = ""
    while True:
        choices = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
        if len(choices) == 1:
            schema = resolved(document, choices[0])
        elif isinstance(schema.get("items"), dict):
            schema, suffix = resolved(document, schema["items"]), suffix + "[]"
        else:
            return schema, suffix


def kind(document: Document, schema: dict[str, Any]) -> str:
    """Say in a few words what a value can be."""
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(kind(document, choice) for choice in choices)
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = resolved(document, schema)
    if values := schema.get("enum") or ([schema["const"]] if "const" in schema else None):
        return " | ".join(str(value) for value in values)
    if schema.get("type") == "array":
        return f"list of {kind(document, schema.get('items', {}))}{_size(schema, 'Items', '')}"
    if name:
        return str(name)
    return _word(schema) + _limits(schema)


def _word(schema: dict[str, Any]) -> str:
    if found := _FORMATS.get(schema.get("format", "")):
        return found
    return _WORDS.get(str(schema.get("type")), "anything")


def _limits(schema: dict[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is None and "exclusiveMinimum" in schema and schema.get("type") == "integer":
        least = schema["exclusiveMinimum"] + 1
    return _between(least, most, "") + _size(schema, "Length", " characters")


def _size(schema: dict[str, Any], what: str, unit: str) -> str:
    return _between(schema.get(f"min{what}"), schema.get(f"max{what}"), unit)


def _between(least: float | None, most: float | None, unit: str) -> str:
    if least is None and most is None:
        return ""
    if most is None:
        return f", at least {least}{unit}"
    if least is None:
        return f", at most {most}{unit}"
    return f", {least} to {most}{unit}" if least != most else f", exactly {most}{unit}"
