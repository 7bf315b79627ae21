"""Reading rows from what somebody sent, and judging each; all faults of all rows are told."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Generic

from pydantic import Field, TypeAdapter, ValidationError

from app.core import faults
from app.core.problems import InvalidRequest
from app.core.sheets import tables, workbooks
from app.core.sheets.forms import Form, Json, Judge
from app.core.sheets.tables import MOST_ROWS, Sent, SheetRow

ABOUT = "about"

_ITEMS: TypeAdapter[list[dict[str, Any]]] = TypeAdapter(
    Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST_ROWS)]
)


@dataclass(frozen=True, slots=True)
class RowFault:
    """One thing that is wrong in a row."""

    row: int
    """In a table as a spreadsheet counts, the header being 1; in JSON from 1."""
    pointer: str
    """A JSON Pointer fragment into the row's item."""
    column: str | None
    """Of a table: where to look in the spreadsheet."""
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Judged(Generic[Judge]):
    """The rows that were read, and what is wrong with them."""

    rows: int
    values: dict[int, Judge]
    """Of the rows without a fault, by their number."""
    sound: dict[int, Json]
    """Of the other rows, by their number: the members without a fault."""
    faults: list[RowFault]


@dataclass(slots=True)
class _Row:
    number: int
    value: object
    """Nothing, if the row is wrong so that there is nothing to judge."""
    faults: list[RowFault]
    is_table: bool


def judge(form: Form[Judge], sent: Sent) -> Judged[Judge]:
    """Judge every row that somebody sent.

    Raises:
        InvalidRequest, FileUnsafe, FileDamaged, FileTypeNotAllowed: it has no rows to be read.
    """
    rows = list(_rows(form, sent))
    values, sound = {}, {}
    for row in rows:
        if row.value is None:
            continue
        try:
            values[row.number] = form.model.model_validate(row.value)
        except ValidationError as error:
            row.faults.extend(_told(form, row, error))
            sound[row.number] = _sound(row.value, error)
    return Judged(
        len(rows),
        {row.number: values[row.number] for row in rows if not row.faults},
        sound,
        [fault for row in rows for fault in row.faults],
    )


def _sound(value: object, error: ValidationError) -> Json:
    wrong = {fault["loc"][0] for fault in error.errors(include_url=False) if fault["loc"]}
    members = value.items() if isinstance(value, dict) else ()
    return {name: member for name, member in members if name not in wrong}


async def judged(form: Form[Judge], sent: Sent) -> Judged[Judge]:
    """Judge every row that somebody sent, beside the loop that others wait for.

    Raises:
        InvalidRequest, FileUnsafe, FileDamaged, FileTypeNotAllowed: it has no rows to be read.
    """
    return await asyncio.to_thread(judge, form, sent)


def _rows(form: Form[Any], sent: Sent) -> Iterator[_Row]:
    if sent.workbook is not None:
        return _from_table(form, workbooks.read(sent.workbook, form.header))
    if sent.table is not None:
        return _from_table(form, tables.read(sent.table, form.header))
    return _from_document(form, sent.document)


def _from_table(form: Form[Any], rows: list[SheetRow]) -> Iterator[_Row]:
    if not rows:
        raise _no_file("no-rows", "There is no row below the header.")
    for row in rows:
        found = []
        if row.has_surplus:
            detail = "This row goes on beyond the last column that has a name."
            found.append(RowFault(row.number, "#", None, "too-many-cells", detail))
        if form.refuses_formulas:
            found += _formulas(row)
        yield _Row(row.number, form.value(row.cells), found, is_table=True)


def _formulas(row: SheetRow) -> Iterator[RowFault]:
    detail = "This cell holds a formula: paste its value instead."
    for name in sorted(row.formulas):
        yield RowFault(row.number, "#", name, "formula", detail)


def _from_document(form: Form[Any], document: object) -> Iterator[_Row]:
    for number, item in enumerate(_items(form, document), 1):
        found = [
            RowFault(number, "#", None, "unknown-member", f"{name[:100]} is not known here.")
            for name in sorted(item.keys() - {form.item, ABOUT})
        ]
        if item.get(form.item) is None:
            found.append(RowFault(number, "#", None, "missing", f"The row has no {form.item}."))
        yield _Row(number, item.get(form.item), found, is_table=False)


def _items(form: Form[Any], document: object) -> list[dict[str, Any]]:
    listed = document.get(form.plural) if isinstance(document, dict) else None
    if not isinstance(document, dict) or document.keys() != {form.plural}:
        detail = f"The document is an object with one member, {form.plural}."
        raise _no_file("not-a-list-of-rows", detail)
    try:
        return _ITEMS.validate_python(listed)
    except ValidationError as error:
        raise InvalidRequest(
            [
                {
                    "in": "body",
                    "pointer": faults.pointer([form.plural, *fault["loc"]]),
                    **faults.said(fault),
                }
                for fault in error.errors(include_url=False)[: faults.MOST]
            ]
        ) from error


def _no_file(code: str, detail: str) -> InvalidRequest:
    return InvalidRequest([{"in": "body", "pointer": "#", "code": code, "detail": detail}])


def _told(form: Form[Any], row: _Row, error: ValidationError) -> Iterator[RowFault]:
    for fault in error.errors(include_url=False):
        path = list(faults.place(fault, fault["loc"], row.value))
        told = faults.said(fault)
        yield RowFault(
            row.number,
            faults.pointer(path),
            form.column_of(path) if row.is_table else None,
            told["code"],
            told["detail"],
        )
