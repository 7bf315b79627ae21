"""OCDS packages and workbooks, as somebody would send them."""

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

import openpyxl

OCID = "ocds-213czf-000-00001"

RELEASE: dict[str, Any] = {
    "ocid": OCID,
    "id": "000-00001-2024-11-20",
    "date": "2024-11-20T09:00:00Z",
    "tag": ["award", "contract"],
    "initiationType": "tender",
    "language": "nl",
    "buyer": {"id": "NL-KVK-99999999", "name": "Gemeente Rotterdam"},
    "parties": [
        {"id": "NL-KVK-99999999", "name": "Gemeente Rotterdam", "roles": ["buyer"]},
        {
            "id": "S1",
            "name": "Schoonmaak Zuid B.V.",
            "roles": ["supplier"],
            "identifier": {
                "scheme": "NL-KVK",
                "id": "12345678",
                "legalName": "Schoonmaak Zuid B.V.",
            },
        },
        {
            "id": "S2",
            "name": "Nettoyage SA",
            "roles": ["supplier"],
            "identifier": {"scheme": "BE-BCE_KBO", "id": "0403.170.701"},
        },
    ],
    "tender": {
        "id": "T1",
        "title": "Cleaning of schools",
        "mainProcurementCategory": "services",
        "value": {"amount": 900_000, "currency": "EUR"},
    },
    "awards": [
        {
            "id": "A1",
            "title": "Cleaning of schools",
            "status": "active",
            "date": "2024-11-20T00:00:00+01:00",
            "value": {"amount": 950_000.5, "currency": "EUR"},
            "suppliers": [{"id": "S1", "name": "Schoonmaak Zuid B.V."}],
        }
    ],
    "contracts": [
        {
            "id": "C1",
            "awardID": "A1",
            "title": "Cleaning  of\nschools",
            "status": "active",
            "period": {"startDate": "2024-12-01T00:00:00Z", "endDate": "2026-11-30T23:59:59Z"},
            "value": {"amount": 1_000_000, "currency": "EUR"},
            "dateSigned": "2024-11-25T00:00:00Z",
        }
    ],
}
"""A release with one contract of EUR 1,000,000 for services, awarded on 20 November 2024."""


def a_release(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  JSON.
    """The release, some of its members changed."""
    return {**deepcopy(RELEASE), **changes}


def a_contract(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  JSON.
    """Its contract, some members changed."""
    [contract] = deepcopy(RELEASE["contracts"])
    return {**contract, **changes}


def an_award(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  JSON.
    """Its award, some members changed."""
    [award] = deepcopy(RELEASE["awards"])
    return {**award, **changes}


def a_package(*releases: dict[str, Any]) -> bytes:
    """A release package."""
    package = {
        "uri": "https://example.org/package.json",
        "version": "1.1",
        "publishedDate": "2024-11-26T00:00:00Z",
        "publisher": {"name": "Gemeente Rotterdam"},
        "releases": list(releases),
    }
    return json.dumps(package).encode()


def a_workbook(rows: Iterable[Sequence[object]]) -> bytes:
    """An XLSX with one sheet."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def with_part(workbook: bytes, name: str, content: bytes) -> bytes:
    """The same workbook, one of whose parts says something else."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            old = source.read(member)
            target.writestr(member.filename, content if member.filename == name else old)
    return out.getvalue()
