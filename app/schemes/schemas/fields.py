"""Fields that several schemas share."""

from typing import Annotated

from pydantic import AfterValidator, Field

from app.core.languages import Language
from app.schemes.terms.fields import each_once

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
