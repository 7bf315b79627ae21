"""XML from outside: what is refused before it can do harm."""

import time

import pytest

from app.payments.sepa import documents
from app.payments.sepa.faults import MessageRefusedError

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">%s]><a>&j;</a>""" % b"".join(
    b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % (98 + n, *[97 + n] * 4) for n in range(9)
)
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def refusal(content: bytes) -> str:
    with pytest.raises(MessageRefusedError) as refused:
        documents.read(content)
    (fault,) = refused.value.faults
    return fault.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (LAUGHS, "has-dtd"),
        (OUTSIDE, "has-dtd"),
        (OUTSIDE.decode().encode("utf-16"), "has-dtd"),
        (b"<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/a.dtd'><a/>", "has-dtd"),
        (b"<a>&undeclared;</a>", "not-xml"),
        (b"", "not-xml"),
        (b"%PDF-1.7", "not-xml"),
        (b"<a><b></a>", "not-xml"),
        (b"<a/><b/>", "not-xml"),
        (b"<a>\x00</a>", "not-xml"),
        (b"<?xml version='1.0' encoding='x-none'?><a/>", "unknown-encoding"),
        (b"<a>" * 50 + b"</a>" * 50, "too-deep"),
        (b"<a %s/>" % b" ".join(b'a%d=""' % n for n in range(50)), "too-large"),
    ],
)
def test_what_is_no_message_is_refused(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_what_is_too_large_is_refused_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_ELEMENTS", 1_000)
    assert refusal(b"<a>" + b"<b/>" * 1_000 + b"</a>") == "too-large"
    monkeypatch.setattr(documents, "LARGEST_BYTES", 100)
    assert refusal(b"<a>" + b" " * 100 + b"</a>") == "too-large"


def test_many_pieces_of_text_take_linear_time() -> None:
    began = time.perf_counter()
    read = documents.read(b"<a>" + b"x&amp;" * 500_000 + b"</a>")

    assert len(read.root.text) == 1_000_000
    assert time.perf_counter() - began < 5


def test_names_of_other_namespaces_are_no_plain_names() -> None:
    read = documents.read(b'<D xmlns="urn:one"><A>1</A><x:A xmlns:x="urn:two">2</x:A></D>')

    assert (read.namespace, read.root.name) == ("urn:one", "D")
    assert [found.text for found in read.root.all("A")] == ["1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_banks_may_write_in_older_encodings(encoding: str) -> None:
    content = f"<?xml version='1.0' encoding='{encoding}'?><a>Zoë</a>".encode(encoding)

    assert documents.read(content).root.text == "Zoë"
