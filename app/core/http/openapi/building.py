"""Put the document together: FastAPI's draft, made into what we promise."""

import re
import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeAlias

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic.alias_generators import to_camel

from app.core.http.openapi import answers, schemas, worked
from app.core.problems import Problem, ProblemView
from app.core.settings import Settings

Document: TypeAlias = dict[str, Any]

PREFIX = "/v1"
LICENCE = {"name": "European Union Public Licence 1.2", "identifier": "EUPL-1.2"}
NOT_MODIFIED = "You have this version already"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*])")
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the version that you have; a 304 says that it is the newest.",
    "schema": {"type": "string", "examples": ['"3"']},
}


def operation_id(route: APIRoute) -> str:
    """Name an operation after its function: `list_api_keys` → `listApiKeys`."""
    return to_camel(route.name)


def document(
    app: FastAPI, credentials: Sequence[type[Problem]] = (), examples: Path | None = None
) -> Document:
    """Write the document of an application.

    `credentials` are the refusals that every operation may give which asks who calls; `examples`
    is a file with worked examples of operations.
    """
    settings: Settings = app.state.settings
    draft = get_openapi(
        title=app.title,
        version=app.version,
        routes=app.routes,
        webhooks=app.webhooks.routes,
    )
    paths = {_public(path): item for path, item in draft["paths"].items() if _is_ours(path)}
    components = draft.get("components", {})
    _add_problem(components.setdefault("schemas", {}))
    components |= {"headers": deepcopy(answers.HEADERS), **_complete(paths, credentials)}
    schemas.drop_titles([paths, components["schemas"]])
    if examples is not None:
        worked.add(paths, components["examples"], examples)
    made = {
        "openapi": draft["openapi"],
        "info": _info(app, settings),
        "servers": [{"url": f"{settings.public_url}{PREFIX}", "description": _mode(settings)}],
        "externalDocs": {"url": f"{settings.public_url}/docs", "description": "To read."},
        "tags": list(_tags(app)),
        "paths": paths,
        "webhooks": _sent(draft.get("webhooks", {})),
        "components": components,
    }
    return schemas.without_unused(schemas.renamed(made))


def _sent(webhooks: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Describe what we send: receivers answer as they like, and nothing of ours is added."""
    for item in webhooks.values():
        for operation in item.values():
            _read_docstring(operation)
            operation["responses"] = {"2XX": {"description": "Taken."}}
    schemas.drop_titles([webhooks])
    return webhooks


def _is_ours(path: str) -> bool:
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def _public(path: str) -> str:
    return path.removeprefix(PREFIX) or "/"


def _add_problem(known: dict[str, Any]) -> None:
    """Describe refusals, also where no route refers to them."""
    template = schemas.PREFIX + "{model}"
    schema = ProblemView.model_json_schema(mode="serialization", ref_template=template)
    for name, part in schema.pop("$defs").items():
        known.setdefault(name, part)
    known.setdefault(ProblemView.__name__, schema)


def _complete(
    paths: dict[str, dict[str, Any]], credentials: Sequence[type[Problem]]
) -> dict[str, Any]:
    """Give every operation what all have; return what they share."""
    refusals = answers.Refusals()
    for path, item in paths.items():
        _tell_versions(item)
        for method, operation in item.items():
            _read_docstring(operation)
            _correct_parameters(operation)
            common = answers.reasons(path, method, operation, credentials)
            successes, documented = _apart(operation["responses"])
            asks_who = bool(operation.get("security"))
            refused = refusals.of(documented, common, asks_who=asks_who)
            operation["responses"] = {**successes, **refused}
    return {"responses": refusals.shared, "examples": refusals.examples}


def _read_docstring(operation: dict[str, Any]) -> None:
    """Make the first sentence the summary; what is left is the description."""
    text = str(operation.pop("description", "")).partition("Raises:")[0].strip()
    if not text:
        return
    first, *more = _SENTENCE_END.split(text, maxsplit=1)
    operation["summary"] = " ".join(first.split()).removesuffix(".")
    if more:
        operation["description"] = more[0].strip()


def _correct_parameters(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == "If-Match":
            # Optional in the code, so that its absence is a 428 and not a 400.
            parameter |= {"required": True, "schema": {"type": "string", "examples": ['"3"']}}
        if parameter["name"] == "Content-Disposition":
            # The same, so that its absence is explained in words of ours.
            parameter |= {"required": True, "schema": {"type": "string"}}


def _apart(responses: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split answers into successes, with their headers, and refusals, without the framework's."""
    successes, refused = {}, {}
    for status, answer in sorted(responses.items()):
        if status < "400":
            if answer["description"] == "Successful Response":
                answer["description"] = HTTPStatus(int(status)).phrase
            answer["headers"] = {**answers.headers(), **answer.get("headers", {})}
            successes[status] = answer
        elif "HTTPValidationError" not in str(answer.get("content")):
            refused[status] = answer
    return successes, refused


def _tell_versions(item: dict[str, Any]) -> None:
    """Add ETags to a resource that is changed by version, and to a GET that knows a 304."""
    parameters = [each for operation in item.values() for each in operation.get("parameters", ())]
    versioned = any(each["name"] == "If-Match" for each in parameters)
    for method, operation in item.items():
        responses = operation["responses"]
        kept = method == "get" and "304" in responses
        if (versioned or kept) and "200" in responses:
            responses["200"].setdefault("headers", {}).update(answers.headers("ETag"))
        if kept:
            responses["304"] = {"description": NOT_MODIFIED, "headers": answers.headers("ETag")}
            operation.setdefault("parameters", []).append(deepcopy(_IF_NONE_MATCH))


def _info(app: FastAPI, settings: Settings) -> dict[str, Any]:
    return {
        "title": app.title,
        "version": app.version,
        "description": app.description,
        "contact": {
            "name": settings.contact_name,
            "email": settings.contact_email,
            "url": settings.contact_url,
        },
        "license": LICENCE,
    }


def _mode(settings: Settings) -> str:
    if settings.demo:
        return "A demo: its clock can be set, and nothing in it is real."
    return f"This installation is in {settings.mode} mode."


def _tags(app: FastAPI) -> Iterator[dict[str, str]]:
    """Describe each group with the docstrings of the modules that hold its operations."""
    modules: dict[str, dict[str, None]] = {}
    for route in _routes(app):
        for tag in route.tags:
            modules.setdefault(str(tag), {})[route.endpoint.__module__] = None
    for tag, names in modules.items():
        sentences = (_first_paragraph(sys.modules[name].__doc__) for name in names)
        yield {"name": tag, "description": " ".join(filter(None, sentences)) or f"{tag}."}


def _routes(app: FastAPI) -> Iterator[RouteContext]:
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            yield route


def _first_paragraph(text: str | None) -> str:
    return " ".join((text or "").strip().partition("\n\n")[0].split())
