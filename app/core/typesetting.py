"""Setting pages as PDF: to be kept for years (PDF/A-2a) and read aloud (PDF/UA-1).

A file that is attached (`ATTACHMENT`, with its name and content) makes it PDF/A-3a.

A template only says where things stand. What is printed comes as data, of which typst runs nothing.
What none of its fonts can show, such as an emoji in a company's name, no such PDF may hold: then
all that is no letter of Europe stands there as U+FFFD.
"""

import json
import re
import unicodedata
from datetime import UTC, date, datetime, time
from pathlib import Path


class PdfUnavailableError(RuntimeError):
    """The program that sets pages is not installed (the extra `pdf`)."""


ATTACHMENT = "attachment"
"""What a template calls a file that it attaches."""


_NOT_SHOWN = re.compile(
    r"[^\n\u0020-\u007e\u00a0-\u024f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f"
    r"\u1e00-\u1eff\u2010-\u2027\u2030\u2039\u203a\u20ac\u2116\u2122]"
)
"""What is not in the font of the text itself: letters of Europe and what is written with them."""


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

    def attempt(data: object) -> bytes:
        return typst.compile(
            template.read_bytes(),
            format="pdf",
            sys_inputs={"data": json.dumps(data)},
            pdf_standards=["a-3a" if ATTACHMENT in printed else "a-2a", "ua-1"],
            timestamp=datetime.combine(made_on, time(), UTC),
            ignore_system_fonts=True,
        )

    try:
        return attempt(printed)
    except typst.TypstError:
        # Which fonts have a sign, and beside which others, only setting it tells.
        return attempt(_shown(printed))


def _shown(said: object) -> object:
    """Replace what can't be shown; what is attached is not shown, and stays."""
    if isinstance(said, str):
        composed = unicodedata.normalize("NFC", said.replace("\t", " "))
        return _NOT_SHOWN.sub("\N{REPLACEMENT CHARACTER}", composed)
    if isinstance(said, dict):
        return {name: each if name == ATTACHMENT else _shown(each) for name, each in said.items()}
    if isinstance(said, list | tuple):
        return [_shown(each) for each in said]
    return said
