"""Rows out of an XLSX: its first sheet, as text, read without trust.

What unpacks to more than it should, has a document type or leads outside is refused before the
library sees it: of the XML that it reads it defuses only some.
"""

import io
import zipfile
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

import openpyxl
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from app.core.files import office
from app.core.files.kinds import XLSX
from app.core.files.problems import FileDamaged, FileTypeNotAllowed, FileUnsafe
from app.core.sheets.tables import MOST_COLUMNS, MOST_ROWS, SheetRow, refuse, rows_of

MOST_UNPACKED_BYTES = 8 * 1_048_576
"""Rows that are imported at once need less."""

MOST_LINES = 10 * MOST_ROWS
"""Of a sheet, empty ones included, may come before the last that says something."""

_MOST_LINES_OF_SHEET = 1_048_576

_BROKEN = (InvalidFileException, LookupError, ValueError, TypeError, AttributeError)
"""What the library says of a workbook that lacks something, each in its own way."""

_COMPUTED = "\x00"
"""Marks a cell that holds a formula; no text of a sheet holds it."""


def read(content: bytes, known: Collection[str]) -> list[SheetRow]:
    """Read the rows of the first sheet below a header whose names are among those known.

    Raises:
        InvalidRequest: a name is not known, or there are more than `MOST_ROWS`.
        FileTypeNotAllowed: it is no XLSX.
        FileUnsafe: it is a bomb, has macros, a document type or more than is needed for rows.
        FileDamaged: it can't be read.
    """
    file = io.BytesIO(content)
    _insist_on_plain_workbook(file, len(content))
    try:
        workbook = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        records = list(_records(workbook))
        workbook.close()
    except _BROKEN as error:
        raise _damaged() from error
    return rows_of(iter(records), known, lambda cell: cell.startswith(_COMPUTED), _value)


def _insist_on_plain_workbook(file: io.BytesIO, size_bytes: int) -> None:
    if not file.getvalue().startswith(office.SIGNATURE):
        raise FileTypeNotAllowed("This is no XLSX.", [XLSX.media_type])
    if office.kind(file, size_bytes) is not XLSX:
        raise FileTypeNotAllowed("This is another document than an XLSX.", [XLSX.media_type])
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > MOST_UNPACKED_BYTES:
            message = f"The file unpacks to more than {MOST_UNPACKED_BYTES} bytes. Divide it."
            raise FileUnsafe(message)
        for member in members:
            if member.filename.endswith((".xml", ".rels", ".vml")):
                _insist_on_plain_xml(archive, member)


def _insist_on_plain_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    try:
        with archive.open(member) as part:
            for _event, element in ElementTree.iterparse(part, forbid_dtd=True):
                element.clear()
    except DefusedXmlException as error:
        raise FileUnsafe("A part of the file has a document type, as no document has.") from error
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise _damaged() from error


def _damaged() -> FileDamaged:
    return FileDamaged("The file can't be read as a workbook. Save it anew.")


def _records(workbook: Any) -> Iterator[Sequence[str]]:  # noqa: ANN401  The library has no types.
    """Read line by line, each up to its last cell that says something."""
    sheet = workbook.worksheets[0]
    before = None
    # Named, for otherwise it is as many as the file says that it has.
    rows = sheet.iter_rows(max_row=_MOST_LINES_OF_SHEET, max_col=MOST_COLUMNS + 1)
    for line, row in enumerate(rows, 1):
        if line > MOST_LINES:
            # Where lines are missing the library repeats one empty row: a million are soon seen.
            if row is not before and any(_text(cell) for cell in row):
                message = f"Line {line} says something: remove the empty lines before it."
                refuse("too-many-lines", message)
            before = row
            continue
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _text(cell: Any) -> str:  # noqa: ANN401  The library has no types.
    """Write what a cell holds the way that a CSV would."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return f"{_COMPUTED}{value}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _day(value) if isinstance(value, date) else str(value)


def _day(value: date) -> str:
    """Write a date; a spreadsheet keeps it as midnight of that day."""
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    return value.isoformat()


def _value(cell: str) -> str:
    return cell.removeprefix(_COMPUTED)
