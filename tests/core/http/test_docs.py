"""The pages are read as a browser reads them: parsed, with their headers."""

import re
from functools import cache
from html.parser import HTMLParser

import httpx
import pytest
from fastapi import FastAPI

from app.core.http import docs, openapi
from app.core.http.docs import contents, members
from app.core.http.openapi.answers import all_problems
from app.core.settings import Settings
from app.main import create_app
from tests.conftest import SECRET, calling
from tests.core.http import exemplary

VOID = {"meta", "link", "br", "hr", "img", "input"}


@cache
def an_app() -> FastAPI:
    app = create_app(
        Settings.model_validate({"database_url": "postgresql://nowhere/x", "secret": SECRET})
    )
    app.include_router(exemplary.router)
    openapi.install(app)
    docs.install(app)
    return app


async def asked(path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    async with calling(an_app()) as client:
        return await client.get(path, headers=headers)


class Page(HTMLParser):
    """What a page consists of; it refuses tags that are not closed where they should be."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Insist that it closes the innermost one."""
        assert self._open.pop() == tag

    def all(self, name: str) -> list[dict[str, str | None]]:
        """Find the tags of one kind."""
        return [attributes for tag, attributes in self.tags if tag == name]

    def targets(self) -> set[str | None]:
        """Say where its own links can lead."""
        return {attributes["id"] for _, attributes in self.tags if "id" in attributes}


async def test_the_reference_shows_every_operation() -> None:
    page = Page((await asked("/docs")).text)
    shown = [details["id"] for details in page.all("details")]
    document = an_app().openapi()
    items = [*document["paths"].values(), *document["webhooks"].values()]
    wanted = [each["operationId"] for item in items for each in item.values()]
    assert sorted(filter(None, shown)) == sorted(wanted)
    # What it sends to others is shown beside what it is asked for.
    assert {"changeHook", "receiveEvent"} <= set(wanted)


@pytest.mark.parametrize("path", ["/docs", "/problems", "/problems/not-found"])
async def test_a_page_can_be_read_by_everybody(path: str) -> None:
    answer = await asked(path)
    page = Page(answer.text)
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("main")) == len(page.all("h1")) == len(page.all("header")) == 1
    assert all(nav["aria-label"] for nav in page.all("nav"))
    links = [str(link["href"]) for link in page.all("a")]
    assert links[0] == "#content"
    inside = {link.removeprefix("#") for link in links if link.startswith("#")}
    assert inside <= page.targets()
    identifiers = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize("path", ["/docs", "/problems", "/problems/not-found"])
async def test_a_page_loads_its_style_and_nothing_else(path: str) -> None:
    answer = await asked(path)
    page = Page(answer.text)
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'; style-src 'self';" in answer.headers["content-security-policy"]
    assert [link["href"] for link in page.all("link")] == ["/docs/style.css"]
    assert page.all("script") == page.all("img") == page.all("style") == []
    assert not any("style" in attributes for _, attributes in page.tags)


async def test_the_style_is_found_and_imports_nothing() -> None:
    answer = await asked("/docs/style.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in answer.text
    assert not re.search(r"@import|url\(", answer.text)


@pytest.mark.parametrize("path", ["/docs", "/docs/style.css", "/problems"])
async def test_who_has_a_page_is_not_sent_it_again(path: str) -> None:
    first = await asked(path)
    assert first.headers["cache-control"] == "public, max-age=300"
    second = await asked(path, {"If-None-Match": first.headers["etag"]})
    assert (second.status_code, second.content) == (304, b"")


async def test_every_link_to_a_problem_leads_somewhere() -> None:
    async with calling(an_app()) as client:
        pages = [Page((await client.get(path)).text) for path in ("/docs", "/problems")]
        links = {str(link["href"]) for page in pages for link in page.all("a")}
        found = {link for link in links if link.startswith("/problems/")}
        assert set(all_problems()) <= found
        for link in found:
            assert (await client.get(link)).status_code == 200, link


async def test_a_problem_is_explained() -> None:
    answer = await asked("/problems/idempotency-key-in-use")
    assert "<h1>The first request is still running</h1>" in answer.text
    assert "repeat it a little later" in answer.text
    assert "409" in answer.text


async def test_an_unknown_problem_is_one() -> None:
    answer = await asked("/problems/none-such")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_operation_says_what_goes_in_and_out() -> None:
    document = an_app().openapi()
    [hooks] = [group for group in contents.groups(document) if group.name == "Hooks"]
    by_name = {operation.name: operation for operation in hooks.operations}

    making = by_name["makeHook"]
    assert [(row.name, row.kind, row.required) for row in making.body] == [
        ("wallHeight", "whole number", True),
        ("dueDate", "date", True),
    ]
    assert [row.name for row in making.successes[0].members][-3:] == [
        "place",
        "place.wall",
        "title",
    ]
    assert ("409", "hook-taken") in {(each.status, each.slug) for each in making.refusals}
    assert "server-fault" in {each.slug for each in making.usual_refusals}
    assert making.caller == "Who signs in (bearer)."

    listing = by_name["listHooks"]
    assert listing.caller == "Anybody."
    assert [(row.name, row.kind) for row in listing.parameters][:2] == [
        ("after", "UUID or null"),
        ("limit", "whole number, 1 to 200"),
    ]
    assert "items[].madeAt" in [row.name for row in listing.successes[0].members]
    assert by_name["readHook"].successes[0].has_etag


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "maxLength": 5}, "text, at most 5 characters"),
        ({"type": "string", "minLength": 6, "maxLength": 6}, "text, exactly 6 characters"),
        ({"type": "integer", "exclusiveMinimum": 0}, "whole number, at least 1"),
        ({"type": "string", "format": "date-time"}, "moment (RFC 3339)"),
        ({"enum": ["test", "live"]}, "test | live"),
        ({"const": "all"}, "all"),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 1}, "list of true or false"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "number or null"),
        ({}, "anything"),
    ],
)
def test_a_kind_is_said_in_words(schema: dict[str, object], words: str) -> None:
    assert members.kind({}, schema).startswith(words)


def test_markup_in_a_docstring_stays_text() -> None:
    assert members.phrase("<script>`x < y`</script>") == (
        "&lt;script&gt;<code>x &lt; y</code>&lt;/script&gt;"
    )
