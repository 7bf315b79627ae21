"""What a content is, by its own bytes; what the sender says must agree and decides nothing.

Decision: an allow-list of eleven types, recognised here. The libraries that guess among thousands
of types (filetype, puremagic) answer another question, and their answers would still need the
checks that matter; only the sizes of images come from one (imagesize).
"""

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

from app.core.files import images, names, office
from app.core.files.kinds import CSV, JSON, KINDS, PDF, TEXT, XML, Kind
from app.core.files.problems import FileDamaged, FileTypeMismatch, FileTypeNotAllowed

HEAD_BYTES = 1024
TAIL_BYTES = 2048
CHUNK_BYTES = 256 * 1024

FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"#!", "a script"),
    (
        b"\xd0\xcf\x11\xe0",
        "an Office file of before 2007 or one with a password: save it anew as docx, xlsx or pptx",
    ),
    (b"{\\rtf", "a Rich Text file: save it as docx or PDF"),
    (b"GIF8", "a GIF image: save it as PNG"),
    (b"II*\x00", "a TIFF image: save it as PNG or PDF"),
    (b"MM\x00*", "a TIFF image: save it as PNG or PDF"),
    (b"BM", "a bitmap: save it as PNG"),
    (b"Rar!", "an archive: send the files in it"),
    (b"7z\xbc\xaf", "an archive: send the files in it"),
    (b"\x1f\x8b", "an archive: send the files in it"),
)
"""Beginnings of what people send by mistake, or by intention, and what to do about it."""

_OBJECT = re.compile(rb"\s*\{\s*[\"}]", re.ASCII)
_MARKUP = re.compile(rb"\s*<", re.ASCII)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_BRANDS = re.compile(rb".{4}ftyp", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Content:
    """A whole content, and what its sender says of it."""

    file: BinaryIO
    size_bytes: int
    name: str
    claimed: str
    kinds: tuple[Kind, ...] = KINDS
    """What is taken here."""


def media_type(content: Content) -> str:
    """Find out what a content is, and insist that it is whole, safe and what it is said to be.

    Raises:
        FileTypeNotAllowed: it is of no type that is taken.
        FileTypeMismatch: its content, its `Content-Type` and its name say different things.
        FileUnsafe: it could harm who opens it.
        FileDamaged: it is empty, cut off or broken.
    """
    if content.size_bytes == 0:
        raise FileDamaged("The file is empty. Send the bytes of the file as the body.")
    head = _at(content.file, 0, HEAD_BYTES)
    kind = _by_beginning(content, head)
    _insist_on_agreement(content, kind)
    return kind.media_type


def _recognised(content: Content, head: bytes) -> Kind:
    if head.startswith(b"%PDF-"):
        return _pdf(content)
    if head.startswith(office.SIGNATURE):
        return office.kind(content.file, content.size_bytes)
    for kind, signature in images.SIGNATURES.items():
        if signature.match(head):
            images.insist_on_sound(kind, content.file, content.size_bytes)
            return kind
    for beginning, what in FOREIGN:
        if head.startswith(beginning):
            raise _not_allowed(f"This is {what}.")
    if _BRANDS.match(head):
        raise _not_allowed("This is a video or a phone's own format: send photos as JPEG.")
    return _text(content, head)


def _by_beginning(content: Content, head: bytes) -> Kind:
    if content.kinds == (XML,):
        return _xml(head)
    if content.kinds == (JSON,):
        return _json(head)
    return _recognised(content, head)


def _json(head: bytes) -> Kind:
    """Recognise a JSON object by how it begins; whoever asked for it reads it without trust."""
    if _OBJECT.match(head.removeprefix(codecs.BOM_UTF8)):
        return JSON
    raise _not_allowed("This is no JSON object in UTF-8.", (JSON,))


def _xml(head: bytes) -> Kind:
    """Recognise XML by how it begins; whoever asked for it reads it to the end, without trust."""
    beginning = head.removeprefix(codecs.BOM_UTF8)
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if is_wide or _MARKUP.match(beginning):
        return XML
    raise _not_allowed("This is no XML.", (XML,))


def _pdf(content: Content) -> Kind:
    tail = _at(content.file, max(0, content.size_bytes - TAIL_BYTES), TAIL_BYTES)
    if b"startxref" not in tail or b"%%EOF" not in tail:
        raise FileDamaged("The PDF has no end: it was cut off. Save it anew.")
    return PDF


def _text(content: Content, head: bytes) -> Kind:
    if _MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        raise _not_allowed("This is HTML, SVG or XML, which browsers would run.")
    decoder = codecs.getincrementaldecoder("utf-8")()
    content.file.seek(0)
    while True:
        chunk = content.file.read(CHUNK_BYTES)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            message = "This is none of the types that are taken; a text must be written in UTF-8."
            raise _not_allowed(message) from None
        if _CONTROLS.search(text):
            raise _not_allowed("This is no text: it holds control characters.")
        if not chunk:
            # By their content texts are alike: of the two the sender may choose.
            return CSV if content.claimed == CSV.media_type else TEXT


def _insist_on_agreement(content: Content, found: Kind) -> None:
    if content.claimed != found.media_type and (found, content.claimed) != (XML, "text/xml"):
        raise FileTypeMismatch(
            f"The Content-Type says {content.claimed or 'nothing'} and the content is"
            f" {found.media_type}. Send it as what it is.",
            claimed=content.claimed,
            found=found.media_type,
        )
    if names.ending(content.name) not in found.endings:
        raise FileTypeMismatch(
            f"The name must end in .{' or .'.join(found.endings)}, for the content is"
            f" {found.media_type}.",
            claimed=content.name,
            found=found.media_type,
        )


def _not_allowed(detail: str, kinds: tuple[Kind, ...] = KINDS) -> FileTypeNotAllowed:
    return FileTypeNotAllowed(detail, sorted(kind.media_type for kind in kinds))


def _at(file: BinaryIO, position: int, count: int) -> bytes:
    file.seek(position)
    return file.read(count)
