"""Writing a file of open data: CSV and JSON, the same bytes for the same rows."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from app.audits.open_data.datasets import Dataset
from app.core import sheets

Cell: TypeAlias = str | int | bool | date | UUID | None


class OpenFormat(StrEnum):
    """How a file is written."""

    CSV = "csv"
    """UTF-8 with a byte order mark, semicolons; true and false as words."""
    JSON = "json"
    """A list of objects, below where it comes from and what may be done with it."""

    @property
    def media_type(self) -> str:
        """How it is announced."""
        return "application/json" if self is OpenFormat.JSON else "text/csv; charset=utf-8"


def file_of(
    dataset: Dataset, rows: Sequence[Sequence[Cell]], licence: str, form: OpenFormat
) -> bytes:
    """Write the rows of a data set, each with its columns in their order."""
    if form is OpenFormat.CSV:
        lines = [dataset.header, *([_text(cell) for cell in row] for row in rows)]
        return (sheets.MARK + sheets.written(lines)).encode()
    items = [dict(zip(dataset.header, map(_plain, row), strict=True)) for row in rows]
    document = {"dataset": dataset.name, "licence": licence, "items": items}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _plain(cell: Cell) -> str | int | bool | None:
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, UUID | StrEnum) else cell


def _text(cell: Cell) -> str:
    plain = _plain(cell)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return "" if plain is None else str(plain)
