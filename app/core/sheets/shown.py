"""Faults of rows on the wire."""

from typing import Annotated

from pydantic import Field

from app.core.wire import View


class RowFaultView(View):
    """One thing that is wrong in a row."""

    row: Annotated[
        int,
        Field(description="In a table as a spreadsheet counts (the header is 1), in JSON from 1."),
    ]
    pointer: Annotated[
        str,
        Field(
            description="A JSON Pointer fragment into what the row says.",
            examples=["#/costs/2/amountCents"],
        ),
    ]
    column: Annotated[str | None, Field(description="Of a table.", examples=["costs"])]
    code: Annotated[str, Field(examples=["missing"])]
    detail: str
