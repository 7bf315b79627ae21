"""What every schema on the wire has in common: camelCase names, strict requests, UTC moments."""

from datetime import UTC
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema

Moment = Annotated[
    AwareDatetime,
    AfterValidator(lambda moment: moment.astimezone(UTC)),
    PlainSerializer(
        lambda moment: moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        return_type=Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})],
        when_used="json",
    ),
]
"""A moment (RFC 3339): any offset comes in, UTC goes out."""


def _make_strict(schema: object) -> None:
    if isinstance(schema, list | tuple):
        for part in schema:
            _make_strict(part)
    elif isinstance(schema, dict):
        if schema.get("type") in {"int", "float", "bool"}:
            schema["strict"] = True
        for part in schema.values():
            _make_strict(part)


class Request(BaseModel):
    """A body that a client sends: unknown members are refused."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, str_strip_whitespace=True
    )

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Let `true`, `"5"` and `5.0` be no whole number, whatever the field's own type says.

        Strictness for everything would refuse ids, dates and choices, which JSON writes as text.
        """
        schema = handler(source)
        _make_strict(schema)
        return schema


class View(BaseModel):
    """A body that goes out, read from the row."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)
