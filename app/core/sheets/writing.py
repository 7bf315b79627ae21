"""Rows as files for spreadsheets, however many there are: one after the other, the same each time.

What is written depends on the rows alone: a workbook says no moment at which it was made.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import IO, TypeAlias

import xlsxwriter

from app.core.sheets.tables import MARK, written

Cell: TypeAlias = str | int | None

LARGEST_WORKBOOK_ROWS = 1_048_575
"""Below the header: so many lines does a sheet have."""
AT_ONCE = 500
_ZERO_HOUR = datetime(1980, 1, 1)  # noqa: DTZ001  Of no place: it is no moment.
_LONGEST_NAME = 31
_MOST_DIGITS = 15
"""A spreadsheet reckons with so many; a longer number is written as text."""


class TooManyRows(Exception):  # noqa: N818  Read aloud it says what is wrong.
    """A sheet has no room for them."""


async def as_csv(
    header: Sequence[str], rows: AsyncIterator[Sequence[Cell]]
) -> AsyncIterator[bytes]:
    """Write rows as CSV, as a spreadsheet opens it at a double click (`tables`)."""
    yield (MARK + written([header])).encode()
    waiting: list[list[str]] = []
    async for row in rows:
        waiting.append(["" if cell is None else str(cell) for cell in row])
        if len(waiting) == AT_ONCE:
            yield written(waiting).encode()
            waiting = []
    if waiting:
        yield written(waiting).encode()


async def as_workbook(
    file: IO[bytes], name: str, header: Sequence[str], rows: AsyncIterator[Sequence[Cell]]
) -> None:
    """Write rows as an XLSX; a text is a text there, whatever it begins with.

    Raises:
        TooManyRows: they don't fit into a sheet.
    """
    # Row by row through a file of its own: nothing is kept in memory.
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True})
    workbook.set_properties({"created": _ZERO_HOUR})
    sheet = workbook.add_worksheet(name[:_LONGEST_NAME])
    sheet.freeze_panes(1, 0)
    _write(sheet, 0, header)
    number = 0
    try:
        async for row in rows:
            number += 1
            if number > LARGEST_WORKBOOK_ROWS:
                raise TooManyRows(name)
            _write(sheet, number, row)
    finally:
        workbook.close()


def _write(sheet: "xlsxwriter.worksheet.Worksheet", number: int, row: Sequence[Cell]) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, int) and len(str(abs(cell))) <= _MOST_DIGITS:
            sheet.write_number(number, column, cell)
        elif cell is not None:
            sheet.write_string(number, column, str(cell))


def shown(value: object) -> Cell:
    """Write a value of a row as a cell: moments in UTC, days, choices, yes and no."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)
