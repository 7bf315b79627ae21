"""Signatures, checked by somebody else's program, and the times between attempts."""

from base64 import b64decode
from time import time
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from app.webhooks import schedule, signing
from app.webhooks.signing import Pair

MESSAGE = UUID(int=1)
BODY = '{"type":"order.paid","data":{"naam":"é"}}'.encode()


def test_the_reference_verifier_accepts_our_signatures() -> None:
    new, old = Pair.new(), Pair.new()
    headers = signing.headers(MESSAGE, int(time()), BODY, [new, old])

    for pair in (new, old):
        secret = signing.secret_text(pair.secret)
        assert Webhook(secret).verify(BODY, headers) == {
            "type": "order.paid",
            "data": {"naam": "é"},
        }
    for changed in (BODY + b" ", BODY.replace(b"paid", b"sold")):
        with pytest.raises(WebhookVerificationError):
            Webhook(signing.secret_text(new.secret)).verify(changed, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.secret_text(Pair.new().secret)).verify(BODY, headers)


def test_the_key_signs_what_the_secret_does() -> None:
    pair = Pair.read(bytes(Pair.new()))
    headers = signing.headers(MESSAGE, 1_700_000_000, BODY, [pair])
    _, signed = headers["webhook-signature"].split(" ")
    public = signing.public_text(pair.public_key).removeprefix("whpk_")
    key = Ed25519PublicKey.from_public_bytes(b64decode(public))
    content = f"{MESSAGE}.1700000000.".encode() + BODY

    assert signed.startswith("v1a,")
    key.verify(b64decode(signed.removeprefix("v1a,")), content)
    with pytest.raises(InvalidSignature):
        key.verify(b64decode(signed.removeprefix("v1a,")), content + b" ")


def test_ten_attempts_in_a_little_over_three_days() -> None:
    waits = [schedule.wait_seconds(failures) for failures in range(1, 11)]

    assert waits.pop() is None
    for wait, delay in zip(waits, schedule.DELAYS_SECONDS, strict=True):
        assert wait is not None
        assert delay <= wait <= delay * 1.2
    assert sum(schedule.DELAYS_SECONDS) == ((75 * 60) + 35) * 60 + 5


def test_a_receiver_may_ask_for_more_time_but_not_for_ever() -> None:
    assert schedule.wait_seconds(1, 600) == 600
    assert (schedule.wait_seconds(3, 600) or 0) >= 1_800
    assert schedule.wait_seconds(1, 1e9) == 86_400
