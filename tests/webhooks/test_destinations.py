"""Where webhooks may go, and that nobody gets us to call what is inside."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from app.core.settings import Settings
from app.webhooks import destinations, sending
from app.webhooks.destinations import NotADestination
from app.webhooks.sending import Outcome


@pytest.mark.parametrize(
    "url",
    [
        *("http://maas.example/x", "ftp://maas.example/", "//maas.example/", "maas.example", ""),
        *("https://", "https:///x", "https://maas/", "https://localhost/", "file:///etc/passwd"),
        *(
            "https://user:word@maas.example/",
            "https://user@maas.example/",
            "https://@maas.example/",
        ),
        *("https://maas.example@127.0.0.1/", "https://127.0.0.1#@maas.example/"),
        *("https://127.0.0.1/", "https://10.0.0.1/", "https://8.8.8.8/", "https://2130706433/"),
        *("https://0177.0.0.1/", "https://0x7f.0.0.1/", "https://0x7f000001/", "https://127.1/"),
        *(
            # Digits and full stops of other scripts, which IDNA reads as ours.
            "https://127\u30020\u30020\u30021/",
            "https://\uff11\uff12\uff17.0.0.1/",
            "https://\u246f\u2468.\u2461/",
            "https://0x7f.0x1/",
        ),
        *("https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[fe80::1%25eth0]/"),
        *("https://[64:ff9b::7f00:1]/", "https://[2001:db8::1]:443/", "https://[2606:4700::1]/"),
        *("https://maas.example./", "https://maas..example/", "https://-maas.example/"),
        *(
            "https://maas_x.example/",
            "https://xn--a.com/",
            "https://maas.example:22/",
            "https://maas.example:0/",
        ),
        *("https://maas.example:80/", "https://maas.example:99999/", "https://maas.example:x/"),
        *("https://printer.local/", "https://metadata.google.internal/", "https://a.localhost/"),
        *("https://1.0.0.127.in-addr.arpa/", "https://maas.example/#there", "https://a.b.onion/"),
        *(
            "https://maas.example/ x",
            "https://maas.example\\@127.0.0.1/",
            "https://ma\tas.example/",
        ),
        *(
            "https://maas.example\r\nHost: x/",
            "https://maas%2eexample/",
            "https://ma%00as.example/",
        ),
        *("https://" + "a" * 64 + ".example/", "https://maas.example/" + "x" * 1_000),
        *("http://127.0.0.1:8000/", "http://localhost/", "http://[::1]/"),
    ],
)
def test_no_webhook_goes_there(url: str) -> None:
    with pytest.raises(NotADestination):
        destinations.read(url, allow_here=False)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://erp.maas.example/baat?key=1", "erp.maas.example", 443),
        ("HTTPS://ERP.Maas.Example:443/", "erp.maas.example", 443),
        ("https://maas.example:8443/x", "maas.example", 8443),
        ("https://müller.example/", "xn--mller-kva.example", 443),
        ("https://0x.maas.example", "0x.maas.example", 443),
    ],
)
def test_webhooks_go_to_named_hosts(url: str, host: str, port: int) -> None:
    found = destinations.read(url, allow_here=True)

    assert (found.host, found.port, found.here) == (host, port, False)
    assert found.at("2606:4700::1").host == "2606:4700::1"


def test_this_machine_only_where_that_is_allowed() -> None:
    assert destinations.read("http://127.0.0.1:9/x", allow_here=True).here
    for url in (
        "http://127.0.0.2/",
        "http://xn--a.com/",
        "https://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
    ):
        with pytest.raises(NotADestination):
            destinations.read(url, allow_here=True)
    with pytest.raises(NotADestination, match="BAAT_WEBHOOKS_TO_LOOPBACK"):
        destinations.read("http://127.0.0.1:9/x", allow_here=False)
    live = {"mode": "live", "public_url": "https://baat.example", "webhooks_to_loopback": True}
    with pytest.raises(ValueError, match="live"):
        Settings.model_validate({"database_url": "postgresql://x/x", "secret": "x" * 32, **live})


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.1", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254"),
        *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1"),
        *("198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "255.255.255.255"),
        *("240.0.0.1", "168.63.129.16", "100.100.100.200"),
        *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:7f00:1"),
        *("64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378:8000::1"),
        *("2001:10::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "fc00::1", "fd00:ec2::254"),
        *("fe80::1", "fe80::1%1", "fec0::1", "ff02::1", "5f00::1", "2606:4700::1%1"),
        *("maas.example", "", "0x7f000001", "127.1", "1.2.3.4.5"),
    ],
)
def test_an_address_that_is_not_everybodys(address: str) -> None:
    assert not destinations.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450::8"])
def test_an_address_of_the_public_internet(address: str) -> None:
    assert destinations.is_public(address)


class Names:
    """Finds the addresses of names: others each time, if it is told so."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(self, host: str, _port: int) -> Sequence[str]:
        """Answer with what is next."""
        self.asked.append(host)
        if not self.answers:
            raise socket.gaierror
        return self.answers.pop(0)


OURS = destinations.read("https://hook.maas.example:8443/x", allow_here=False)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (["127.0.0.1"], "not public"),
        (["93.184.216.34", "10.0.0.1"], "not public"),
        (["::ffff:169.254.169.254"], "not public"),
        ([], "nowhere"),
    ],
)
async def test_nothing_is_sent_to_what_a_name_leads_to_inside(answer: list[str], said: str) -> None:
    outcome = await sending.post(OURS, {}, b"", Names(answer).resolve)

    assert outcome.status is None
    assert said in str(outcome.error)
    assert not outcome.arrived


def a_certificate(name: str) -> tuple[bytes, bytes]:
    """A certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM), private


@asynccontextmanager
async def tls_server(folder: Path, name: str) -> AsyncIterator[tuple[int, list[bytes], bytes]]:
    """A server with a certificate of a name: its port, what it hears, and the certificate."""
    certificate, key = a_certificate(name)
    (folder / "both.pem").write_bytes(certificate + key)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(folder / "both.pem")
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=serving) as server:
        yield server.sockets[0].getsockname()[1], heard, certificate


async def test_a_name_is_looked_up_once_and_its_certificate_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with tls_server(tmp_path, "hook.maas.example") as (port, heard, certificate):
        trusting = ssl.create_default_context(cadata=certificate.decode())
        # This machine plays what is public: the first answer is, the second would be not.
        monkeypatch.setattr(sending, "is_public", lambda address: address == "127.0.0.1")
        monkeypatch.setattr(sending, "_trusting", lambda: trusting)
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
        names = Names(["127.0.0.1"], ["10.0.0.1"])
        url = f"https://hook.maas.example:{port}/x"
        there = destinations.read(url, allow_here=False)
        arrived = await sending.post(there, {"webhook-id": "1"}, b"{}", names.resolve)
        rebound = await sending.post(there, {}, b"{}", names.resolve)
        other = destinations.read(url.replace("hook", "other"), allow_here=False)
        mistaken = await sending.post(other, {}, b"{}", Names(["127.0.0.1"]).resolve)

    assert arrived.status == 204
    assert f"\r\nhost: hook.maas.example:{port}\r\n".encode() in heard[0].lower()
    assert names.asked == ["hook.maas.example"] * 2
    assert "not public" in str(rebound.error)
    # The certificate is another name's.
    assert (mistaken.status, mistaken.error) == (None, "The connection failed: ConnectError.")
    assert len(heard) == 1


async def test_another_address_of_the_name_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    async def post_to(address: str, *_request: object) -> Outcome:
        tried.append(address)
        if len(tried) == 1:
            raise httpx.ConnectError("unreachable")
        return Outcome(status=200)

    monkeypatch.setattr(sending, "_post_to", post_to)
    names = Names(["2606:4700::1", "93.184.216.34", "93.184.216.35"])

    outcome = await sending.post(OURS, {}, b"", names.resolve)

    assert tried == ["2606:4700::1", "93.184.216.34"]
    assert outcome.arrived
