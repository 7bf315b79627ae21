"""Period reports for people: as a page, and as rows for a spreadsheet."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from app.audits.periods.content import Content, Row, rows_of
from app.core.languages import Language, templates
from app.core.sheets.writing import Cell
from app.ledger.chart import KINDS, Book

STYLE = Path(__file__).with_name("report.css").read_text()
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
"""The page's Content-Security-Policy: its own style, and nothing else."""

HEADER = (
    *("section", "subject", "name", "account", "unit", "decimals"),
    *("opening", "debit", "credit", "closing", "openingCount", "closingCount"),
    *("period", "position", "sha256"),
)
"""Of a sheet: so many digits of an amount stand behind the point."""

DECIMALS = {book.unit: book.decimals for book in Book}


def page(content: Content, sha256: str, names: Mapping[str, str], language: Language) -> str:
    """Write a report as a web page: one file, without a script."""
    template = templates(language).get_template("audits/periods/report.html")
    return template.render(
        report=content,
        sha256=sha256,
        language=str(language),
        style=STYLE,
        sections=list(_sections(content, names, language)),
    )


def _sections(
    content: Content, names: Mapping[str, str], language: Language
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for section, rows in groupby(rows_of(content), lambda row: row.section):
        yield section, [_printed(row, names, language) for row in rows]


def _printed(row: Row, names: Mapping[str, str], language: Language) -> dict[str, Any]:
    kind = KINDS[row.account]
    return {
        "name": names.get(row.subject, row.subject),
        "account": kind.dutch if language is Language.DUTCH else kind.english,
        "unit": row.unit,
        "amounts": [
            _amount(each, row.unit) for each in (row.opening, row.debit, row.credit, row.closing)
        ],
        "count": "" if row.closing_count is None else str(row.closing_count),
    }


def _amount(number: int, unit: str) -> str:
    """Write a whole number with the decimals of its unit, the same in both languages."""
    decimals = DECIMALS[unit]
    sign, whole = ("-" if number < 0 else ""), abs(number)
    if not decimals:
        return f"{sign}{whole}"
    return f"{sign}{whole // 10**decimals}.{whole % 10**decimals:0{decimals}}"


def cells(content: Content, sha256: str, names: Mapping[str, str]) -> Iterator[list[Cell]]:
    """Lay a report out for spreadsheets: whole numbers, and in each row where it comes from."""
    told: list[Cell] = [str(content["period"]), int(content["position"]), sha256]
    for row in rows_of(content):
        called = names.get(row.subject, "")
        amounts: list[Cell] = [row.opening, row.debit, row.credit, row.closing]
        counts: list[Cell] = [row.opening_count, row.closing_count]
        about: list[Cell] = [row.section, row.subject, called, row.account, row.unit]
        yield [*about, DECIMALS[row.unit], *amounts, *counts, *told]
