"""Lists that can be taken along as files, on the wire."""

from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.core.paging import PageOf, PageRequest
from app.core.sheets import ExportFormat
from app.core.wire import View

Href = Annotated[
    str,
    Field(
        description="A path on this server.",
        json_schema_extra={"format": "uri-reference"},
    ),
]
NoHref = Annotated[
    str | None,
    Field(
        description="A path on this server; null: there is none.",
        json_schema_extra={"format": "uri-reference"},
    ),
]
Position = Annotated[
    int | None,
    Field(
        ge=0,
        le=2**63 - 1,
        description="As far as the books were known at this position; without it, by now.",
    ),
]
Row = TypeVar("Row", bound=View)


def href(*words: object, **query: object) -> str:
    """Write a path below `/v1`, with what is given of a query."""
    asked = {name: value for name, value in query.items() if value is not None}
    path = "/v1/" + "/".join(map(str, words))
    return f"{path}?{urlencode(asked)}" if asked else path


class ListRequest(PageRequest):
    """Which part of a list, as known when, and whether as a file."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)

    position: Position = None
    format: Annotated[
        ExportFormat | None,
        Field(
            description="The whole list as a file, from `after` on: the same columns, rows and"
            " order. Without it, a page."
        ),
    ] = None

    until: Annotated[
        UUID | None, Field(description="The last row of a file; without it, the list's last.")
    ] = None

    def filters(self) -> dict[str, Any]:
        """Give what narrows the list, as it is written in a query."""
        told = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return {name: value for name, value in told.items() if name not in _OF_A_PAGE}


_OF_A_PAGE = {"after", "limit", "position", "format", "until"}


class ListLinksView(View):
    """The whole list as a file, as known at the same position."""

    csv: Href
    xlsx: Href
    json_: Annotated[Href, Field(alias="json")]


class ListOf(PageOf[Row], Generic[Row]):
    """A part of a list, as known at a position of the books."""

    position: Annotated[int, Field(description="Ask for it again to see the same.")]
    links: ListLinksView
