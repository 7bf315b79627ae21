"""Images: recognised by their beginning, whole to their end, and of a size that can be shown."""

import re
import struct
from typing import BinaryIO

import imagesize

from app.core.files.kinds import JPEG, PNG, WEBP, Kind
from app.core.files.problems import FileDamaged, FileUnsafe

MOST_PIXELS = 120_000_000
"""Above the sensors of phones (108 million); unpacked that is half a gigabyte already."""

SIGNATURES: dict[Kind, re.Pattern[bytes]] = {
    PNG: re.compile(rb"\x89PNG\r\n\x1a\n"),
    JPEG: re.compile(rb"\xff\xd8\xff"),
    WEBP: re.compile(rb"RIFF.{4}WEBPVP8[ LX]", re.DOTALL),
}
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_RIFF_HEADER_BYTES = 8


def insist_on_sound(kind: Kind, file: BinaryIO, size_bytes: int) -> None:
    """Insist that an image has its end and not more pixels than a reader can hold.

    Raises:
        FileDamaged: it is cut off, or something hangs behind its end.
        FileUnsafe: it has more than `MOST_PIXELS`.
    """
    if not _is_whole(kind, file, size_bytes):
        raise FileDamaged("The image is cut off or has something behind its end. Save it anew.")
    file.seek(0)
    try:
        width, height = imagesize.get(file)
    except (ValueError, struct.error, OverflowError, IndexError, TypeError):
        width, height = -1, -1
    if width <= 0 or height <= 0:
        raise FileDamaged("The image does not say how large it is. Save it anew.")
    if width * height > MOST_PIXELS:
        raise FileUnsafe(
            f"The image has {width} by {height} pixels; at most {MOST_PIXELS} are taken. Scale it"
            " down."
        )


def _is_whole(kind: Kind, file: BinaryIO, size_bytes: int) -> bool:
    if kind is PNG:
        file.seek(max(0, size_bytes - len(_PNG_END)))
        return file.read() == _PNG_END
    if kind is WEBP:
        file.seek(4)
        announced = int.from_bytes(file.read(4), "little") + _RIFF_HEADER_BYTES
        return size_bytes in {announced, announced + announced % 2}
    # Cameras write their own things behind a JPEG: its end can be anywhere.
    return _holds_end(file)


def _holds_end(file: BinaryIO) -> bool:
    file.seek(0)
    before = b""
    while chunk := file.read(256 * 1024):
        if b"\xff\xd9" in before + chunk:
            return True
        before = chunk[-1:]
    return False
