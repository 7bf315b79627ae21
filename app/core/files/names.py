"""Names of files: how they come in, what of them is kept, and how they go out (RFC 6266, 8187)."""

import re
import unicodedata
from urllib.parse import quote, unquote_to_bytes

from app.core.files.problems import FileNameRefused
from app.core.problems import InvalidRequest

HEADER = "Content-Disposition"
LONGEST_NAME = 150
"""Characters; with the bytes that UTF-8 needs it stays below what every file system takes."""

_TOKEN = r"[!#$&+\-.^_`|~0-9A-Za-z]+"  # noqa: S105  A token of HTTP's grammar, no credential.
_PARAMETER = re.compile(rf'\s*;\s*({_TOKEN}\*?)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]+)\s*')
_EXTENDED = re.compile(
    r"UTF-8'[A-Za-z0-9-]*'(?:[!#$&+\-.^_`|~0-9A-Za-z]|%[0-9A-Fa-f]{2})+", re.IGNORECASE
)
_AWKWARD = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
_FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode's controls, invisible marks (which turn the direction of writing) and line ends."""


def read_header(value: str) -> str:
    """Find the name in a `Content-Disposition` header, and clean it.

    Raises:
        InvalidRequest: the header can't be read or holds no name.
        FileNameRefused: the name is none.
    """
    kind, _, _ = value.partition(";")
    rest = value[len(kind) :]
    parameters: dict[str, str] = {}
    position = 0
    while found := _PARAMETER.match(rest, position):
        parameters.setdefault(found[1].lower(), found[2])
        position = found.end()
    if kind.strip().lower() != "attachment" or position != len(rest):
        _refuse("not-a-disposition")
    # The extended form is the better one where there are both (RFC 6266, 4.3).
    if extended := parameters.get("filename*"):
        return cleaned(_decoded(extended))
    if plain := parameters.get("filename"):
        if not plain.isascii():
            _refuse("name-not-ascii")
        return cleaned(re.sub(r"\\(.)", r"\1", plain[1:-1]) if plain[0] == '"' else plain)
    return _refuse("no-file-name")


def _decoded(extended: str) -> str:
    if not _EXTENDED.fullmatch(extended):
        _refuse("not-a-disposition")
    try:
        return unquote_to_bytes(extended.rpartition("'")[2]).decode()
    except UnicodeDecodeError:
        return _refuse("not-a-disposition")


_FAULTS = {
    "not-a-disposition": "Write it as attachment; filename*=UTF-8''plan.pdf (RFC 6266, RFC 8187).",
    "name-not-ascii": "Letters beyond ASCII go into filename*=UTF-8''…, percent-encoded.",
    "no-file-name": "Send the file itself as the body, not a form, and name it in this header:"
    " attachment; filename*=UTF-8''plan.pdf.",
}


def _refuse(code: str) -> str:
    raise InvalidRequest(
        [{"in": "header", "parameter": HEADER, "code": code, "detail": _FAULTS[code]}]
    )


def cleaned(name: str) -> str:
    """Take what is dangerous as a reason to refuse, and what is only awkward out of a name.

    Raises:
        FileNameRefused: it holds a path, a control or an invisible character, or is too long.
    """
    name = _spaced(unicodedata.normalize("NFC", name)).strip()
    if "/" in name or "\\" in name or name.startswith("."):
        raise FileNameRefused("Send the name alone, without folders and without a dot before it.")
    if any(unicodedata.category(character) in _FORBIDDEN for character in name):
        message = "The name holds control characters or invisible ones. Rename the file."
        raise FileNameRefused(message)
    name = _AWKWARD.sub("_", name).rstrip(". ")
    if not 0 < len(name) <= LONGEST_NAME:
        raise FileNameRefused(f"A name has 1 to {LONGEST_NAME} characters. Rename the file.")
    # Some systems take these for devices, whatever comes behind the dot.
    return f"_{name}" if _RESERVED.match(name) else name


def _spaced(name: str) -> str:
    """Write the many spaces that there are as the one that everybody knows."""
    return "".join(" " if unicodedata.category(each) == "Zs" else each for each in name)


def ending(name: str) -> str:
    """Say what stands behind the last dot, in small letters."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def attachment(name: str) -> str:
    """Write the header that lets a browser save a file under its name, and never show it."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
