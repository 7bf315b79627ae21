"""The types of files that are taken."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file: its name on the wire and how its files' names end."""

    media_type: str
    endings: tuple[str, ...]


_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"

PDF = Kind("application/pdf", ("pdf",))
PNG = Kind("image/png", ("png",))
JPEG = Kind("image/jpeg", ("jpg", "jpeg"))
WEBP = Kind("image/webp", ("webp",))
DOCX = Kind(f"{_OOXML}.wordprocessingml.document", ("docx",))
XLSX = Kind(f"{_OOXML}.spreadsheetml.sheet", ("xlsx",))
PPTX = Kind(f"{_OOXML}.presentationml.presentation", ("pptx",))
ODT = Kind(f"{_ODF}.text", ("odt",))
ODS = Kind(f"{_ODF}.spreadsheet", ("ods",))
ODP = Kind(f"{_ODF}.presentation", ("odp",))
CSV = Kind("text/csv", ("csv",))
TEXT = Kind("text/plain", ("txt",))
XML = Kind("application/xml", ("xml",))
"""Messages of banks: only where a route asks for nothing else (`XmlUpload`)."""

JSON = Kind("application/json", ("json",))
"""Packages of data: likewise (`JsonUpload`)."""

ZIP = Kind("application/zip", ("zip",))
"""Archives that are made here (`place`); nobody may send one."""

OOXML_KINDS = (DOCX, XLSX, PPTX)
ODF_KINDS = (ODT, ODS, ODP)
KINDS = (PDF, PNG, JPEG, WEBP, *OOXML_KINDS, *ODF_KINDS, CSV, TEXT)
BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}
