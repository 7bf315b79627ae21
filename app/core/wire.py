"""What every schema on the wire has in common: camelCase names, strict requests, UTC moments."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from app.core.clock import TIME_ZONE


def _in_utc(moment: datetime) -> datetime:
    try:
        # Where people read their clocks it must be a moment as well: days are counted there.
        return moment.astimezone(ZoneInfo(TIME_ZONE)).astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("out_of_range", "This lies beyond the calendar") from None


ONE_LINE = r"^[^\u0000-\u001F\u007F-\u009F\u2028\u2029]*$"
"""Text that fits in the subject of a mail: no line breaks and no other control characters."""

PARAGRAPHS = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$"
"""Text that fits in the body of a mail: of control characters only tabs and line ends."""


ERASED = "[erased]"
"""What stands in a text where it named somebody who was erased."""


def one_kind_of_line_end(text: str) -> str:
    """Write every line end as a line feed, whatever system the text comes from."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


# What it needs of the names on both sides, and no more: a long text is looked through only once.
_MAIL = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")
_NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ .]?[0-9]){8}(?![0-9])")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
"""Of the eleven-test that every citizen service number passes."""


def names_nobody(text: str) -> str:
    """Refuse a text with an e-mail address, or with what looks like a citizen service number."""
    if _MAIL.search(text):
        raise PydanticCustomError(
            "names_somebody", "Leave out e-mail addresses: say what happened, and not to whom"
        )
    if any(_is_citizen_number(found) for found in _NUMBER.findall(text)):
        raise PydanticCustomError(
            "names_somebody", "Leave out numbers of people: this looks like a citizen number (BSN)"
        )
    return text


def _is_citizen_number(found: str) -> bool:
    digits = [int(each) for each in found if each.isdigit()]
    weighed = sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return weighed % 11 == 0


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})")
_MOMENT = re.compile(rf"{_DATE.pattern}[Tt]{_TIME.pattern}")


def _insist_on_date(value: Any) -> Any:  # noqa: ANN401  Whatever the client sent.
    if isinstance(value, int | float) or (isinstance(value, str) and not _DATE.fullmatch(value)):
        raise PydanticCustomError("not_a_date", "Write a date as in 2026-05-01")
    return value


Day = Annotated[date, BeforeValidator(_insist_on_date)]
"""A date (RFC 3339) where no `Request` makes it strict: in a query."""


def _insist_on_moment(value: Any) -> Any:  # noqa: ANN401  Whatever the client sent.
    if isinstance(value, int | float) or (isinstance(value, str) and not _MOMENT.fullmatch(value)):
        raise PydanticCustomError(
            "not_a_moment", "Write a moment with its offset, as in 2026-05-01T12:00:00+02:00"
        )
    return value


Moment = Annotated[
    AwareDatetime,
    AfterValidator(_in_utc),
    BeforeValidator(_insist_on_moment),
    PlainSerializer(
        lambda moment: moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        return_type=Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})],
        when_used="json",
    ),
]
"""A moment (RFC 3339), in a query too: any offset comes in, UTC goes out."""


_INSIST = {"date": _insist_on_date, "datetime": _insist_on_moment}
"""The validator alone takes seconds since 1970 too, and half of ISO 8601."""


def _make_strict(schema: object) -> None:
    if isinstance(schema, list | tuple):
        for part in schema:
            _make_strict(part)
    elif isinstance(schema, dict):
        kind = schema.get("type")
        if kind in {"int", "float", "bool"}:
            schema["strict"] = True
        elif insist := _INSIST.get(str(kind)):
            schema.update(core_schema.no_info_before_validator_function(insist, {**schema}))
        elif kind == "function-before" and schema["function"]["function"] in _INSIST.values():
            return  # A part of another request, made strict before.
        else:
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


class NamingNobody(Request):
    """A body whose texts, also those deep inside, name nobody.

    It is for what is sent: what was kept before is read by a model that does not ask.
    """

    @model_validator(mode="after")
    def _names_nobody(self) -> Self:
        if faults := list(_naming_somebody(self, ())):
            raise ValidationError.from_exception_data(type(self).__name__, faults)
        return self


def _naming_somebody(value: object, path: tuple[str | int, ...]) -> Iterator[InitErrorDetails]:
    if isinstance(value, str):
        try:
            names_nobody(value)
        except PydanticCustomError as error:
            yield {"type": error, "loc": path, "input": value}
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _naming_somebody(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _naming_somebody(item, (*path, index))


class Change(Request):
    """A body that gives named members new values: those left out stay, and none is removed."""

    @model_validator(mode="after")
    def _nothing_is_removed(self) -> Self:
        if removed := [name for name in self.model_fields_set if getattr(self, name) is None]:
            names = ", ".join(sorted(map(to_camel, removed)))
            message = f"these can be changed, not removed: {names}"
            raise ValueError(message)
        return self

    def changes(self) -> dict[str, Any]:
        """Give what the client named, by column; what has members of its own as JSON has it."""
        return {
            name: value.model_dump(mode="json", by_alias=True)
            if isinstance(value := getattr(self, name), BaseModel)
            else value
            for name in self.model_fields_set
        }


class View(BaseModel):
    """A body that goes out, read from the row."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        from_attributes=True,
        json_schema_serialization_defaults_required=True,
    )
