"""What the page says of something that was verified, in the language of its reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from app.core.languages import Language, gettext, moment, money
from app.fulfilments.certificates.document import CertificateState, CertificateView
from app.fulfilments.certificates.printing import Facts, printed
from app.fulfilments.certificates.verifying import Checked


@dataclass(frozen=True, slots=True)
class Counted:
    """What of a fulfilment counts by the public log, up to its newest checkpoint."""

    size: int
    signed_at: datetime
    cents: int
    units: int


@dataclass(frozen=True, slots=True)
class Told:
    """All text of what was found."""

    verdict: str
    tone: str
    """How it looks: as a certificate that is valid, partly revoked, or revoked."""
    summary: str
    reason: str | None
    """Why it is not proven, in English."""
    findings: list[tuple[str, list[str]]]
    sections: list[tuple[str, Facts]]
    address: str | None
    fulfilment_id: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What was verified, what the log adds up to, and what the register says now."""

    checked: Checked
    counted: Counted | None
    now: CertificateView | None
    from_pdf: bool


def tell(found: Found, language: Language, today: date) -> Told:
    """Say what was found."""
    checked = found.checked
    if checked.verified is None:
        return Told(
            verdict=gettext("Not proven", language),
            tone="revoked",
            summary=gettext("Nothing of it is to be believed.", language),
            reason=checked.refusal,
            findings=[],
            sections=[],
            address=None,
            fulfilment_id=None,
        )
    now = found.now
    headings = (
        (gettext("What is proven", language), list(_proven(checked, language))),
        (gettext("Whether it still counts", language), list(_counts(found, language))),
        (gettext("What is not proven", language), list(_not_proven(found, language))),
    )
    return Told(
        verdict=gettext("Genuine", language),
        tone=str(now.state) if now else "valid",
        summary=_summary(found, language),
        reason=None,
        findings=[(heading, sentences) for heading, sentences in headings if sentences],
        sections=[] if now is None else printed(_as_sent(checked, now), language, today).sections,
        address=f"/certificates/{now.code}?language={language}" if now else None,
        fulfilment_id=str(checked.fulfilment_id) if checked.fulfilment_id else None,
    )


def _as_sent(checked: Checked, now: CertificateView) -> CertificateView:
    """Show what was sent, with its names where it has some: it is proven to be what was stated."""
    if checked.stated is None or not checked.is_whole:
        return now
    return CertificateView.model_validate(
        {**now.model_dump(mode="json", by_alias=True), "stated": checked.stated, "isWhole": True}
    )


def _summary(found: Found, language: Language) -> str:
    now = found.now
    if now is None:
        return gettext("It stands in the public log as it was sent.", language)
    if now.state is CertificateState.VALID:
        return gettext("And all of it counts.", language)
    if now.state is CertificateState.REVOKED:
        return gettext("But it was revoked: nothing of it counts any more.", language)
    return gettext("But some of it was revoked, and counts no more.", language)


def _proven(checked: Checked, language: Language) -> Iterator[str]:
    if checked.verified is None:
        return
    proven = checked.verified.proven
    if checked.stated is not None and checked.is_whole:
        yield gettext("Everything that it states is what the authority approved.", language)
    elif checked.stated is not None:
        yield gettext("Authority, value and units are those that were approved.", language)
    yield gettext(
        "The approval is leaf %(index)s of the public log of %(size)s leaves, whose checkpoint is"
        " signed by %(names)s.",
        language,
        index=proven.index,
        size=proven.checkpoint.size,
        names=", ".join(key.name for key in proven.log_keys),
    )
    for key, seconds in proven.witnesses:
        seen = moment(datetime.fromtimestamp(seconds, UTC), language)
        yield gettext(
            "%(witness)s, a witness, saw that checkpoint on %(moment)s.",
            language,
            witness=key.name,
            moment=seen,
        )


def _counts(found: Found, language: Language) -> Iterator[str]:
    counted, verified = found.counted, found.checked.verified
    if counted is None or verified is None:
        return
    values: dict[str, Any] = {
        "counted": money(counted.cents, language),
        "size": counted.size,
        "moment": moment(counted.signed_at, language),
    }
    approved = verified.entry.facts.get("valueCents")
    if isinstance(approved, int):
        yield gettext(
            "By the public log, of %(approved)s that was approved %(counted)s counts: as of the"
            " checkpoint of %(size)s leaves, signed on %(moment)s.",
            language,
            approved=money(approved, language),
            **values,
        )
    if counted.units:
        yield gettext("So do %(units)s of its units.", language, units=counted.units)


def _not_proven(found: Found, language: Language) -> Iterator[str]:
    if found.checked.stated is not None and not found.checked.is_whole:
        yield gettext(
            "For whom and for which contract it was: names are left out, and without them only"
            " authority, value and units can be compared.",
            language,
        )
    if found.from_pdf:
        yield gettext(
            "What is printed in the PDF: only the file attached to it was checked. Compare what"
            " you read there with what stands below.",
            language,
        )
    yield gettext(
        "What happens after that checkpoint: whatever is revoked later shows only then.", language
    )


def refused(why: str, language: Language) -> str:
    """Say why nothing was verified."""
    sentences = {
        "nothing": gettext("Fill in a number or an address, or choose a file.", language),
        "unreadable": gettext(
            "It is no text, and no PDF that a certificate of this register is attached to.",
            language,
        ),
        "too large": gettext(
            "It is larger than any certificate. Send the certificate's own file.", language
        ),
        "unknown": gettext(
            "No certificate has this number: compare it with the one that you were given.",
            language,
        ),
        "waits": gettext(
            "The public log has not taken this certificate up yet: try again in a minute.",
            language,
        ),
    }
    return sentences[why]
