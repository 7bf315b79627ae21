"""Rows become files of a spreadsheet one after the other, and the same rows the same bytes."""

import io
from collections.abc import AsyncIterator, Sequence

import openpyxl
import pytest

from app.core.sheets import writing
from app.core.sheets.writing import Cell, TooManyRows, as_csv, as_workbook

HEADER = ("name", "cents", "number")
ROWS: list[Sequence[Cell]] = [("=1+1", 12_345, 10**20), (" é\t", None, -3), ("", 0, 7)]


async def _rows() -> AsyncIterator[Sequence[Cell]]:
    for row in ROWS:
        yield row


async def _workbook() -> bytes:
    file = io.BytesIO()
    await as_workbook(file, "a sheet with a name that is longer than one may be", HEADER, _rows())
    return file.getvalue()


async def test_a_workbook_computes_nothing_and_is_the_same_each_time() -> None:
    content = await _workbook()

    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [cell.data_type for cell in sheet["A"]] == ["s"] * 4
    # A number with more digits than a spreadsheet reckons with is text.
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["=1+1", 12_345, str(10**20)],
        [" é\t", None, -3],
        ["", 0, 7],
    ]
    assert await _workbook() == content


async def test_a_table_is_written_harmless() -> None:
    told = b"".join([piece async for piece in as_csv(HEADER, _rows())]).decode("utf-8-sig")
    assert told.split("\r\n")[1] == f'"\'=1+1";"12345";"{10**20}"'


async def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "LARGEST_WORKBOOK_ROWS", 2)
    with pytest.raises(TooManyRows):
        await _workbook()
