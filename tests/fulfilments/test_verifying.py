"""A page for whoever was given a certificate: what is proven of it, what not, and what counts."""

import re
import zlib
from html import unescape
from typing import Any

import httpx
import pytest

from app.fulfilments.certificates import attachments, verifying
from app.fulfilments.certificates.verifying import NothingSent, Sent, Unreadable
from app.ledger import positions
from app.transparency.actions import publishing
from tests.fulfilments.conftest import Claims
from tests.orders.undoing import refund

ENGLISH = {"accept-language": "en"}


async def certified(claims: Claims) -> tuple[Any, str]:
    """Have units approved; give the order and the claim's path."""
    order_id = await claims.stall.ordered(10)
    await claims.stall.pay(order_id)
    await claims.bought(98)
    await claims.split(order_id, 10, 0)
    claim = await claims.draft(order_id, claims.first, 10)
    await claims.post(f"{claim}/submissions")
    assert (await claims.decide(claim, claims.first)).json()["state"] == "approved"
    return order_id, claim


async def sealed(claims: Claims) -> None:
    await positions.sequence_all(claims.stall.database)
    await publishing.seal(claims.stall.database)


async def sent(
    claims: Claims, language: dict[str, str] = ENGLISH, **fields: str | bytes
) -> tuple[httpx.Response, str]:
    """Send the form as a browser does; give the answer, and what a reader reads."""
    text = {name: value for name, value in fields.items() if isinstance(value, str)}
    file = fields.get("file", b"")
    answer = await claims.stall.client.post(
        "/verify",
        data=text,
        files={"file": ("" if not file else "certificate", file, "application/octet-stream")},
        headers=language,
    )
    return answer, unescape(re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.text)))


async def test_a_certificate_is_verified_by_its_number_its_text_and_its_file(
    claims: Claims,
) -> None:
    order_id, claim = await certified(claims)
    client, clerk = claims.stall.client, claims.stall.buyer.clerk
    code = (await client.get(f"/v1{claim}/certificate", headers=clerk.headers)).json()["code"]
    early = await client.get("/verify", params={"code": code}, headers=ENGLISH)
    assert (early.status_code, "try again in a minute" in early.text) == (409, True)
    await sealed(claims)
    whole = await client.get(f"/v1{claim}/certificate", headers=clerk.headers)
    holder = whole.json()["stated"]["holder"]["name"]

    _, read = await sent(claims, document=f" {code.lower().replace('-', ' ')} ")
    assert "Genuine And all of it counts." in read
    assert "Authority, value and units are those that were approved." in read
    assert "names are left out" in read
    assert holder not in read
    scanned = await client.get(
        "/verify", params={"code": whole.json()["address"]}, headers={"accept-language": "nl"}
    )
    assert "<strong>Echt</strong> En alles ervan telt mee." in scanned.text
    assert f'href="/verify?language=en&amp;code={code}"' in scanned.text

    by_text, read = await sent(claims, document=whole.text)
    assert "Everything that it states is what the authority approved." in read
    assert "names are left out" not in read
    assert holder in read
    assert by_text.headers["cache-control"] == "no-store"
    paper = await client.get(f"/v1{claim}/certificate/document.pdf", headers=clerk.headers)
    _, read = await sent(claims, file=paper.content)
    assert "only the file attached to it was checked" in read
    assert holder in read
    _, read = await sent(claims, file=whole.json()["proof"].encode())
    assert "The approval is leaf" in read

    await _revoked(claims, (order_id, code), whole.text)
    await _refused(claims, whole.text)


async def _revoked(claims: Claims, about: tuple[Any, str], whole: str) -> None:
    order_id, code = about
    assert (await refund(claims.stall, order_id, 4)).status_code == 201
    _, read = await sent(claims, document=whole)
    # The register knows already, and the log within seconds.
    assert "But some of it was revoked, and counts no more." in read
    assert "of €1,500.00 that was approved €1,500.00 counts" in read
    await sealed(claims)
    _, read = await sent(claims, document=whole)
    assert "of €1,500.00 that was approved €900.00 counts" in read
    assert "So do 6 of its units." in read
    page = await claims.stall.client.get(f"/certificates/{code}", headers={"accept": "text/html"})
    assert f'href="/verify?code={code}&amp;language=nl"' in page.text


async def _refused(claims: Claims, whole: str) -> None:
    _, read = await sent(claims, document=whole.replace("150000", "160000"))
    assert "Not proven Nothing of it is to be believed." in read
    assert "What the certificate states is not what was approved." in read
    _, read = await sent(claims, document="<script>alert(1)</script>")
    assert "It is neither a tlog-proof nor JSON." in read
    nothing, read = await sent(claims, document=" ")
    assert (nothing.status_code, "Fill in a number" in read) == (400, True)
    other, read = await sent(claims, {"accept-language": "nl"}, document="7KQ2M-9XJ4T-P0R8V-WB3HD")
    assert (other.status_code, "Geen certificaat heeft dit nummer" in read) == (404, True)
    assert 'role="alert"' in other.text
    bad, read = await sent(claims, file=b"%PDF-1.7 of somebody else")
    assert (bad.status_code, "no PDF that a certificate" in read) == (400, True)
    huge, read = await sent(claims, document="x" * 1_100_000)
    assert (huge.status_code, "larger than any certificate" in read) == (413, True)
    form = await claims.stall.client.get("/verify", headers=ENGLISH)
    assert "form-action 'self'" in form.headers["content-security-policy"]
    assert (form.status_code, "<script" in form.text) == (200, False)


CODE = "7KQ2M-9XJ4T-P0R8V-WB3HD"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (CODE, Sent(code=CODE)),
        ("7kq2m 9xj4t p0r8v wb3hd", Sent(code=CODE)),
        (f"https://baat.example/certificates/{CODE}?language=nl", Sent(code=CODE)),
        ("{}", Sent(document="{}")),
        ("7KQ2M", Sent(document="7KQ2M")),
    ],
)
def test_a_number_is_told_from_a_document(typed: str, found: Sent) -> None:
    assert verifying.typed(f"\n{typed} ") == found


def test_what_is_no_form_holds_nothing() -> None:
    for content_type in (
        "",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=é",
    ):
        assert verifying.fields_of(content_type, b"--x\r\n\r\n") == {}
    with pytest.raises(NothingSent):
        verifying.read({})
    with pytest.raises(Unreadable):
        verifying.read({"file": b"\xff\xfe\x00"})


def test_of_a_pdf_only_what_is_attached_is_read() -> None:
    packed = zlib.compress(b"{}")
    said = b"<< /Type /EmbeddedFile /Filter /FlateDecode >>"
    stream = b"%PDF-1.7\n1 0 obj\n" + said + b"\nstream\n" + packed + b"\nendstream"

    assert attachments.attached(stream) == b"{}"
    assert attachments.attached(stream.replace(packed, b"no deflate")) is None
    assert attachments.attached(stream.replace(b"endstream", b"")) is None
    assert attachments.attached(stream.replace(b" /Filter /FlateDecode", b"")) == packed
    bomb = zlib.compress(b"\0" * 50_000_000)
    assert len(attachments.attached(stream.replace(packed, bomb)) or b"") == attachments.MOST_BYTES
