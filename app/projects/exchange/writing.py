"""Writing rows, batch by batch, however many there are."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.core import sheets
from app.core.sheets import Form


class FileFormat(StrEnum):
    """How rows are written."""

    JSON = "json"
    """As the interface says it elsewhere."""
    CSV = "csv"
    """For a spreadsheet: UTF-8 with a byte order mark, semicolons, lists as lines in a cell."""

    @property
    def media_type(self) -> str:
        """How it is announced."""
        return "application/json" if self is FileFormat.JSON else "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Exported:
    """One row."""

    id: UUID
    about: dict[str, Any]
    value: dict[str, Any]


Batches = AsyncIterator[Sequence[Exported]]


def write(form: Form[Any], file_format: FileFormat, batches: Batches) -> AsyncIterator[str]:
    """Write all rows of some batches."""
    return _csv(form, batches) if file_format is FileFormat.CSV else _json(form, batches)


async def _csv(form: Form[Any], batches: Batches) -> AsyncIterator[str]:
    yield sheets.MARK + sheets.written([form.header])
    async for batch in batches:
        if batch:
            yield sheets.written(form.cells(row.about, row.value) for row in batch)


async def _json(form: Form[Any], batches: Batches) -> AsyncIterator[str]:
    yield f'{{"{form.plural}":['
    comma = ""
    async for batch in batches:
        for row in batch:
            item = {"about": row.about, form.item: row.value}
            yield comma + json.dumps(item, ensure_ascii=False)
            comma = ",\n"
    yield "]}"
