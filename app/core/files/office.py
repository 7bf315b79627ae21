"""Office files: archives whose directory, sizes and parts must be those of a document.

Everything is read once, in pieces, and counted: what an archive says of itself is a claim too.
"""

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from app.core.files.kinds import (
    BY_MEDIA_TYPE,
    DOCX,
    ODF_KINDS,
    OOXML_KINDS,
    PPTX,
    XLSX,
    Kind,
)
from app.core.files.problems import FileDamaged, FileTypeNotAllowed, FileUnsafe

SIGNATURE = b"PK\x03\x04"
MOST_MEMBERS = 5_000
LARGEST_DIRECTORY_BYTES = 1_048_576
MOST_UNPACKED_BYTES = 100 * 1_048_576
LARGEST_RATIO = 100
"""How many times its packed size a part may have; documents stay below, bombs do not."""
SMALL_BYTES = 1_048_576
"""A part of this size harms nobody, whatever its ratio."""
LARGEST_EMBEDDED_BYTES = 10 * 1_048_576

_CHUNK_BYTES = 256 * 1024
_END = b"PK\x05\x06"
_END_BYTES = 22
_ZIP64_LOCATOR = b"PK\x06\x07"
_LOCATOR_BYTES = 20
_HEADER_BYTES = 30
_ENCRYPTED = 0x1
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Of the others a part names the memory that its unpacking takes."""

_MAIN_PARTS: dict[bytes, Kind] = {
    f"{kind.media_type}.main+xml".encode(): kind for kind in (DOCX, XLSX, PPTX)
}
_ODF_NAMES = {kind.media_type.encode(): kind for kind in ODF_KINDS}
_CONTENT_TYPES = "[Content_Types].xml"
_MIMETYPE = "mimetype"
_MANIFEST = "META-INF/manifest.xml"
_READ_WHOLE = {_CONTENT_TYPES, _MIMETYPE, _MANIFEST}

_MACRO_FOLDERS = ("basic/", "scripts/")
_MACRO_NAMES = ("vbaproject.bin", "vbadata.xml")
_HARMFUL: tuple[bytes, ...] = (b"\xd0\xcf\x11\xe0", b"MZ", b"\x7fELF")
_ARCHIVES: tuple[bytes, ...] = (SIGNATURE, b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")


@dataclass(slots=True)
class _Budget:
    """What an archive, with all that is in it, may still unpack to."""

    left_bytes: int = MOST_UNPACKED_BYTES

    def spend(self, count: int) -> None:
        self.left_bytes -= count
        if self.left_bytes < 0:
            _refuse(f"The file unpacks to more than {MOST_UNPACKED_BYTES} bytes")


def kind(file: BinaryIO, size_bytes: int) -> Kind:
    """Say which office document an archive is.

    Raises:
        FileTypeNotAllowed: it is an archive, and no document that is taken.
        FileUnsafe: it is a bomb, or holds macros, programs, passwords or further archives.
        FileDamaged: it can't be read to its end.
    """
    return _document(file, size_bytes, _Budget(), is_embedded=False)


def _document(file: BinaryIO, size_bytes: int, budget: _Budget, *, is_embedded: bool) -> Kind:
    _insist_on_plain_end(file, size_bytes)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _insist_on_sound_directory(members, size_bytes)
            told = {}
            for member in members:
                content = _looked_through(archive, member, budget, is_embedded=is_embedded)
                if member.filename in _READ_WHOLE:
                    told[member.filename] = content
    # NotImplementedError: packed in a way, or for a version, that Python's zipfile does not know.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise FileDamaged("The file can't be unpacked: it is broken. Save it anew.") from error
    return _recognised(members, told)


def _insist_on_plain_end(file: BinaryIO, size_bytes: int) -> None:
    """Bound the directory before anybody reads it, and refuse what stands before or behind."""
    file.seek(max(0, size_bytes - _END_BYTES - _LOCATOR_BYTES))
    tail = file.read()
    end, locator = tail[-_END_BYTES:], tail[:-_END_BYTES]
    if not end.startswith(_END) or end[-2:] != b"\x00\x00":
        raise FileDamaged("The file is cut off or has something behind its end. Save it anew.")
    count = int.from_bytes(end[10:12], "little")
    directory_bytes = int.from_bytes(end[12:16], "little")
    directory_at = int.from_bytes(end[16:20], "little")
    if locator.startswith(_ZIP64_LOCATOR) or count > MOST_MEMBERS:
        _refuse(f"The file has more than {MOST_MEMBERS} parts")
    if directory_bytes > LARGEST_DIRECTORY_BYTES:
        _refuse("The file's directory is too large")
    if directory_at + directory_bytes != size_bytes - _END_BYTES:
        _refuse("The file has something before its beginning")


def _insist_on_sound_directory(members: list[zipfile.ZipInfo], size_bytes: int) -> None:
    if not 0 < len(members) <= MOST_MEMBERS:
        _refuse(f"The file has no part, or more than {MOST_MEMBERS}")
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        _refuse("Two parts of the file have one name")
    if any(_is_path_out(member.orig_filename) for member in members):
        _refuse("A part of the file has a path that leads out of it")
    if any(member.compress_type not in _PACKINGS for member in members):
        _refuse("A part of the file is packed in a way that no document is")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        _refuse("The file has a password: nobody could look into it")
    if sum(member.file_size for member in members) > MOST_UNPACKED_BYTES:
        _refuse(f"The file unpacks to more than {MOST_UNPACKED_BYTES} bytes")
    _insist_on_bytes_of_their_own(members, size_bytes)


def _insist_on_bytes_of_their_own(members: list[zipfile.ZipInfo], size_bytes: int) -> None:
    """Refuse parts that share their bytes: so small bombs become large ones."""
    position = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < position:
            _refuse("Parts of the file overlap")
        position = member.header_offset + _HEADER_BYTES + member.compress_size
    if position > size_bytes:
        raise FileDamaged("The file is cut off. Save it anew.")


def _is_path_out(name: str) -> bool:
    return (
        name.startswith("/")
        or "\\" in name
        or "\x00" in name
        or ":" in name
        or ".." in name.split("/")
    )


def _looked_through(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget, *, is_embedded: bool
) -> bytes:
    """Unpack a part, counting; return it if it is one that tells what the whole is."""
    _insist_on_no_macro(member.filename)
    head, size, kept = b"", 0, io.BytesIO()
    keeps = member.filename in _READ_WHOLE
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK_BYTES):
            if not size:
                head = chunk[:8]
                _insist_on_harmless(head)
                keeps = keeps or head.startswith(_ARCHIVES)
            size += len(chunk)
            budget.spend(len(chunk))
            if size > SMALL_BYTES and size > LARGEST_RATIO * max(1, member.compress_size):
                _refuse("A part of the file unpacks to more than a hundred times its size")
            if keeps:
                if size > LARGEST_EMBEDDED_BYTES:
                    _refuse("A part of the file is too large")
                kept.write(chunk)
    if size != member.file_size:
        raise FileDamaged("A part of the file has another size than it says. Save it anew.")
    if head.startswith(_ARCHIVES):
        _insist_on_embedded_document(member.filename, kept, budget, is_embedded=is_embedded)
    return kept.getvalue()


def _insist_on_no_macro(name: str) -> None:
    lower = name.lower()
    if lower.startswith(_MACRO_FOLDERS) or lower.endswith(_MACRO_NAMES):
        _refuse("The file holds macros; save it without them")


def _insist_on_harmless(head: bytes) -> None:
    if head.startswith(_HARMFUL):
        _refuse("The file holds a program, a macro or an embedded object; save it without them")


def _insist_on_embedded_document(
    name: str, content: io.BytesIO, budget: _Budget, *, is_embedded: bool
) -> None:
    """Let the data of a chart pass, which is a document by itself; nothing deeper."""
    if is_embedded or "/embeddings/" not in name:
        _refuse("The file holds another archive")
    _document(content, len(content.getvalue()), budget, is_embedded=True)


def _recognised(members: list[zipfile.ZipInfo], told: dict[str, bytes]) -> Kind:
    if _CONTENT_TYPES in told:
        return _ooxml(told[_CONTENT_TYPES])
    if members and members[0].filename == _MIMETYPE and _MANIFEST in told:
        if b"encryption-data" in told[_MANIFEST]:
            _refuse("The file has a password: nobody could look into it")
        if found := _ODF_NAMES.get(told[_MIMETYPE]):
            return found
    raise _no_document()


def _ooxml(content_types: bytes) -> Kind:
    if b"macroenabled" in content_types.lower():
        _refuse("The file holds macros; save it without them")
    found = [kind for part, kind in _MAIN_PARTS.items() if b'"' + part + b'"' in content_types]
    if len(found) != 1:
        raise _no_document()
    return found[0]


def _no_document() -> FileTypeNotAllowed:
    endings = ", ".join(kind.endings[0] for kind in (*OOXML_KINDS, *ODF_KINDS))
    return FileTypeNotAllowed(
        f"This is an archive and none of {endings}. Send the files in it one by one.",
        sorted(BY_MEDIA_TYPE),
    )


def _refuse(why: str) -> NoReturn:
    raise FileUnsafe(f"{why}.")
