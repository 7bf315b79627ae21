"""Workbooks read without trust, and what a spreadsheet would compute."""

import io
import zipfile
from datetime import date, datetime

import pytest

from app.core import sheets
from app.core.files.problems import FileDamaged, FileTypeNotAllowed, FileUnsafe
from app.core.problems import InvalidRequest
from app.core.sheets import workbooks
from tests.make.packages import a_workbook, with_part

KNOWN = ("name", "amount", "on", "is")
SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def test_a_workbook_says_what_a_csv_would() -> None:
    rows = workbooks.read(
        a_workbook(
            [
                ("name", "amount", "on", "is"),
                ("'=1+1", 1_000_000.0, date(2026, 12, 1), True),
                (None, None, None, None),
                ("Café", 12.5, datetime(2026, 12, 1, 10, 30), False),  # noqa: DTZ001  Has no zone.
            ]
        ),
        KNOWN,
    )

    assert [(row.number, row.cells) for row in rows] == [
        (2, {"name": "'=1+1", "amount": "1000000", "on": "2026-12-01", "is": "true"}),
        (4, {"name": "Café", "amount": "12.5", "on": "2026-12-01T10:30:00", "is": "false"}),
    ]
    assert all(not row.formulas for row in rows)


def test_what_a_spreadsheet_would_compute_is_noticed() -> None:
    [row] = workbooks.read(a_workbook([("name", "amount"), ('=HYPERLINK("x")', "=2*3")]), KNOWN)
    assert row.formulas == {"name", "amount"}
    [row] = sheets.read(b"name,amount,on\n=cmd|' /C calc'!A0,-5,'=safe\n", KNOWN)
    assert row.formulas == {"name"}
    assert row.cells["on"] == "=safe"


@pytest.mark.parametrize(
    "content",
    [
        f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><worksheet xmlns="{NAMESPACE}">&l9;</worksheet>',
        f'<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet xmlns="{NAMESPACE}"/>',
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1/">]><w xmlns="{NAMESPACE}">&e;</w>',
    ],
    ids=["laughs", "file", "network"],
)
def test_entities_and_document_types_are_refused(content: str) -> None:
    workbook = with_part(a_workbook([("name",)]), SHEET, content.encode())
    with pytest.raises(FileUnsafe, match="document type"):
        workbooks.read(workbook, KNOWN)


def test_bombs_are_refused_before_they_unpack() -> None:
    packed_well = with_part(a_workbook([("name",)]), SHEET, b"<a>" + b" " * 40_000_000 + b"</a>")
    assert len(packed_well) < 100_000
    with pytest.raises(FileUnsafe, match="hundred times"):
        workbooks.read(packed_well, KNOWN)
    noise = bytes(range(33, 60)) * 400_000
    packed_badly = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(a_workbook([("name",)]))) as source,
        zipfile.ZipFile(packed_badly, "w", zipfile.ZIP_STORED) as target,
    ):
        for member in source.infolist():
            target.writestr(member.filename, source.read(member))
        target.writestr("xl/media/noise.txt", noise)
    with pytest.raises(FileUnsafe, match="unpacks to more"):
        workbooks.read(packed_badly.getvalue(), KNOWN)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name;amount\n", FileTypeNotAllowed),
        (b"PK\x03\x04" + b"\0" * 100, FileDamaged),
        (with_part(a_workbook([("name",)]), SHEET, b"<worksheet>"), FileDamaged),
        (with_part(a_workbook([("name",)]), "xl/workbook.xml", b"<x/>"), FileDamaged),
    ],
    ids=["CSV", "broken", "cut off", "without sheets"],
)
def test_what_is_no_workbook_is_refused(content: bytes, reason: type[Exception]) -> None:
    with pytest.raises(reason):
        workbooks.read(content, KNOWN)


def test_a_sheet_has_only_so_many_rows() -> None:
    many = a_workbook([("name",), *((f"row {number}",) for number in range(201))])
    with pytest.raises(InvalidRequest):
        workbooks.read(many, KNOWN)
    with pytest.raises(InvalidRequest):
        workbooks.read(a_workbook([("nobody",), ("x",)]), KNOWN)


def test_what_stands_below_many_empty_lines_is_not_passed_over() -> None:
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{text}</t></is></c></row>'
        for number, text in ((1, "name"), (2, "first"), (1_048_576, "last"))
    )
    content = f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'
    with pytest.raises(InvalidRequest) as refused:
        workbooks.read(with_part(a_workbook([("name",)]), SHEET, content.encode()), KNOWN)
    assert "'too-many-lines'" in str(refused.value.extra)
    # As where somebody only gave a line a colour.
    below = with_part(a_workbook([("name",)]), SHEET, content.replace(">last<", "><").encode())
    assert [row.number for row in workbooks.read(below, KNOWN)] == [2]


@pytest.mark.parametrize(
    ("text", "written"),
    [("-5", "-5"), ("-12.50", "-12.50"), ("-1+1", "'-1+1"), ("=A1", "'=A1"), ("'-5", "''-5")],
)
def test_an_amount_below_nothing_stays_a_number_and_a_formula_does_not(
    text: str, written: str
) -> None:
    assert sheets.harmless(text) == written
    assert sheets.restored(written) == text
