"""What every schema on the wire has in common: camelCase names, strict requests, UTC moments."""

from datetime import UTC
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel

Moment = Annotated[
    AwareDatetime,
    AfterValidator(lambda moment: moment.astimezone(UTC)),
    PlainSerializer(
        lambda moment: moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        return_type=Annotated[str, None],
        when_used="json",
    ),
]
"""A moment (RFC 3339): any offset comes in, UTC goes out."""


class Request(BaseModel):
    """A body that a client sends: unknown members are refused."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, str_strip_whitespace=True
    )


class View(BaseModel):
    """A body that goes out, read from the row."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)
