"""Fields that several schemas share."""

from typing import Annotated

from pydantic import AfterValidator, Field

from app.core.languages import Language


def each_once(values: list[str]) -> list[str]:
    """Put a list of different values in order, for two of the same set are one."""
    if len(set(values)) < len(values):
        message = "name each one once"
        raise ValueError(message)
    return sorted(values)


Municipality = Annotated[
    str,
    Field(
        pattern=r"^GM[0-9]{4}$",
        description="A municipality, as Statistics Netherlands (CBS) numbers them.",
        examples=["GM0599"],
    ),
]

Region = Annotated[
    list[Municipality],
    Field(
        min_length=1,
        max_length=400,
        description="Municipalities, such as Rotterdam (`GM0599`) and Schiedam (`GM0606`).",
        examples=[["GM0599", "GM0606"]],
    ),
    AfterValidator(each_once),
]

SchemeCode = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        min_length=2,
        max_length=40,
        description="What addresses of pages call the scheme; never changed.",
        examples=["rikx-rotterdam"],
    ),
]

UnitName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z][A-Za-z0-9 -]{0,19}$",
        description="What one unit is called.",
        examples=["RIKX"],
    ),
]

Languages = Annotated[
    list[Language],
    Field(min_length=1, max_length=2, description="In which the scheme is run.", examples=[["nl"]]),
    AfterValidator(each_once),
]
