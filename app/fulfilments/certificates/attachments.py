"""What is attached to a PDF: the certificate as programs read it, with its proof."""

import zlib

MOST_BYTES = 1_000_000
"""Of one attachment: a certificate has some thousands."""
FEW, NEAR_BYTES = 8, 4_000
"""So many attachments are looked at, whose dictionaries are not longer."""


def is_pdf(content: bytes) -> bool:
    """Tell whether somebody sent a PDF."""
    return content[:1024].lstrip().startswith(b"%PDF-")


def attached(content: bytes) -> bytes | None:
    """Give the first file that can be read of those attached to a PDF; None where there is none.

    Of a PDF of ours, that is: it says what a stream is in the dictionary just before it.
    """
    at = 0
    for _ in range(FEW):
        at = content.find(b"/EmbeddedFile", at + 1)
        if at < 0:
            break
        if (found := _stream(content, at)) is not None:
            return found
    return None


def _stream(content: bytes, at: int) -> bytes | None:
    """Read the stream of a dictionary in which something stands."""
    begins = content.find(b"stream", at, at + NEAR_BYTES)
    stops = content.find(b"endstream", begins + 6)
    if min(begins, stops) < 0 or b"endobj" in content[at:begins]:
        return None
    said = content[max(0, content.rfind(b" obj", max(0, at - NEAR_BYTES), at)) : begins]
    packed = content[begins + 6 : stops].lstrip(b"\r\n").removesuffix(b"\n").removesuffix(b"\r")
    if b"/FlateDecode" not in said:
        return packed[:MOST_BYTES]
    try:
        # No more than that, whatever a stream promises.
        return zlib.decompressobj().decompress(packed, MOST_BYTES)
    except zlib.error:
        return None
