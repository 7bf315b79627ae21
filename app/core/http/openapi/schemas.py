"""Public names for schemas: `PageOf[OrganisationView]` becomes `OrganisationPage`.

So does a `ListOf[…]`, which can be taken along as a file, become a `…List`. A schema is named as
the thing that it shows: `OrganisationView` goes out as `Organisation`, and only what a client sends
keeps the word that says so (`OrganisationRequest`).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

PREFIX = "#/components/schemas/"
_PAGE = re.compile(r"(?P<kind>Page|List)Of_(?P<item>\w+)_")
_PASCAL = re.compile(r"(?:[A-Z][a-z0-9]*)+")
_DATA = frozenset({"example", "examples", "default", "const", "enum"})
"""Keywords whose values are data of the API and no schemas."""


class BadSchemaName(Exception):  # noqa: N818  Read aloud it says what is wrong.
    """Two schemas want one name, or a name is not in PascalCase: rename a class."""


def renamed(document: dict[str, Any]) -> dict[str, Any]:
    """Give every schema its public name, also where it is referred to.

    Raises:
        BadSchemaName: the names of the classes don't allow it.
    """
    schemas = document["components"]["schemas"]
    names = {name: public_name(name) for name in schemas}
    _insist_on_good(names)
    document["components"]["schemas"] = {
        names[old]: schemas[old] for old in sorted(names, key=names.__getitem__)
    }
    pointing: dict[str, Any] = _pointing_to(document, names)
    return pointing


def public_name(name: str) -> str:
    """Say how a schema is called on the wire."""
    if page := _PAGE.fullmatch(name):
        return f"{public_name(page['item'])}{page['kind']}"
    return name.replace("-", "").removesuffix("View")


def _insist_on_good(names: dict[str, str]) -> None:
    for old, new in names.items():
        if not _PASCAL.fullmatch(new):
            message = f"The schema {old} can't be called {new}."
            raise BadSchemaName(message)
        if rivals := [other for other in names if other != old and names[other] == new]:
            message = f"The schemas {old} and {rivals[0]} would both be called {new}."
            raise BadSchemaName(message)


def _pointing_to(node: Any, names: dict[str, str]) -> Any:  # noqa: ANN401  JSON can be anything.
    if isinstance(node, dict):
        return {key: _pointing_to(value, names) for key, value in node.items()}
    if isinstance(node, list):
        return [_pointing_to(value, names) for value in node]
    if isinstance(node, str) and node.startswith(PREFIX):
        name = node.removeprefix(PREFIX)
        return PREFIX + names.get(name, name)
    return node


def without_unused(document: dict[str, Any]) -> dict[str, Any]:
    """Keep the schemas that an operation reaches."""
    schemas = document["components"].pop("schemas")
    used: set[str] = set()
    found = set(_references(document))
    while found:
        used |= found
        found = set(_references([schemas[name] for name in found if name in schemas])) - used
    kept = {name: schema for name, schema in schemas.items() if name in used}
    return {**document, "components": {**document["components"], "schemas": kept}}


def _references(node: Any) -> Iterator[str]:  # noqa: ANN401  JSON can be anything.
    values: Iterable[Any] = ()
    if isinstance(node, dict):
        values = node.values()
    elif isinstance(node, list):
        values = node
    elif isinstance(node, str) and node.startswith(PREFIX):
        yield node.removeprefix(PREFIX)
    for value in values:
        yield from _references(value)


def drop_titles(node: Any) -> None:  # noqa: ANN401  JSON can be anything.
    """Leave out the titles that only repeat a name; `node` holds schemas, at any depth."""
    if isinstance(node, list):
        for value in node:
            drop_titles(value)
    if not isinstance(node, dict):
        return
    if isinstance(node.get("title"), str):
        del node["title"]
    for key, value in node.items():
        if key == "properties":
            # A member may well be called `title` itself.
            drop_titles(list(value.values()))
        elif key not in _DATA:
            drop_titles(value)
