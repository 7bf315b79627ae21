"""A list as a file: the same columns, rows and order as it is shown in, and where it comes from."""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from app.core.files.kinds import XLSX
from app.core.sheets.writing import Cell, Sheet, as_csv, as_workbook, each


class ExportFormat(StrEnum):
    """How a list is written."""

    JSON = "json"
    """As it is shown, and whole."""
    CSV = "csv"
    """For a spreadsheet: UTF-8 with a byte order mark, semicolons."""
    XLSX = "xlsx"
    """A workbook: the rows on one sheet, where they come from on another."""

    @property
    def media_type(self) -> str:
        """How it is announced."""
        return {
            ExportFormat.JSON: "application/json",
            ExportFormat.CSV: "text/csv; charset=utf-8",
            ExportFormat.XLSX: XLSX.media_type,
        }[self]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the rows of a file come from."""

    query: str
    """The path and the filters that gave them."""
    made_at: datetime
    position: int
    """Of the books, as known at which they are."""

    def told(self, rows: int) -> dict[str, str | int]:
        """Say it in words for a file."""
        made_at = self.made_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return {
            "about.query": self.query,
            "about.madeAt": made_at,
            "about.position": self.position,
            "about.rows": rows,
        }


async def exported(
    file_format: ExportFormat,
    view: type[BaseModel],
    rows: Sequence[BaseModel],
    origin: Origin,
    page: dict[str, Any] | None = None,
) -> bytes:
    """Write rows, each of which is such a view.

    `page` is what the JSON says besides, so that it is read as a page of the list is.
    """
    shown = [row.model_dump(mode="json", by_alias=True) for row in rows]
    if file_format is ExportFormat.JSON:
        told = {name.partition(".")[2]: value for name, value in origin.told(len(rows)).items()}
        document = {"about": told, **(page or {}), "items": shown}
        return json.dumps(document, ensure_ascii=False, indent=1).encode()
    header, told = list(columns(view)), origin.told(len(rows))
    table = [[_cell(_found(row, name)) for name in header] for row in shown]
    if file_format is ExportFormat.CSV:
        lines = each([*row, *told.values()] for row in table)
        return b"".join([piece async for piece in as_csv([*header, *told], lines)])
    file = io.BytesIO()
    about = Sheet("about", ("about", "value"), each(told.items()))
    await as_workbook(file, Sheet("rows", header, each(table)), about)
    return file.getvalue()


def columns(view: type[BaseModel], before: str = "") -> Iterator[str]:
    """Name the columns of a view: a member of a member as `links.proof`."""
    for name, member in view.model_fields.items():
        path = before + (member.serialization_alias or member.alias or name)
        kind = member.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from columns(kind, f"{path}.")
        else:
            yield path


def _found(row: dict[str, Any], name: str) -> Any:  # noqa: ANN401  JSON can be anything.
    found: Any = row
    for step in name.split("."):
        found = found[step]
    return found


def _cell(value: Any) -> Cell:  # noqa: ANN401  JSON can be anything.
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return json.dumps(value, ensure_ascii=False)
