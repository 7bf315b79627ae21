"""Certificates: whoever was given one can tell that it is genuine, and whether it still counts."""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from itertools import chain
from typing import Any

import httpx
import pytest
import rfc8785

from app.core.http.accepting import preferred
from app.core.ids import new_id
from app.fulfilments.certificates import codes, state_of
from app.fulfilments.models import Certificate, Fulfilment, FulfilmentState
from app.ledger import positions
from app.transparency import verifier
from app.transparency.actions import publishing
from app.transparency.entries import EntryKind, parse, unbundle
from app.transparency.notes import Key
from app.transparency.tiles import bundles_of
from tests.fulfilments.conftest import Claims
from tests.make import Member
from tests.orders.conftest import said
from tests.orders.undoing import refund


async def _approved(claims: Claims, units: int, **order: Any) -> tuple[Any, str]:  # noqa: ANN401  JSON.
    """Have units bought and approved for the first debt; give the order and the claim's path."""
    order_id = await claims.stall.ordered(units, **order)
    await claims.stall.pay(order_id)
    await claims.bought(108 - units)
    await claims.split(order_id, units, 0)
    claim = await claims.draft(order_id, claims.first, units)
    early = await _get(claims, f"{claim}/certificate", claims.stall.buyer.clerk)
    assert said(early) == (404, "/problems/not-certified")
    assert said(await claims.post(f"{claim}/submissions"))[0] == 201
    assert (await claims.decide(claim, claims.first)).json()["state"] == "approved"
    return order_id, claim


async def _get(
    claims: Claims, path: str, by: Member | None = None, etag: str = ""
) -> httpx.Response:
    who = by.headers if by else {}
    known = {"If-None-Match": etag} if etag else {}
    return await claims.stall.client.get(f"/v1{path}", headers={**who, **known})


async def test_everybody_sees_at_once_what_does_not_count_any_more(claims: Claims) -> None:
    clerk = claims.stall.buyer.clerk
    order_id, claim = await _approved(claims, 10)
    whole = await _get(claims, f"{claim}/certificate", clerk)
    told = whole.json()
    verified = await _get(claims, f"/certificates/{told['code'].replace('-', '').lower()}")
    shown = verified.json()

    # Whoever was given it whole can tell that it is genuine; it is the same, byte by byte.
    assert whole.content == rfc8785.dumps(told)
    assert told["statedDigest"] == hashlib.sha256(rfc8785.dumps(told["stated"])).hexdigest()
    assert told["stated"]["holder"]["name"] == claims.stall.buyer.organisation.legal_name
    assert (told["proof"], told["isTest"]) == (None, True)
    # The buyer asked for no name, and so nobody reads one.
    hidden = {"holder": None, "contract": None, "salt": None}
    assert shown == {**told, "isWhole": False, "stated": {**told["stated"], **hidden}}
    assert verified.headers["cache-control"] == "public, max-age=0"
    etag = verified.headers["etag"]
    assert (await _get(claims, f"/certificates/{told['code']}", etag=etag)).status_code == 304
    units = shown["stated"]["units"]
    assert (units["quantityUnits"], shown["counted"]["valueCents"]) == (10, 150_000)
    assert units["firstSerial"].endswith("-1")
    assert units["lastSerial"] == shown["counted"]["lastSerial"]

    assert said(await refund(claims.stall, order_id, 4))[0] == 201
    partly = (await _get(claims, f"/certificates/{told['code']}", etag=etag)).json()
    assert (partly["state"], partly["stated"]) == ("partly-revoked", shown["stated"])
    assert partly["counted"]["lastSerial"].endswith("-6")
    assert [each["quantityUnits"] for each in partly["revocations"]] == [4]
    assert partly["stateSince"] == partly["revocations"][0]["revokedAt"]

    before = await _on_paper(claims, told, claim)
    await _revoked(claims, claim, told["code"])
    assert await _on_paper(claims, told, claim) != before
    await _listed(claims, told["code"])
    await _in_log(claims, told)


async def _revoked(claims: Claims, claim: str, code: str) -> None:
    await claims.post(f"{claim}/revocations", claims.first.officer, reason="Not the company's own.")
    gone = (await _get(claims, f"/certificates/{code}")).json()
    assert gone["state"] == "revoked"
    assert gone["counted"] == {
        "valueCents": 0,
        "quantityUnits": 0,
        "firstSerial": None,
        "lastSerial": None,
    }
    assert sum(each["valueCents"] for each in gone["revocations"]) == 150_000


async def _on_paper(claims: Claims, told: dict[str, Any], claim: str) -> str:
    """Look at the certificate in its other forms; give the ETag of the PDF."""
    clerk, code = claims.stall.buyer.clerk, told["code"]
    name = told["stated"]["holder"]["name"]
    asked = {"accept": "text/html,*/*;q=0.8", "accept-language": "en"}
    page = await claims.stall.client.get(f"/certificates/{code}", headers=asked)
    whole = await _get(claims, f"{claim}/certificate/document.html?language=nl", clerk)
    state = (await _get(claims, f"/certificates/{code}")).json()["state"]
    assert STATES[state] == tuple(
        re.findall("<strong>(.*)</strong>", each.text)[0] for each in (page, whole)
    )
    assert name not in page.text
    assert name in unescape(whole.text)
    style = re.findall("<style>(.*)</style>", page.text, re.DOTALL)[0].encode()
    hashed = base64.b64encode(hashlib.sha256(style).digest()).decode()
    assert f"style-src 'sha256-{hashed}'" in page.headers["content-security-policy"]

    paper = await _get(claims, f"/certificates/{code}/document.pdf?language=en")
    assert paper.content.startswith(b"%PDF-1.7")
    assert f'filename="{code}.pdf"' in paper.headers["content-disposition"]
    etag: str = paper.headers["etag"]
    known = await _get(claims, f"/certificates/{code}/document.pdf?language=en", etag=etag)
    assert known.status_code == 304
    short = await claims.stall.client.get(f"/certificates/{code}", headers={"accept": "*/json"})
    assert short.headers["content-type"].startswith("text/html")
    assert (await _get(claims, f"{claim}/certificate/document.pdf", clerk)).status_code == 200
    return etag


STILL = "whether it still counts, a replay of the log says"
STATES = {
    "partly-revoked": ("Partly revoked", "Gedeeltelijk ingetrokken"),
    "revoked": ("Revoked", "Ingetrokken"),
}


async def _in_log(claims: Claims, told: dict[str, Any]) -> None:
    """Read in the public log what happened, and check the certificate with its proof, offline."""
    database = claims.stall.database
    await positions.sequence_all(database)
    await publishing.seal(database)
    log = (await _get(claims, "/log")).json()
    counting, events = verifier.Counting(), []
    bundles = [await claims.stall.client.get(f"/log/{t.path}") for t in bundles_of(log["size"])]
    for index, entry in enumerate(chain(*(unbundle(bundle.content) for bundle in bundles))):
        counting.count(index, entry)
        if (said := parse(entry)).kind == EntryKind.FULFILMENT:
            events.append((said.facts["event"], index, said.facts))
    assert [event for event, _, _ in events] == [
        *("drafted", "submitted", "approved", "revoked", "revoked"),
    ]
    assert events[0][2] == {"event": "drafted"}
    approved = events[2][1]
    assert events[2][2]["fulfilmentId"] == told["stated"]["fulfilmentId"]
    assert [(each["valueCents"], each["quantityUnits"]) for _, _, each in events[2:]] == [
        *((150_000, 10), (60_000, 4), (90_000, 6)),
    ]
    assert (counting.fulfilments, counting.kinds["ledger-entry"]) == ({}, counting.position)

    keys = verifier.read_keys([log["keys"][0]["verifierKey"]])
    claim = f"/fulfilments/{told['stated']['fulfilmentId']}"
    whole = await _get(claims, f"{claim}/certificate", claims.stall.buyer.clerk)
    shown = await _get(claims, f"/certificates/{told['code']}")
    for certificate, content in (
        (whole, "the certificate states what was approved"),
        (
            shown,
            (
                "its authority, value and units are those of the approval; names are left out, and"
                " without them nothing proves the rest"
            ),
        ),
    ):
        verified = verifier.verify(certificate.text, keys)
        assert (verified.proven.index, verified.content) == (approved, f"{content}; {STILL}")
    await _decisions_proven(claims, claim, keys)
    paper = await _get(claims, f"{claim}/certificate/document.pdf", claims.stall.buyer.clerk)
    assert b"<pdfaid:part>3</pdfaid:part>" in paper.content
    assert whole.content in _streams(paper.content)
    await _sealed_again(claims, whole)
    forged = whole.text.replace("150000", "160000")
    with pytest.raises(verifier.LogRefused):
        verifier.verify(forged, keys)


async def _decisions_proven(claims: Claims, claim: str, keys: list[Key]) -> None:
    """Check all that happened: what the log commits to is shown to those concerned."""
    officer = claims.first.officer
    decisions = (await _get(claims, f"{claim}/decisions", officer)).json()["items"]
    for decision in decisions:
        path = f"{claim}/decisions/{decision['id']}/proof"
        answer = await _get(claims, path, officer)
        verified = verifier.verify(answer.text, keys)
        assert verified.content == "its content is what the log committed to"
        assert json.dumps(decision["reason"]) in answer.json()["content"]
        assert said(await _get(claims, path, claims.second.officer))[0] == 404
    assert len(decisions) == 5
    nothing = f"{claim}/decisions/{new_id()}/proof"
    assert said(await _get(claims, nothing, officer)) == (404, "/problems/not-found")


def _streams(document: bytes) -> Iterator[bytes]:
    """Read what a PDF holds in packed streams: its attachments, among others."""
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL):
        with suppress(zlib.error):
            yield zlib.decompress(packed)


async def _sealed_again(claims: Claims, whole: httpx.Response) -> None:
    """Let the log grow: the certificate stays as it is, byte by byte."""
    await claims.bought(1)
    await positions.sequence_all(claims.stall.database)
    await publishing.seal(claims.stall.database)
    claim = f"/fulfilments/{whole.json()['stated']['fulfilmentId']}"
    again = await _get(claims, f"{claim}/certificate", claims.stall.buyer.clerk)
    assert again.content == whole.content


async def _listed(claims: Claims, code: str) -> None:
    buyer, officer = claims.stall.buyer, claims.first.officer
    ours = f"/organisations/{buyer.organisation.id}/certificates"
    debt = claims.first.obligation_id
    found = (await _get(claims, f"{ours}?obligationId={debt}", buyer.clerk)).json()["items"]
    assert [(each["code"], each["countedCents"]) for each in found] == [(code, 0)]
    nothing = await _get(claims, f"{ours}?obligationId={new_id()}", buyer.clerk)
    assert nothing.json() == {"items": [], "next": None}
    authority = f"/authorities/{(await _authority(claims))}/certificates"
    assert (await _get(claims, authority, officer)).json()["items"] == found
    assert (await _get(claims, authority, claims.second.officer)).status_code == 404


async def _authority(claims: Claims) -> str:
    path = f"/obligations/{claims.first.obligation_id}"
    found = await _get(claims, path, claims.first.officer)
    return str(found.json()["authorityId"])


async def test_who_asked_to_be_named_is_named_and_a_draft_has_no_certificate(
    claims: Claims,
) -> None:
    _, claim = await _approved(claims, 5, isNamed=True)
    told = (await _get(claims, f"{claim}/certificate", claims.stall.buyer.clerk)).json()
    assert (await _get(claims, f"/certificates/{told['code']}")).json() == told
    assert told["isWhole"]

    stranger = await _get(claims, f"{claim}/certificate", claims.second.officer)
    assert said(stranger) == (404, "/problems/not-found")
    assert said(await _get(claims, f"/certificates/{'0' * 20}")) == (404, "/problems/not-found")
    assert said(await _get(claims, "/certificates/all-of-them"))[0] == 400
    # A person is told on a page, and a program as ever.
    for accept, form in (("text/html", "text/html"), ("application/json", "application/problem")):
        wrong = "/certificates/<b>" + "0" * 20
        answer = await claims.stall.client.get(wrong, headers={"accept": accept})
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith(form)
        assert "<b>" not in answer.text


@pytest.mark.parametrize(
    ("lowered_cents", "state"), [(0, "valid"), (1, "partly-revoked"), (600, "revoked")]
)
def test_of_what_counts_for_nothing_any_more_the_certificate_is_revoked(
    lowered_cents: int, state: str
) -> None:
    certificate = Certificate(content={"valueCents": 600})
    fulfilment = Fulfilment(
        state=FulfilmentState.APPROVED,
        value_cents=600,
        lowered_cents=lowered_cents,
        revoked_cents=0,
        revoked_units=0,
    )

    assert state_of(certificate, fulfilment) == state


def test_numbers_are_read_however_they_are_typed() -> None:
    code = codes.new_code()
    assert codes.normalised(code.lower().replace("-", "")) == code
    assert codes.normalised("oIl2m 9xj4t p0r8v wb3hd") == "0112M-9XJ4T-P0R8V-WB3HD"
    assert len({codes.new_code() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        ("application/json", "application/json"),
        ("application/*;q=0.5, text/html;q=0.4", "application/json"),
        ("application/pdf, application/json;q=0.9, */*;q=0.1", "application/pdf"),
        ("text/html;q=high, application/json;q=0.1", "application/json"),
        ("image/png", "text/html"),
    ],
)
def test_a_reader_gets_the_form_that_they_would_rather_have(accept: str | None, form: str) -> None:
    assert preferred(accept, ("text/html", "application/json", "application/pdf")) == form
