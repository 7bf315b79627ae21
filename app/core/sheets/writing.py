"""Rows as files for spreadsheets, however many there are: one after the other, the same each time.

What is written depends on the rows alone: a workbook says no moment at which it was made.
"""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, TypeAlias

import xlsxwriter

from app.core.sheets.tables import MARK, written

Cell: TypeAlias = str | int | None

LARGEST_SHEET_ROWS = 1_048_575
"""Below the header: so many lines does a sheet have."""
AT_ONCE = 500
_ZERO_HOUR = datetime(1980, 1, 1)  # noqa: DTZ001  Of no place: it is no moment.
_LONGEST_NAME = 31
_MOST_DIGITS = 15
"""A spreadsheet reckons with so many; a longer number is written as text."""
_LONGEST_TEXT = 32_767
"""Characters of a cell: the library would leave a longer text out."""
_CUT_OFF = " … (cut off: the CSV has it whole)"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML can't hold."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a workbook."""

    name: str
    header: Sequence[str]
    rows: AsyncIterator[Sequence[Cell]]


async def each(rows: Iterable[Sequence[Cell]]) -> AsyncIterator[Sequence[Cell]]:
    """Give rows that are there already one after the other."""
    for row in rows:
        yield row


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


async def as_workbook(file: IO[bytes], *sheets: Sheet) -> None:
    """Write tables as an XLSX; a text is a text there, whatever it begins with.

    What is longer than a sheet goes on in a further one, below the same header.
    """
    # Row by row through a file of its own: nothing is kept in memory.
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True})
    workbook.set_properties({"created": _ZERO_HOUR})
    try:
        for sheet in sheets:
            await _add(workbook, sheet)
    finally:
        workbook.close()


async def _add(workbook: xlsxwriter.Workbook, sheet: Sheet) -> None:
    part, number = 1, 0
    page = _page(workbook, sheet, part)
    async for row in sheet.rows:
        if number == LARGEST_SHEET_ROWS:
            part, number = part + 1, 0
            page = _page(workbook, sheet, part)
        number += 1
        _write(page, number, row)


def _page(
    workbook: xlsxwriter.Workbook, sheet: Sheet, part: int
) -> "xlsxwriter.worksheet.Worksheet":
    ending = f" ({part})" if part > 1 else ""
    page = workbook.add_worksheet(sheet.name[: _LONGEST_NAME - len(ending)] + ending)
    page.freeze_panes(1, 0)
    _write(page, 0, sheet.header)
    return page


def _write(page: "xlsxwriter.worksheet.Worksheet", number: int, row: Sequence[Cell]) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, int) and len(str(abs(cell))) <= _MOST_DIGITS:
            page.write_number(number, column, cell)
        elif cell is not None:
            page.write_string(number, column, _text(str(cell)))


def _text(text: str) -> str:
    text = _ILLEGAL.sub("\ufffd", text)
    if len(text) > _LONGEST_TEXT:
        return text[: _LONGEST_TEXT - len(_CUT_OFF)] + _CUT_OFF
    return text


def shown(value: object) -> Cell:
    """Write a value of a row as a cell: moments in UTC, days, choices, yes and no."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)
