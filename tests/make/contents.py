"""Contents of files: real ones as small as can be, and the tricks that uploads are known for."""

import io
import struct
import zipfile
import zlib

OOXML = "application/vnd.openxmlformats-officedocument"
DOCX = f"{OOXML}.wordprocessingml.document"
XLSX = f"{OOXML}.spreadsheetml.sheet"
PPTX = f"{OOXML}.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"

EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*"


def a_pdf(filling_bytes: int = 0) -> bytes:
    """Make a PDF, as long as wanted."""
    filling = b"%" + b"x" * filling_bytes + b"\n"
    body = b"%PDF-1.7\n" + filling + b"1 0 obj<</Type/Catalog>>endobj\n"
    return body + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


def a_png(width: int = 2, height: int = 1) -> bytes:
    """Make a PNG that says that it has this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00" + b"\x00" * min(width, 10))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    )


def a_jpeg(width: int = 2, height: int = 1) -> bytes:
    """Make the frame of a JPEG, without a picture in it."""
    start = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return start + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00\xff\xd9"


def a_webp(width: int = 2, height: int = 1) -> bytes:
    """Make the frame of a lossless WebP, without a picture in it."""
    bits = (width - 1) | (height - 1) << 14
    data = b"\x2f" + struct.pack("<I", bits) + b"\x00" * 5
    chunk = b"VP8L" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def an_archive(*members: tuple[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Make an archive of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packed) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def an_ooxml(media_type: str = DOCX, *more: tuple[str, bytes]) -> bytes:
    """Make a docx, xlsx or pptx, with further parts."""
    types = f'<Types><Override PartName="/x" ContentType="{media_type}.main+xml"/></Types>'
    return an_archive(("[Content_Types].xml", types.encode()), ("x", b"<x/>"), *more)


def an_odf(media_type: str = ODT, *more: tuple[str, bytes], manifest: bytes = b"<m/>") -> bytes:
    """Make an odt, ods or odp, with further parts."""
    return an_archive(("mimetype", media_type.encode()), ("META-INF/manifest.xml", manifest), *more)
