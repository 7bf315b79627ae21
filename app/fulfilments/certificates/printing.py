"""What is printed of a certificate, on a page or on paper, in the language of its reader."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeAlias

from babel import numbers

from app.core.languages import Language, day, gettext, moment, money
from app.fulfilments.certificates.document import CertificateState, CertificateView, Stated

Facts: TypeAlias = list[tuple[str, str]]
"""Labels with what they say, in order."""


@dataclass(frozen=True, slots=True)
class Printed:
    """All text of a certificate; how it looks is for the page and the paper."""

    language: str
    title: str
    code: str
    test: str
    """Empty where it is real."""
    state: str
    state_label: str
    state_told: str
    sections: list[tuple[str, Facts]]
    revoked: tuple[str, list[str], list[list[str]]]
    """Heading, columns and rows; no rows where nothing was revoked."""
    verify: str
    verify_told: str
    address: str
    qr_told: str
    digest_label: str
    digest: str
    issued_by: str
    page: str

    def data(self) -> dict[str, object]:
        """Give it as a template takes it."""
        return asdict(self)


def printed(shown: CertificateView, language: Language, today: date) -> Printed:
    """Put together all text; `today` is when somebody reads or prints it."""
    told = gettext(
        "This is what stood on %(day)s. What counts may change: look at this address, or scan the"
        " code.",
        language,
        day=day(today, language),
    )
    return Printed(
        language=str(language),
        title=gettext("Certificate of fulfilment", language),
        code=shown.code,
        test=gettext("TEST", language) if shown.is_test else "",
        state=str(shown.state),
        state_label=_state(shown.state, language),
        state_told=_told(shown, language),
        sections=list(_sections(shown, language)),
        revoked=_revoked(shown, language),
        verify=gettext("Verify this certificate", language),
        verify_told=told,
        address=shown.address,
        qr_told=gettext("QR code of %(address)s", language, address=shown.address),
        digest_label=gettext("SHA-256 of what is certified", language),
        digest=shown.stated_digest,
        issued_by=shown.stated.authority.name,
        page=gettext("Page", language),
    )


def _state(state: CertificateState, language: Language) -> str:
    return {
        CertificateState.VALID: gettext("Valid", language),
        CertificateState.PARTLY_REVOKED: gettext("Partly revoked", language),
        CertificateState.REVOKED: gettext("Revoked", language),
    }[state]


def _told(shown: CertificateView, language: Language) -> str:
    value = money(shown.stated.value_cents, language)
    since = moment(shown.state_since, language)
    if shown.state is CertificateState.VALID:
        return gettext("All of it counts: %(value)s.", language, value=value)
    if shown.state is CertificateState.REVOKED:
        return gettext("Nothing of it counts since %(since)s.", language, since=since)
    told = gettext(
        "Since %(since)s only %(counted)s of %(value)s counts.",
        language,
        since=since,
        counted=money(shown.counted.value_cents, language),
        value=value,
    )
    first, last = shown.counted.first_serial, shown.counted.last_serial
    if first is None or last is None:
        return told
    still = gettext("Still counted: %(serials)s.", language, serials=_run(first, last, language))
    return f"{told} {still}"


def _sections(shown: CertificateView, language: Language) -> Iterator[tuple[str, Facts]]:
    stated = shown.stated
    yield gettext("What was approved", language), list(_approved(stated, language))
    if not shown.is_whole:
        hidden = gettext("Not told in public: the holder's own certificate has them.", language)
        yield gettext("For whom", language), [(gettext("Names", language), hidden)]
    elif stated.holder is not None and stated.contract is not None:
        number = f"{stated.holder.country} {stated.holder.register_number}"
        awarded_on = day(stated.contract.awarded_on, language)
        yield (
            gettext("For whom", language),
            [
                (gettext("Holder", language), stated.holder.name),
                (gettext("Trade register", language), number),
                (gettext("Contract", language), stated.contract.reference),
                (gettext("Subject", language), stated.contract.title),
                (gettext("Awarded on", language), awarded_on),
            ],
        )
    yield gettext("By whom", language), list(_by_whom(stated, language))


def _approved(stated: Stated, language: Language) -> Iterator[tuple[str, str]]:
    yield gettext("Way", language), _kind(stated.kind, language)
    if stated.project is not None and stated.scheme is not None:
        title, name = stated.project.title, stated.scheme.name
        yield gettext("Project", language), _in(language, title)
        yield gettext("Offered by", language), stated.project.entrepreneur_name
        yield gettext("Marketplace", language), _in(language, name)
    if stated.units is not None:
        units = stated.units
        serials = _run(units.first_serial, units.last_serial, language)
        yield gettext("Quantity", language), f"{units.quantity_units} {units.unit_name}"
        yield gettext("Serial numbers", language), serials
    yield from _done(stated.claim or {}, language)
    yield gettext("Value without VAT", language), money(stated.value_cents, language)
    if stated.surplus_cents:
        yield gettext("Of it, more than was owed", language), money(stated.surplus_cents, language)


def _done(claim: dict[str, Any], language: Language) -> Iterator[tuple[str, str]]:
    """Say what was done, in counts, periods and amounts."""
    for group in claim.get("groups", ()):
        placed = f"{group['placements']} × {group['block']}, {_period(group, language)}"
        yield gettext("Placements", language), placed
    if "minutes" in claim:
        hours = numbers.format_decimal(claim["minutes"] / 60, "#,##0.##", language.locale)
        spent = gettext(
            "%(hours)s hours, %(period)s", language, hours=hours, period=_period(claim, language)
        )
        yield gettext("Time", language), spent
    if "priceCents" in claim:
        yield gettext("Bought of", language), f"KvK {claim['supplierNumber']}"
        yield gettext("Number of the invoice", language), claim["invoiceNumber"]
        yield gettext("Paid without VAT", language), money(claim["priceCents"], language)
    if "validUntil" in claim:
        until = day(date.fromisoformat(claim["validUntil"]), language)
        yield gettext("Step", language), str(claim["step"])
        yield gettext("Valid until", language), until
    if "description" in claim:
        yield gettext("In words", language), str(claim["description"])


def _period(claim: dict[str, Any], language: Language) -> str:
    first, last = (day(date.fromisoformat(claim[name]), language) for name in ("firstOn", "lastOn"))
    return _run(first, last, language)


def _run(first: str, last: str, language: Language) -> str:
    if first == last:
        return first
    return gettext("%(first)s to %(last)s", language, first=first, last=last)


def _by_whom(stated: Stated, language: Language) -> Iterator[tuple[str, str]]:
    yield gettext("Authority", language), stated.authority.name
    yield gettext("Approved on", language), moment(stated.approved_at, language)
    yield gettext("Submitted on", language), moment(stated.submitted_at, language)
    rules = gettext(
        "version %(number)s, from %(day)s on",
        language,
        number=stated.rules.number,
        day=day(stated.rules.valid_from, language),
    )
    yield gettext("By the rules", language), rules


def _kind(kind: str, language: Language) -> str:
    names = {
        "rikx": gettext("Units of a social project", language),
        "building-block": gettext("Work for people of target groups", language),
        "social-purchase": gettext("Purchase from a social supplier", language),
        "activity-hours": gettext("Hours of social activities", language),
        "in-kind": gettext("Support in kind", language),
        "pso": gettext("Certificate on the PSO ladder", language),
    }
    return names[kind]


def _in(language: Language, names: dict[str, str]) -> str:
    return names.get(language) or names.get("nl") or names.get("en") or "?"


def _revoked(shown: CertificateView, language: Language) -> tuple[str, list[str], list[list[str]]]:
    has_units = shown.stated.units is not None
    columns = [gettext("Since", language), gettext("Value", language)]
    rows = [
        [moment(each.revoked_at, language), money(each.value_cents, language)]
        for each in shown.revocations
    ]
    if has_units:
        columns.insert(1, gettext("Quantity", language))
        for row, each in zip(rows, shown.revocations, strict=True):
            row.insert(1, f"{each.quantity_units}")
    return gettext("What does not count any more", language), columns, rows
