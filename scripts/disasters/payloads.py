"""What nobody should send: each as bytes, with the answers that it may get."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid4

from scripts.benchmarks.stalls import Shopper, Stalls
from tests.make import contents

MEBI = 1_048_576
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Payload:
    """One request as it goes over the wire, and how it may be refused."""

    name: str
    head: str
    body: bytes = b""
    refused_with: tuple[int, ...] = (400,)
    headers: tuple[str, ...] = field(default=())

    @property
    def wire(self) -> bytes:
        """All its bytes."""
        lines = [self.head, "Host: 127.0.0.1", *self.headers]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


def _ordering(by: Shopper, *more: str, length: int | None = None) -> tuple[str, ...]:
    return (
        f"Authorization: Bearer {by.token}",
        f"Idempotency-Key: {uuid4().hex}",
        "Content-Type: application/json",
        *(() if length is None else (f"Content-Length: {length}",)),
        *more,
    )


def letters(there: Stalls) -> Iterator[Payload]:
    """One of each kind."""
    yield from _bodies(there)
    yield from _lengths(there)
    yield from _heads(there)


def _bodies(there: Stalls) -> Iterator[Payload]:
    """JSON that is no order, in every way that we could think of."""
    by = there.shoppers[0]
    head = f"POST /v1/organisations/{by.organisation_id}/orders HTTP/1.1"
    right = {"projectId": str(there.projects[0]), "quantityUnits": 1, "payBy": "online"}
    text = json.dumps(right).encode()
    found: dict[str, tuple[bytes, tuple[int, ...]]] = {
        "2 MiB of JSON": (b'{"x": "' + b"x" * 2 * MEBI + b'"}', (413,)),
        "1,000 arrays deep": (b"[" * 1_000 + b"]" * 1_000, (400,)),
        "400,000 objects deep, never closed": (b'{"a":' * 100_000, (400,)),
        "a member twice": (text[:-1] + b', "quantityUnits": 2}', (400,)),
        "bad UTF-8": (text[:-2] + b"\xff\xfe" + b'"}', (400,)),
        "UTF-16": (json.dumps(right).encode("utf-16"), (400,)),
        "a null character": (text.replace(b"online", b"on\\u0000line"), (400,)),
        "a lone surrogate": (text.replace(b"online", b"\\ud800"), (400,)),
        "NaN units": (text.replace(b"1,", b"NaN,"), (400,)),
        "1e400 units": (text.replace(b"1,", b"1e400,"), (400,)),
        "10 ** 5,000 units": (text.replace(b"1,", b"1" + b"0" * 5_000 + b","), (400,)),
        "-1 units": (text.replace(b"1,", b"-1,"), (400,)),
        "true units": (text.replace(b"1,", b"true,"), (400,)),
        "30,000 members": (
            json.dumps({f"m{number}": number for number in range(30_000)}).encode(),
            (400,),
        ),
        "no JSON": (b"quantityUnits=1", (400,)),
        "nothing": (b"", (400,)),
    }
    for name, (body, refused_with) in found.items():
        yield Payload(name, head, body, refused_with, _ordering(by, length=len(body)))
    for name, kind in {"as text": "text/plain", "as a form": "multipart/form-data"}.items():
        headers = tuple(
            one if not one.startswith("Content-Type") else f"Content-Type: {kind}"
            for one in _ordering(by, length=len(text))
        )
        yield Payload(name, head, text, (400, 415), headers)
    yield Payload(
        "gzip bomb",
        head,
        b"\x1f\x8b" + b"\x00" * 100,
        (400, 415),
        _ordering(by, "Content-Encoding: gzip", length=102),
    )
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    chunked = _ordering(by, "Transfer-Encoding: chunked")
    yield Payload("3 MiB in chunks, no end", head, chunk * 48, (413,), chunked)
    yield Payload("a chunk that is none", head, b"zz\r\nhello\r\n", (400,), chunked)


def _lengths(there: Stalls) -> Iterator[Payload]:
    """Lengths that do not fit what comes."""
    by = there.shoppers[0]
    head = f"POST /v1/organisations/{by.organisation_id}/orders HTTP/1.1"
    yield Payload("a negative length", head, b"{}", (400,), _ordering(by, "Content-Length: -1"))
    yield Payload("a length of words", head, b"{}", (400,), _ordering(by, "Content-Length: two"))
    yield Payload("a length of 10 GB", head, b"{}", (413,), _ordering(by, length=10**10))
    both = _ordering(by, "Transfer-Encoding: chunked", length=2)
    yield Payload("two kinds of length", head, b"0\r\n\r\n", (400,), both)
    twice = _ordering(by, "Content-Length: 3", length=2)
    yield Payload("two lengths", head, b"{}x", (400,), twice)
    yield Payload("more than it says", head, b"{}GARBAGE\r\n\r\n", (400,), _ordering(by, length=2))


def _heads(there: Stalls) -> Iterator[Payload]:
    """Addresses and headers that are too much."""
    by = there.shoppers[0]
    read = f"GET /v1/market/projects/{there.projects[0]}"
    large = "x" * 100_000
    yield Payload("no HTTP", "EHLO baat")
    yield Payload("HTTP/9.9", f"{read} HTTP/9.9")
    yield Payload("a query of 1 MB", f"{read}?q={'x' * 1_000_000} HTTP/1.1", b"", (400, 414, 431))
    many = "&".join(f"a{number}=1" for number in range(9_000))
    yield Payload(
        "a query of 9,000 keys", f"GET /v1/market/projects?{many} HTTP/1.1", b"", (400, 431)
    )
    yield Payload("a path of 100 kB", f"GET /v1/{large} HTTP/1.1", b"", (404, 414, 431))
    yield Payload("a path with nulls", "GET /v1/market/%00 HTTP/1.1", b"", (400,))
    yield Payload("a path that is no text", "GET /v1/market/%ff%fe HTTP/1.1", b"", (400,))
    yield Payload("a header of 100 kB", f"{read} HTTP/1.1", b"", (400, 431), (f"X-A: {large}",))
    flood = tuple(f"X-{number}: {'y' * 1_000}" for number in range(20_000))
    yield Payload("20 MB of headers", f"{read} HTTP/1.1", b"", (400, 431), flood)
    yield Payload("a header with nulls", f"{read} HTTP/1.1", b"", (400,), ("X-A: a\x00b",))
    folded = (f"Authorization: Bearer {'z' * 9_000}",)
    yield Payload(
        "a token of 9 kB",
        f"GET /v1/organisations/{by.organisation_id} HTTP/1.1",
        b"",
        (401,),
        folded,
    )
    order = f"POST /v1/organisations/{by.organisation_id}/orders HTTP/1.1"
    signed_in = f"Authorization: Bearer {by.token}"
    for name, key in {
        "a key of 300": "k" * 300,
        "an empty key": "",
        "a key of spaces": "a b",
    }.items():
        told = (signed_in, f"Idempotency-Key: {key}", "Content-Type: application/json")
        yield Payload(name, order, b"{}", (400,), (*told, "Content-Length: 2"))


def files() -> dict[str, tuple[bytes, str, str, tuple[int, ...]]]:
    """Files that would harm who opens them: content, type, name, and how each is refused."""
    png, word = "image/png", contents.DOCX
    bomb = contents.an_ooxml(contents.DOCX, ("word/document.xml", b"\x00" * 400 * MEBI))
    many = contents.an_ooxml(contents.DOCX, *((f"x{one}", b"x") for one in range(20_000)))
    pdf = contents.a_pdf()
    return {
        "a zip bomb of 400 MiB": (bomb, word, "a.docx", (400,)),
        "a zip of 20,000 parts": (many, word, "a.docx", (400,)),
        "a zip cut in half": (contents.an_ooxml()[:-40], word, "a.docx", (400, 415)),
        "an image of 60,000 x 60,000": (contents.a_png(60_000, 60_000), png, "a.png", (400,)),
        "an image of 2 billion wide": (contents.a_png(2**31 - 1, 2**31 - 1), png, "a.png", (400,)),
        "a WebP of 16,384 x 16,384": (
            contents.a_webp(16_384, 16_384),
            "image/webp",
            "a.webp",
            (400,),
        ),
        "an image cut in half": (contents.a_png()[:-8], png, "a.png", (400,)),
        "HTML as PDF": (b"<html><script>", "application/pdf", "a.pdf", (415,)),
        "a program as text": (b"\x7fELF" + b"\x00" * 500, "text/plain", "a.txt", (415,)),
        "nulls as text": (b"hello\x00world", "text/plain", "a.txt", (415,)),
        "bad UTF-8 as text": (b"hello \xff\xfe", "text/plain", "a.txt", (415,)),
        "nothing at all": (b"", "application/pdf", "a.pdf", (400,)),
        "a name with a path": (pdf, "application/pdf", "../../etc/a.pdf", (400,)),
        "a name of 10,000": (pdf, "application/pdf", f"{'n' * 10_000}.pdf", (400,)),
        "30 MiB": (contents.a_pdf(30 * MEBI), "application/pdf", "a.pdf", (413,)),
    }
