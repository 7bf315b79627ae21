"""Units on the wire."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field, field_validator

from app.core.wire import Moment, View
from app.orders.serials import Serial

SerialPath = Annotated[
    str,
    Path(
        pattern="^[1-9][0-9]{0,9}-[1-9][0-9]{0,9}$",
        description="The project's number and a count, as on a certificate.",
        examples=["12-108"],
    ),
]

Written = Annotated[str, Field(examples=["12-108"])]


def written(serial: object) -> object:
    """Write a serial as people read it: the project's number and a count."""
    if isinstance(serial, int):
        return str(Serial.of(serial))
    return str(serial) if isinstance(serial, Serial) else serial


class BlockView(View):
    """A gap-free run of serials, issued to one order."""

    id: UUID
    project_id: UUID
    first_serial: Written
    last_serial: Written
    issued_at: Moment

    _first = field_validator("first_serial", "last_serial", mode="before")(written)


class AnnulledView(View):
    """A run of an order's serials that count for nothing any more: their money went back."""

    first_serial: Written
    last_serial: Written
    annulled_at: Moment
    reason: str

    _serials = field_validator("first_serial", "last_serial", mode="before")(written)


class OrderUnitsView(BlockView):
    """The serials of one order, and which of them are annulled: the last ones first."""

    annulled: list[AnnulledView]


class UnitView(View):
    """One unit and its life, as everybody may read it."""

    serial: Written
    project_id: UUID
    scheme_id: UUID
    issued_at: Moment
    holder_name: Annotated[
        str | None, Field(description="Null where the buyer asked not to be named.")
    ]
    annulled_at: Annotated[
        Moment | None, Field(description="Since then it counts for nothing: its money went back.")
    ]
    annulment_reason: str | None

    _serial = field_validator("serial", mode="before")(written)
