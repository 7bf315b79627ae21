import asyncio
import io
import struct
import time
import zipfile

import pytest

from app.core.files import office, sniffing
from app.core.files.kinds import BY_MEDIA_TYPE, XML
from app.core.files.problems import FileDamaged, FileTypeMismatch, FileTypeNotAllowed, FileUnsafe
from app.core.files.sniffing import Content
from app.core.problems import Problem
from tests.make import contents

ODF = "application/vnd.oasis.opendocument"

SOUND: dict[str, tuple[str, bytes]] = {
    "a.pdf": ("application/pdf", contents.a_pdf()),
    "a.PDF": ("application/pdf", contents.a_pdf(5_000)),
    "a.png": ("image/png", contents.a_png()),
    "a.jpg": ("image/jpeg", contents.a_jpeg()),
    "a.jpeg": ("image/jpeg", contents.a_jpeg() + b"what a camera writes behind it"),
    "a.webp": ("image/webp", contents.a_webp(800, 600)),
    "a.docx": (contents.DOCX, contents.an_ooxml()),
    "a.xlsx": (contents.XLSX, contents.an_ooxml(contents.XLSX)),
    "a.pptx": (
        contents.PPTX,
        contents.an_ooxml(
            contents.PPTX,
            ("ppt/embeddings/Microsoft_Excel_Sheet1.xlsx", contents.an_ooxml(contents.XLSX)),
        ),
    ),
    "a.odt": (contents.ODT, contents.an_odf()),
    "a.ods": (f"{ODF}.spreadsheet", contents.an_odf(f"{ODF}.spreadsheet")),
    "a.odp": (f"{ODF}.presentation", contents.an_odf(f"{ODF}.presentation")),
    "a.csv": ("text/csv", "\ufeffnaam;bedrag\r\nCafé;1 < 2\r\n".encode()),
    "a.txt": ("text/plain", ("één\t" * 200_000).encode()),
}


def found(name: str, claimed: str, content: bytes) -> str:
    return sniffing.media_type(Content(io.BytesIO(content), len(content), name, claimed))


@pytest.mark.parametrize("name", SOUND)
def test_what_is_taken(name: str) -> None:
    claimed, content = SOUND[name]
    assert found(name, claimed, content) == claimed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_xml_is_taken_where_nothing_else_is(encoding: str) -> None:
    def as_message(name: str, claimed: str, content: bytes) -> str:
        whole = Content(io.BytesIO(content), len(content), name, claimed, (XML,))
        return sniffing.media_type(whole)

    content = "\n<Document/>".encode(encoding)
    assert as_message("a.xml", "application/xml", content) == "application/xml"
    assert as_message("a.xml", "text/xml", content) == "application/xml"
    with pytest.raises(FileTypeNotAllowed) as refusal:
        as_message("a.pdf", *SOUND["a.pdf"])
    assert refusal.value.extra["allowed"] == ["application/xml"]
    with pytest.raises(FileTypeMismatch):
        as_message("a.pdf", "application/xml", content)
    with pytest.raises(FileTypeNotAllowed):
        found("a.xml", "application/xml", content)


def test_every_type_that_is_taken_has_a_sample() -> None:
    assert {claimed for claimed, _ in SOUND.values()} == set(BY_MEDIA_TYPE)


@pytest.mark.parametrize("name", [name for name in SOUND if name not in {"a.csv", "a.txt"}])
def test_the_sender_decides_nothing(name: str) -> None:
    claimed, content = SOUND[name]
    with pytest.raises(FileTypeMismatch) as refusal:
        found("a.txt", "text/plain", content)
    assert refusal.value.extra == {"claimed": "text/plain", "found": claimed}
    with pytest.raises(FileTypeMismatch, match="The name must end in"):
        found("a.exe", claimed, content)
    with pytest.raises(FileTypeMismatch):
        found("a", claimed, content)


def test_a_text_may_not_call_itself_an_image() -> None:
    with pytest.raises(FileTypeMismatch, match=r"says image/png and the content is text/plain"):
        found("a.png", "image/png", b"hello")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<!DOCTYPE html><script>alert(1)</script>", "HTML, SVG or XML"),
        (b"\xef\xbb\xbf \n\t<svg xmlns='http://www.w3.org/2000/svg'/>", "HTML, SVG or XML"),
        (b"<html>%PDF-1.7\nstartxref 0 %%EOF", "HTML, SVG or XML"),
        (b"MZ\x90\x00", "a Windows program"),
        (b"\x7fELF\x02", "a program"),
        (b"#!/bin/sh\nrm -rf /\n", "a script"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "before 2007 or one with a password"),
        (b"GIF89a", "save it as PNG"),
        (b"Rar!\x1a\x07", "an archive"),
        (b"\x00\x00\x00\x18ftypheic", "send photos as JPEG"),
        ("één".encode("latin-1"), "UTF-8"),
        ("één".encode("utf-16"), "UTF-8"),
        (b"text with \x00 in it", "control characters"),
        (b"a" * 2_000_000 + b"\x1b[2J", "control characters"),
        (b"cut in a letter: \xc3", "UTF-8"),
        (b"PK\x05\x06" + b"\x00" * 18, "control characters"),
        (contents.an_archive(("a.txt", b"a")), "an archive and none of"),
        (contents.an_archive(("mimetype", b"text/html"), ("META-INF/manifest.xml", b"")), "none"),
        (contents.an_archive(("x", b""), ("mimetype", contents.ODT.encode())), "none of"),
        (contents.an_ooxml("application/vnd.ms-excel.template"), "none of"),
    ],
)
def test_what_is_not_taken(content: bytes, why: str) -> None:
    with pytest.raises(FileTypeNotAllowed, match=why) as refusal:
        found("a.txt", "text/plain", content)
    assert refusal.value.extra["allowed"] == sorted(BY_MEDIA_TYPE)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty", b""),
        ("pdf without end", contents.a_pdf()[:-20]),
        ("png without end", contents.a_png()[:-1]),
        ("png with an archive behind it", contents.a_png() + contents.an_ooxml()),
        ("webp without end", contents.a_webp()[:-4]),
        ("jpeg without frame", b"\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xd9"),
        ("jpeg without end", contents.a_jpeg()[:-2]),
        ("archive without end", contents.an_ooxml()[:-1]),
        ("archive with a comment", contents.an_ooxml()[:-2] + b"\x05\x00hello"),
        ("archive with broken bytes", contents.an_ooxml().replace(b"<x/>", b"<y/>")),
    ],
)
def test_what_is_damaged(name: str, content: bytes) -> None:
    if name == "archive with broken bytes":
        content = contents.an_archive(("[Content_Types].xml", b"x" * 50), packed=0)
        content = content.replace(b"x" * 50, b"y" * 50)
    with pytest.raises(FileDamaged):
        found("a.pdf", "application/pdf", content)


def nested(depth: int) -> bytes:
    inner = contents.an_ooxml(contents.XLSX)
    for _ in range(depth):
        inner = contents.an_ooxml(contents.XLSX, ("xl/embeddings/inner.xlsx", inner))
    return inner


def overlapping() -> bytes:
    """Two names in the directory for the same bytes."""
    buffer = io.BytesIO(contents.an_ooxml(contents.DOCX, ("b", b"0" * 1000)))
    with zipfile.ZipFile(buffer, "a") as archive:
        twin = zipfile.ZipInfo("c")
        original = archive.getinfo("b")
        for field in ("header_offset", "CRC", "compress_size", "file_size", "compress_type"):
            setattr(twin, field, getattr(original, field))
        archive.filelist.append(twin)
        archive._didModify = True  # type: ignore[attr-defined]  # Only so it writes the directory.
    return buffer.getvalue()


def with_a_password() -> bytes:
    content = bytearray(contents.an_ooxml())
    entry = content.index(b"PK\x01\x02")
    content[entry + 8] |= 1
    return bytes(content)


def with_many_parts() -> bytes:
    parts = ((f"p{number}", b"") for number in range(office.MOST_MEMBERS + 1))
    return contents.an_archive(*parts)


UNSAFE: dict[str, tuple[bytes, str]] = {
    "bomb by ratio": (
        contents.an_ooxml(contents.DOCX, ("word/bomb.xml", b"0" * 5_000_000)),
        "a hundred times",
    ),
    "bomb by size": (
        contents.an_ooxml(
            contents.DOCX, *((f"word/{number}.xml", b"0" * 20_000_000) for number in range(6))
        ),
        "unpacks to more than",
    ),
    "bomb by parts": (with_many_parts(), "more than 5000 parts"),
    "overlap": (overlapping(), "overlap"),
    "packed with a dictionary of any size": (
        contents.an_archive(
            ("[Content_Types].xml", b"x" * 50), ("x", b"x"), packed=zipfile.ZIP_LZMA
        ),
        "packed in a way",
    ),
    "archive in it": (
        contents.an_ooxml(contents.DOCX, ("word/x.zip", contents.an_archive(("a", b"")))),
        "another archive",
    ),
    "document in a document in a document": (nested(2), "another archive"),
    "macro in an embedded document": (
        contents.an_ooxml(
            contents.PPTX,
            (
                "ppt/embeddings/a.xlsx",
                contents.an_ooxml(contents.XLSX, ("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")),
            ),
        ),
        "macros",
    ),
    "macro": (contents.an_ooxml(contents.DOCX, ("word/vbaProject.bin", b"x")), "macros"),
    "docm": (
        contents.an_ooxml("application/vnd.ms-word.document.macroEnabled"),
        "macros",
    ),
    "macro of LibreOffice": (contents.an_odf(contents.ODT, ("Basic/a.xml", b"")), "macros"),
    "program in it": (contents.an_ooxml(contents.DOCX, ("word/a.bin", b"MZ\x90")), "a program"),
    "object in it": (
        contents.an_ooxml(contents.DOCX, ("word/embeddings/o.bin", b"\xd0\xcf\x11\xe0")),
        "embedded object",
    ),
    "password": (with_a_password(), "password"),
    "password of LibreOffice": (
        contents.an_odf(contents.ODT, manifest=b"<m:encryption-data/>"),
        "password",
    ),
    "path": (contents.an_ooxml(contents.DOCX, ("../../etc/cron.d/x", b"")), "a path"),
    "absolute path": (contents.an_ooxml(contents.DOCX, ("/etc/passwd", b"")), "a path"),
    "more pixels than bytes": (contents.a_png(60_000, 60_000), "60000 by 60000 pixels"),
    "jpeg of pixels": (contents.a_jpeg(65_000, 65_000), "pixels"),
    "webp of pixels": (contents.a_webp(16_000, 16_000), "pixels"),
}


@pytest.mark.parametrize("trick", UNSAFE)
def test_what_is_not_safe(trick: str) -> None:
    content, why = UNSAFE[trick]
    began = time.monotonic()
    with pytest.raises(FileUnsafe, match=why):
        found("a.docx", contents.DOCX, content)
    assert time.monotonic() - began < 5


def test_an_archive_that_lies_about_its_sizes_is_counted() -> None:
    honest = contents.an_ooxml(contents.DOCX, ("word/a.xml", b"0" * 3_000_000))
    lying = honest.replace(struct.pack("<I", 3_000_000), struct.pack("<I", 300))
    assert lying != honest
    with pytest.raises((FileUnsafe, FileDamaged)):
        found("a.docx", contents.DOCX, lying)


def test_something_before_an_archive_is_seen() -> None:
    with pytest.raises(Problem):
        found("a.docx", contents.DOCX, b"PK\x03\x04<script>" + contents.an_ooxml())


async def test_a_large_text_keeps_nobody_waiting() -> None:
    content = Content(io.BytesIO(b"a" * 20_000_000), 20_000_000, "a.txt", "text/plain")
    looking = asyncio.create_task(asyncio.to_thread(sniffing.media_type, content))
    turns = 0
    while not looking.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert await looking == "text/plain"
    assert turns > 1
