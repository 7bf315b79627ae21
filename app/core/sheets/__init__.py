"""Rows for people with a spreadsheet (CSV, XLSX) and for programs (JSON): read, judged, written.

- *form*: which columns a kind of rows has, how its cells say what JSON says, and who judges it.
- *row*: one thing; what an export tells *about* it, an import passes over.

All formats become the same JSON, and the model judges it that judges a request: a cell that can't
be understood goes through as it is, and the model says what is wrong with it. All faults of all
rows are told at once.
"""

from app.core.sheets.exporting import ExportFormat, Origin, exported
from app.core.sheets.forms import Form, Json, Judge, day, number, yes_or_no
from app.core.sheets.judging import Judged, RowFault, judge, judged
from app.core.sheets.problems import RowsRefused
from app.core.sheets.shown import RowFaultView
from app.core.sheets.tables import (
    MARK,
    MOST_COLUMNS,
    MOST_ROWS,
    Sent,
    SheetRow,
    harmless,
    read,
    restored,
    written,
)

__all__ = [
    "MARK",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "ExportFormat",
    "Form",
    "Json",
    "Judge",
    "Judged",
    "Origin",
    "RowFault",
    "RowFaultView",
    "RowsRefused",
    "Sent",
    "SheetRow",
    "day",
    "exported",
    "harmless",
    "judge",
    "judged",
    "number",
    "read",
    "restored",
    "written",
    "yes_or_no",
]
