"""A certificate as a web page: one file, without a script and without anything from elsewhere."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.core.languages import Language, templates
from app.fulfilments.certificates import qr
from app.fulfilments.certificates.document import CertificateView
from app.fulfilments.certificates.printing import printed
from app.fulfilments.certificates.told import Told

STYLE = Path(__file__).with_name("certificate.css").read_text()
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
"""The page's Content-Security-Policy: its own style, and the picture of the code."""


def render(shown: CertificateView, language: Language, today: date) -> str:
    """Write a certificate as it is on a day."""
    picture = base64.b64encode(qr.svg(shown.address).encode()).decode()
    template = templates(language).get_template("fulfilments/certificates/certificate.html")
    return template.render(
        told=printed(shown, language, today),
        style=STYLE,
        qr=f"data:image/svg+xml;base64,{picture}",
    )


FORM_POLICY = POLICY.replace("form-action 'none'", "form-action 'self'")
"""The same, of a page that sends a form to where it comes from."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody sees who verifies something."""

    told: Told | None = None
    refusal: str | None = None
    typed: str = ""
    code: str | None = None
    """The number that was asked for by the page's address."""


def verifying(asked: Asked, language: Language, log: tuple[str, str, str]) -> str:
    """Write the page that verifies; `log` is its origin, its address and its newest key."""
    origin, address, key = log
    template = templates(language).get_template("fulfilments/certificates/verify.html")
    return template.render(
        told=asked.told,
        refusal=asked.refusal,
        typed=asked.typed[:LONGEST_NUMBER],
        again=f"&code={asked.code}" if asked.code else "",
        origin=origin,
        log=address,
        key=key,
        language=str(language),
        style=STYLE,
    )


LONGEST_NUMBER = 40
"""So much of what somebody typed is shown to them."""


def unknown(typed: str, language: Language) -> str:
    """Say that no certificate has a number."""
    template = templates(language).get_template("fulfilments/certificates/unknown.html")
    return template.render(typed=typed[:LONGEST_NUMBER], language=str(language), style=STYLE)
