"""Rows become files of a spreadsheet one after the other, and the same rows the same bytes."""

import io
from collections.abc import Sequence

import openpyxl
import pytest

from app.core.sheets import writing
from app.core.sheets.writing import Cell, Sheet, as_csv, as_workbook, each

HEADER = ("name", "cents", "number")
ROWS: list[Sequence[Cell]] = [("=1+1", 12_345, 10**20), (" é\t", None, -3), ("", 0, 7)]


async def _workbook(rows: list[Sequence[Cell]] = ROWS) -> bytes:
    file = io.BytesIO()
    name = "a sheet with a name that is longer than one may be"
    await as_workbook(file, Sheet(name, HEADER, each(rows)))
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
    told = b"".join([piece async for piece in as_csv(HEADER, each(ROWS))]).decode("utf-8-sig")
    assert told.split("\r\n")[1] == f'"\'=1+1";"12345";"{10**20}"'


async def test_more_rows_than_a_sheet_has_go_on_in_a_further_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writing, "LARGEST_SHEET_ROWS", 2)
    first, second = openpyxl.load_workbook(io.BytesIO(await _workbook())).worksheets
    assert [sheet.max_row for sheet in (first, second)] == [3, 2]
    assert [cell.value for cell in second[1]] == list(HEADER)
    assert second["C2"].value == 7
    assert (len(first.title), second.title) == (31, first.title[:27] + " (2)")


async def test_a_text_that_no_cell_can_hold_is_not_left_out() -> None:
    content = await _workbook([("long" * 10_000, 1, 2), ("a\x01b", 1, 2)])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet["A2"].value.startswith("longlong")
    assert sheet["A2"].value.endswith("the CSV has it whole)")
    assert sheet["A3"].value == "a\ufffdb"
