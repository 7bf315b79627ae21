"""Files that mean harm: refused with where and why, nothing is written, and memory stays flat."""

import io
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from app.core.ids import new_id
from app.obligations.importing import PackageRefusedError, check
from tests.make.packages import a_package, a_release, a_workbook, with_part
from tests.obligations.conftest import Deal
from tests.obligations.test_imports import COLUMNS, XLSX, a_csv, a_row, send
from tests.schemes.conftest import said

HUNDRED_MB = 100_000_000
MOST_MEMORY = 24_000_000
"""In bytes; the largest body that is read at once is of 1 MiB, and no sheet unpacks to 8."""

SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
BOMB = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><worksheet>&l9;</worksheet>'.encode()
FORMULA = "=cmd|' /C calc'!A0"


def _workbook(*rows: list[object]) -> bytes:
    return a_workbook([COLUMNS, *rows])


def _many_bombs() -> bytes:
    """A workbook, each of whose parts is a bomb of the kind that a scanner knows."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_workbook(a_row("fine")))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for member in source.infolist():
            target.writestr(member.filename, source.read(member))
        for number in range(20):
            target.writestr(f"xl/worksheets/sheet{number + 2}.xml", b" " * 5_000_000)
    return out.getvalue()


# What this house writes itself is no formula: the last line is as somebody else would write it.
IN_CSV = a_csv(a_row("a")) + ";".join(map(str, a_row("b", title=FORMULA))).encode() + b"\r\n"
HOSTILE: list[tuple[str, bytes, str, str]] = [
    ("entities", with_part(_workbook(a_row("a")), SHEET, BOMB), XLSX, "file-unsafe"),
    ("a part of spaces", _many_bombs(), XLSX, "file-unsafe"),
    ("cut off", _workbook(a_row("a"))[:-200], XLSX, "file-damaged"),
    ("another name", a_csv(a_row("a")), XLSX, "file-type-not-allowed"),
    ("a formula", _workbook(a_row("a", title=FORMULA)), XLSX, "rows-refused"),
    ("a formula in CSV", IN_CSV, "text/csv", "rows-refused"),
    ("UTF-16", a_csv(a_row("a")).decode().encode("utf-16"), "text/csv", "invalid-request"),
    ("Latin-1", a_csv(a_row("é")).decode().encode("latin-1"), "text/csv", "invalid-request"),
    ("cut JSON", b'{"contracts": [{"reference": "a"', "application/json", "invalid-request"),
    ("deep JSON", b'{"contracts": ' + b"[" * 10_000, "application/json", "invalid-request"),
]


async def test_hostile_rows_are_refused_and_memory_stays_flat(deal: Deal) -> None:
    tracemalloc.start()
    for what, content, kind, problem in HOSTILE:
        for dry in ("", "/dry-run"):
            answer = await send(deal, content, kind, dry)
            if dry and problem == "rows-refused":
                assert answer.json()["faultCount"] == 1, what
                continue
            assert answer.status_code in {400, 415}, (what, answer.text)
            assert answer.json()["type"] == f"/problems/{problem}", (what, answer.text)
        if problem == "rows-refused":
            [fault] = answer.json()["faults"]
            row = 3 if kind == "text/csv" else 2
            assert (fault["row"], fault["column"], fault["code"]) == (row, "title", "formula"), what
    taken = Taken()
    assert said(await _streamed(deal, "contract-imports", "text/csv", taken.spaces())) == (
        413,
        "/problems/body-too-large",
    )
    assert said(await _streamed(deal, "ocds-imports", "application/json", taken.spaces())) == (
        413,
        "/problems/file-too-large",
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    # Nobody waits for the rest of what is too much.
    assert taken.bytes_read < HUNDRED_MB // 4
    assert peak < MOST_MEMORY
    assert (await deal.get(f"/authorities/{deal.hall.id}/contracts"))["items"] == []


class Taken:
    """Somebody who sends 100 MB without saying so, and counts how much of it is taken."""

    def __init__(self) -> None:
        self.bytes_read = 0

    async def spaces(self) -> AsyncIterator[bytes]:
        """Send it in small pieces."""
        piece = b"[" + b" " * 65_535
        for _ in range(HUNDRED_MB // len(piece)):
            self.bytes_read += len(piece)
            yield piece


async def _streamed(
    deal: Deal, where: str, kind: str, content: AsyncIterator[bytes]
) -> httpx.Response:
    headers = {
        **deal.hall.member.headers,
        "Idempotency-Key": str(new_id()),
        "Content-Type": kind,
        "Content-Disposition": "attachment; filename*=UTF-8''contracts.json",
    }
    return await deal.client.post(f"{deal.hall.path}/{where}", content=content, headers=headers)


class Long:
    """A file of 100 MB that is nowhere in memory: a beginning, then the same again and again."""

    def __init__(self, begins: bytes, goes_on: bytes) -> None:
        self.begins, self.goes_on = begins, goes_on * (65_536 // len(goes_on))
        self.seek(0)

    def seek(self, position: int, _whence: int = 0) -> int:
        """Begin anew; nothing else is asked."""
        assert position == 0
        self.pieces, self.bytes_read = self._pieces(), 0
        return 0

    def _pieces(self) -> Iterator[bytes]:
        yield self.begins
        for _ in range(HUNDRED_MB // len(self.goes_on)):
            yield self.goes_on

    def read(self, _size: int = -1) -> bytes:
        """Give the next piece."""
        piece = next(self.pieces, b"")
        self.bytes_read += len(piece)
        return piece


MOST_READ = 4_000_000
ONE = a_package(a_release()).partition(b'"releases": ')[0] + b'"releases": ['
LONG = [
    (Long(ONE, b" "), "too-large"),
    (Long(ONE + b'{"a": "', b"x"), "too-large"),
    (Long(ONE, b"["), "too-large"),
    (Long(ONE + b'{"a": ', b"9"), "not-json"),
    (Long(b"", b"\xff\xfe"), "not-json"),
]


@pytest.mark.parametrize(("file", "code"), LONG, ids=range(len(LONG)))
def test_a_hundred_megabytes_of_nothing_are_refused_early(file: Any, code: str) -> None:  # noqa: ANN401  As a file.
    with pytest.raises(PackageRefusedError) as refused:
        check(file)

    assert refused.value.code == code
    # What was never read takes no memory.
    assert file.bytes_read < MOST_READ
