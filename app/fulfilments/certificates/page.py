"""A certificate as a web page: one file, without a script and without anything from elsewhere."""

import base64
import hashlib
from datetime import date
from pathlib import Path

from app.core.languages import Language, templates
from app.fulfilments.certificates import qr
from app.fulfilments.certificates.document import CertificateView
from app.fulfilments.certificates.printing import printed

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


LONGEST_NUMBER = 40
"""So much of what somebody typed is shown to them."""


def unknown(typed: str, language: Language) -> str:
    """Say that no certificate has a number."""
    template = templates(language).get_template("fulfilments/certificates/unknown.html")
    return template.render(typed=typed[:LONGEST_NUMBER], language=str(language), style=STYLE)
