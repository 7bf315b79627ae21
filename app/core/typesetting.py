"""Setting pages as PDF: to be kept for years (PDF/A-2a) and read aloud (PDF/UA-1).

A file that is attached (`ATTACHMENT`, with its name and content) makes it PDF/A-3a.

A template only says where things stand. What is printed comes as data, of which typst runs nothing.
"""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path


class PdfUnavailableError(RuntimeError):
    """The program that sets pages is not installed (the extra `pdf`)."""


ATTACHMENT = "attachment"
"""What a template calls a file that it attaches."""


def typeset(template: Path, printed: dict[str, object], made_on: date) -> bytes:
    """Set pages: the same data is the same file, byte for byte. Takes tens of milliseconds.

    Raises:
        PdfUnavailableError: the extra `pdf` is not installed.
    """
    try:
        import typst  # noqa: PLC0415  An extra: an installation without documents needs none.
    except ImportError as error:
        message = "Documents can't be set: install the extra `pdf`."
        raise PdfUnavailableError(message) from error
    return typst.compile(
        template.read_bytes(),
        format="pdf",
        sys_inputs={"data": json.dumps(printed)},
        pdf_standards=["a-3a" if ATTACHMENT in printed else "a-2a", "ua-1"],
        timestamp=datetime.combine(made_on, time(), UTC),
        ignore_system_fonts=True,
    )
