"""A certificate on paper; what programs read, its proof too, is attached."""

import hashlib
from datetime import date
from functools import lru_cache
from pathlib import Path

from app.core.languages import Language
from app.core.typesetting import ATTACHMENT, typeset
from app.fulfilments.certificates import qr
from app.fulfilments.certificates.document import CertificateView, canonical
from app.fulfilments.certificates.printing import printed

TEMPLATE = Path(__file__).with_name("certificate.typ")


def render(shown: CertificateView, language: Language, today: date) -> bytes:
    """Set a certificate as it is on a day: the same file for all of that day.

    Raises:
        PdfUnavailableError: the extra `pdf` is not installed.
    """
    return _set(canonical(shown), language, today)


# Somebody who asks for one again and again costs nobody else a core.
@lru_cache(maxsize=128)
def _set(said: bytes, language: Language, today: date) -> bytes:
    shown = CertificateView.model_validate_json(said)
    text = printed(shown, language, today)
    attached = {"name": f"{shown.code}.json", "content": said.decode()}
    data = {**text.data(), "qr": qr.svg(shown.address), ATTACHMENT: attached}
    return typeset(TEMPLATE, data, today)


def tag(shown: CertificateView, language: Language, today: date) -> str:
    """Make the ETag of that file, which costs less than the file."""
    said = canonical(shown) + f"{language}{today}".encode()
    return f'"{hashlib.sha256(said).hexdigest()[:32]}"'
