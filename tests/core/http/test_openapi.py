"""The Dutch API Design Rules (media/linter.yaml of their repository), and ours, as assertions."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import jsonschema_rs
import pytest
from fastapi import FastAPI
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from app import __version__
from app.core.http import openapi
from app.core.http.openapi import answers, schemas
from app.core.problems import Problem
from app.core.settings import Settings
from app.main import create_app
from tests.conftest import SECRET, calling
from tests.core.http import exemplary

Document = dict[str, Any]

SEMVER = r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?"
KEBAB_PATH = r"/|(/([a-z0-9-]+|{[^}]+}))(/([a-z0-9.-]+|{[^}]+}|[a-z-]+\.{[^}]+}))*"
CAMEL = r"[a-z][a-z\d]*([A-Z][a-z\d]*)*"
PASCAL = r"([A-Z][a-z\d]*)+"
METHODS = {"get", "post", "put", "patch", "delete"}


def an_app() -> FastAPI:
    return create_app(
        Settings.model_validate({"database_url": "postgresql://nowhere/x", "secret": SECRET})
    )


def an_exemplary_app() -> FastAPI:
    app = an_app()
    app.include_router(exemplary.router)
    openapi.install(app, [exemplary.CallerUnknown])
    return app


@cache
def documents() -> dict[str, Document]:
    """Write them once: nobody changes them."""
    return {"real": an_app().openapi(), "exemplary": an_exemplary_app().openapi()}


@pytest.fixture(params=["real", "exemplary"])
def document(request: pytest.FixtureRequest) -> Document:
    return documents()[request.param]


@pytest.fixture
def hooks() -> Document:
    return documents()["exemplary"]


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def every_answer(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            yield f"{method} {path}", status, resolved(document, answer)


def resolved(document: Document, node: Document) -> Document:
    while "$ref" in node:
        found: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def nodes(node: Any) -> Iterator[Any]:  # noqa: ANN401  JSON can be anything.
    yield node
    if isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from nodes(value)


def members(document: Document) -> Iterator[tuple[str, Document]]:
    for node in nodes(document["components"]["schemas"]):
        if isinstance(node, dict) and isinstance(node.get("properties"), dict):
            yield from node["properties"].items()


def test_it_has_operations(document: Document) -> None:
    assert "readService" in {operation["operationId"] for _, _, operation in operations(document)}


def test_it_tells_what_we_send_to_others(document: Document) -> None:
    event = document["webhooks"]["event"]["post"]
    reference = event["requestBody"]["content"]["application/json"]["schema"]
    assert event["summary"] == "Hear of an event"
    assert "{webhook-id}.{webhook-timestamp}.{body}" in str(event["parameters"])
    assert {"type", "timestamp", "data"} == set(resolved(document, reference)["properties"])
    assert set(event["responses"]) == {"2XX"}


def test_it_is_openapi(document: Document) -> None:
    assert re.fullmatch(r"3(\.\d+){1,2}", document["openapi"])
    OPENAPI_31_VALIDATOR.validate(document)


def test_it_says_who_answers_and_where(document: Document) -> None:
    info = document["info"]
    assert {"name", "email", "url"} <= set(info["contact"])
    assert re.fullmatch(SEMVER, info["version"])
    assert info["license"]["identifier"] == "EUPL-1.2"
    assert "drempelwaarde" in info["description"]
    assert [re.search(r"/v\d+$", server["url"]) is not None for server in document["servers"]] == [
        True
    ]


def test_an_operation_has_a_name_of_its_own(document: Document) -> None:
    names = Counter(operation["operationId"] for _, _, operation in operations(document))
    assert [name for name, count in names.items() if count > 1] == []
    assert [name for name in names if not re.fullmatch(CAMEL, name)] == []


def test_every_group_is_described_once(document: Document) -> None:
    used = {tag for _, _, operation in operations(document) for tag in operation["tags"]}
    described = [tag["name"] for tag in document["tags"] if tag["description"]]
    assert sorted(described) == sorted(used)


def test_paths_are_in_kebab_case_and_end_without_a_slash(document: Document) -> None:
    assert [path for path in document["paths"] if not re.fullmatch(KEBAB_PATH, path)] == []
    assert [path for path in document["paths"] if path.startswith("/v1")] == []


def test_only_standard_methods(document: Document) -> None:
    assert {method for _, method, _ in operations(document)} <= METHODS


def test_every_part_of_a_path_is_a_parameter(document: Document) -> None:
    for path, _, operation in operations(document):
        parameters = operation.get("parameters", [])
        given = {each["name"] for each in parameters if each["in"] == "path"}
        assert set(re.findall(r"{(\w+)}", path)) == given
        places = Counter((each["in"], each["name"]) for each in parameters)
        assert set(places.values()) <= {1}


def test_query_keys_are_in_camel_case(document: Document) -> None:
    keys = {
        each["name"]
        for _, _, operation in operations(document)
        for each in operation.get("parameters", [])
        if each["in"] == "query"
    }
    assert [key for key in keys if not re.fullmatch(CAMEL, key)] == []


def test_schemas_are_in_pascal_case_and_members_in_camel_case(document: Document) -> None:
    names = document["components"]["schemas"]
    assert [name for name in names if not re.fullmatch(PASCAL, name)] == []
    assert [name for name, _ in members(document) if not re.fullmatch(CAMEL, name)] == []


def test_successes_tell_the_version_and_what_is_left(document: Document) -> None:
    for operation, status, answer in every_answer(document):
        assert set(answers.EVERYWHERE) <= set(answer["headers"]), (operation, status)


def test_refusals_are_problems(document: Document) -> None:
    for operation, status, answer in every_answer(document):
        if status < "400":
            continue
        assert list(answer["content"]) == ["application/problem+json"], (operation, status)
        schema = answer["content"]["application/problem+json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}
        assert {"status", "title", "detail"} <= set(resolved(document, schema)["properties"])


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/schemes/{scheme_id}/bank-statements/{bank_statement_id}/file", "application/xml"),
        ("/audits/packs/{audit_pack_id}/file", "application/zip"),
        ("/invoices/{invoice_id}/document.pdf", "application/pdf"),
    ],
)
def test_a_download_of_one_type_says_which(path: str, media_type: str) -> None:
    answer = documents()["real"]["paths"][path]["get"]["responses"]["200"]
    assert list(answer["content"]) == [media_type]


def test_examples_are_valid(document: Document) -> None:
    validator = jsonschema_rs.Draft202012Validator(
        {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    )
    for name, example in document["components"]["examples"].items():
        assert [str(error) for error in validator.iter_errors(example["value"])] == [], name


def test_input_can_be_invalid(document: Document) -> None:
    for path, method, operation in operations(document):
        if operation.get("parameters") or method in {"post", "put", "patch"}:
            assert "400" in operation["responses"], (method, path)


def test_everything_can_be_too_much_or_break(document: Document) -> None:
    for path, method, operation in operations(document):
        assert {"429", "500", "503"} <= set(operation["responses"]), (method, path)
    told = [a["headers"] for _, status, a in every_answer(document) if status in {"429", "503"}]
    assert all("Retry-After" in headers for headers in told)


def test_the_frameworks_own_refusal_is_gone(document: Document) -> None:
    assert "ValidationError" not in json.dumps(document)
    for _, status, answer in every_answer(document):
        if status == "422":
            assert "idempotency-key-reused" in answer["description"]


def test_moments_and_dates_say_so(document: Document) -> None:
    for name, schema in members(document):
        formats = {node.get("format") for node in nodes(schema) if isinstance(node, dict)}
        assert not formats & {"date-time-local", "time"}, name
        if re.search(r"^date$|[a-z]Date$|[a-z]On$", name):
            assert "date" in formats, name
        if re.search(r"[a-z]At$|^now$", name):
            assert "date-time" in formats, name


def test_nothing_dangles_and_nothing_is_idle(document: Document) -> None:
    references = {
        node["$ref"] for node in nodes(document) if isinstance(node, dict) and "$ref" in node
    }
    for reference in references:
        assert resolved(document, {"$ref": reference})
    names = {f"{schemas.PREFIX}{name}" for name in document["components"]["schemas"]}
    assert names <= references


def test_a_route_s_own_reasons_stay(hooks: Document) -> None:
    making = hooks["paths"]["/hooks"]["post"]["responses"]
    taken = making["409"]["description"]
    assert "`/problems/hook-taken`: Something hangs on the hook already." in taken
    assert "`/problems/idempotency-key-in-use`" in taken
    assert "Retry-After" in making["409"]["headers"]
    assert making["401"]["description"] == "`/problems/caller-unknown`: Nobody knows the caller."
    assert set(making["409"]["content"]["application/problem+json"]["examples"]) == {
        "HookTaken",
        "IdempotencyKeyInUse",
    }
    assert set(making) == {*("201", "400", "401", "409", "413", "415", "422", "429", "500", "503")}


def test_what_is_everywhere_the_same_is_written_once(hooks: Document) -> None:
    answer = hooks["paths"]["/hooks/{hook_id}"]["delete"]["responses"]["404"]
    assert answer == {"$ref": "#/components/responses/NotFound"}
    assert "WWW-Authenticate" in hooks["components"]["responses"]["CallerUnknown"]["headers"]


def test_a_version_is_asked_for_and_shown(hooks: Document) -> None:
    hook = hooks["paths"]["/hooks/{hook_id}"]
    assert {"412", "428"} <= set(hook["patch"]["responses"])
    [condition] = [each for each in hook["patch"]["parameters"] if each["name"] == "If-Match"]
    assert condition["required"]
    assert "ETag" in hook["get"]["responses"]["200"]["headers"]
    assert "304" not in hook["get"]["responses"]


def test_only_a_public_list_knows_a_304(hooks: Document) -> None:
    reading = hooks["paths"]["/hooks/public/colours"]["get"]
    assert "ETag" in reading["responses"]["304"]["headers"]
    assert "content" not in reading["responses"]["304"]
    assert "If-None-Match" in [each["name"] for each in reading["parameters"]]
    assert "304" not in hooks["paths"]["/hooks"]["get"]["responses"]


def test_a_docstring_becomes_a_summary_and_a_description(hooks: Document) -> None:
    listing = hooks["paths"]["/hooks"]["get"]
    assert listing["summary"] == "List the hooks"
    assert listing["description"] == "The oldest come first.\n\nThey `never` move."
    assert "description" not in hooks["paths"]["/hooks"]["post"]


def test_a_group_is_described_by_its_module(hooks: Document) -> None:
    [tag] = [tag for tag in hooks["tags"] if tag["name"] == "Hooks"]
    assert exemplary.__doc__ is not None
    assert tag["description"] == exemplary.__doc__.strip()


def test_schemas_have_public_names(hooks: Document) -> None:
    names = set(hooks["components"]["schemas"])
    assert {"Hook", "HookPage", "HookPlace", "HookRequest", "Problem", "Fault"} <= names
    assert "title" in hooks["components"]["schemas"]["Hook"]["properties"]
    assert "title" not in hooks["components"]["schemas"]["Hook"]


@pytest.mark.parametrize("rival", ["Hook", "Hook-View", "app__hooks__HookView"])
def test_a_name_belongs_to_one_schema(rival: str) -> None:
    with pytest.raises(schemas.BadSchemaName):
        schemas.renamed({"components": {"schemas": {"HookView": {}, rival: {}}}})


def test_a_reason_has_one_meaning() -> None:
    known = answers.all_problems()
    for reason in known.values():
        assert len(answers.sentence(reason)) > 0
    ours = [reason for reason in every_problem() if reason.__module__.startswith("app.")]
    paths = Counter(reason.type_path() for reason in ours)
    assert [path for path, count in paths.items() if count > 1] == []


def every_problem() -> list[type[Problem]]:
    found = [Problem]
    for reason in found:
        found += reason.__subclasses__()
    return found


async def test_everybody_may_read_it() -> None:
    async with calling(an_app()) as client:
        answer = await client.get("/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["info"]["version"] == __version__ == answer.headers["api-version"]


async def test_who_has_it_is_not_sent_it_again() -> None:
    async with calling(an_app()) as client:
        first = await client.get("/v1/openapi.json")
        headers = {"If-None-Match": first.headers["etag"]}
        second = await client.get("/v1/openapi.json", headers=headers)
    assert re.fullmatch(r'"[^"]+"', first.headers["etag"])
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["access-control-allow-origin"] == "*"


async def test_a_page_of_another_site_may_ask() -> None:
    async with calling(an_app()) as client:
        answer: httpx.Response = await client.options(
            "/v1/openapi.json",
            headers={"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"},
        )
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET"


def test_it_is_written_once() -> None:
    app = an_app()
    assert app.openapi() is app.openapi()
