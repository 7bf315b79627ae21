"""Rows as CSV (RFC 4180), for people with a spreadsheet: written harmless, read forgivingly.

What is written is in UTF-8 with a byte order mark and has semicolons, for that is how a Dutch
spreadsheet opens it at a double click. What is read may have commas, and no such mark.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NoReturn

from app.core.problems import InvalidRequest

MARK = "\ufeff"
"""A byte order mark: without it a spreadsheet takes UTF-8 for something older."""

MOST_ROWS = 200
"""Of what is imported at once, in one transaction; more comes in several files."""

MOST_COLUMNS = 200

_NUMBER = re.compile(r"\s*[+-]?[0-9][0-9.,]*\s*")
_FORMULA = re.compile(r"\s*[=+\-@\uff0b\uff0d\uff1d\uff20]")
_NEGATIVE = re.compile(r"-[0-9]+(\.[0-9]+)?")
_RISKY = re.compile("'*\\s*[=+\\-@\uff0b\uff0d\uff1d\uff20]|'*[\t\r\n]")


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula (OWASP).

    What begins with apostrophes before a formula gets one more: so `restored` knows them apart. A
    number below nothing computes nothing, and stays one.
    """
    is_risky = _RISKY.match(text) and not _NEGATIVE.fullmatch(text)
    return f"'{text}" if is_risky else text


def restored(cell: str) -> str:
    """Take the apostrophe off that `harmless` put there."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell) else cell


def _computes(cell: str) -> bool:
    """Tell whether a spreadsheet would take a cell for a formula, and compute it."""
    return bool(_FORMULA.match(cell)) and not _NUMBER.fullmatch(cell)


def written(rows: Iterable[Sequence[str]]) -> str:
    """Write rows of cells."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


@dataclass(frozen=True, slots=True)
class Sent:
    """Rows as somebody sent them, not judged yet."""

    sha256: str
    document: object
    """What the JSON says; nothing, if they came as CSV."""
    table: bytes | None
    """The CSV; none, if they came otherwise."""
    workbook: bytes | None = None
    """The XLSX; none, if they came otherwise."""

    @property
    def is_table(self) -> bool:
        """Whether they have columns."""
        return self.document is None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row, by the names of its columns; cells without content are left out."""

    number: int
    """As a spreadsheet counts: the header is row 1."""
    cells: dict[str, str]
    has_surplus: bool
    """There is something beyond the last column that has a name."""
    formulas: frozenset[str] = frozenset()
    """The columns whose cells a spreadsheet would compute."""


def read(content: bytes, known: Collection[str]) -> list[SheetRow]:
    """Read the rows below a header whose names are among those that are known, in any order.

    Raises:
        InvalidRequest: it is no such CSV, or has more than `MOST_ROWS`.
    """
    return rows_of(_records(_decoded(content)), known, _computes, restored)


def rows_of(
    records: Iterator[Sequence[str]],
    known: Collection[str],
    is_formula: Callable[[str], bool],
    value: Callable[[str], str],
) -> list[SheetRow]:
    """Make rows of records, the first of which names the columns.

    Raises:
        InvalidRequest: a name is not known, or there are more than `MOST_ROWS`.
    """
    header = [name.strip() for name in next(records, [])]
    _insist_on_header(header, known)
    rows: list[SheetRow] = []
    for number, record in enumerate(records, 2):
        if not any(map(_says_something, record)):
            continue
        if len(rows) == MOST_ROWS:
            refuse("too-many-rows", f"A file has {MOST_ROWS} rows at the most. Divide it.")
        rows.append(_row(number, header, record, is_formula, value))
    return rows


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse("not-utf-8", "Save the file as CSV in UTF-8.")
    if "\0" in text:
        refuse("unstorable-text", "Text must not hold null characters.")
    return text


def _records(text: str) -> Iterator[list[str]]:
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        refuse("not-csv", f"The CSV can't be read at line {reader.line_num}: {error}.")


def _insist_on_header(header: Sequence[str], known: Collection[str]) -> None:
    if len(header) > MOST_COLUMNS:
        refuse("too-many-columns", f"A file has {MOST_COLUMNS} columns at the most.")
    faults: list[dict[str, str]] = []
    for name, times in Counter(filter(None, header)).items():
        if name not in known:
            # The first of them says what the columns are called; with all it would be a book.
            told = "" if faults else f" The columns are called {', '.join(known)}."
            detail = f"No column is called {name[:100]} here.{told}"
            faults.append(_fault("unknown-column", detail))
        elif times > 1:
            faults.append(_fault("repeated-column", f"The column {name} is there twice."))
    if not any(header):
        faults.append(_fault("no-header", "The first row must name the columns."))
    if faults:
        raise InvalidRequest(faults)


def _row(
    number: int,
    header: Sequence[str],
    record: Sequence[str],
    is_formula: Callable[[str], bool],
    value: Callable[[str], str],
) -> SheetRow:
    cells, formulas, has_surplus = {}, set(), False
    for name, cell in zip_longest(header, record, fillvalue=""):
        if not _says_something(cell):
            continue
        if not name:
            has_surplus = True
            continue
        cells[name] = value(cell)
        if is_formula(cell):
            formulas.add(name)
    return SheetRow(number, cells, has_surplus, frozenset(formulas))


def _says_something(cell: str) -> bool:
    return bool(cell.strip(" \t\r\n"))


def refuse(code: str, detail: str) -> NoReturn:
    """Refuse a file for one fault."""
    raise InvalidRequest([_fault(code, detail)])


def _fault(code: str, detail: str) -> dict[str, str]:
    return {"in": "body", "pointer": "#", "code": code, "detail": detail}
