"""What a release or a record of OCDS 1.1 says about contracts; nothing of it is trusted.

A contract takes its parties from the suppliers of its award, its kind from the tender, its sum from
its own value and its tender sum from that of the award. OCDS has no member for a social-return
clause: goals that begin with `social` (the sustainability extension) are one, and of the others
whoever imports says whether they have one. Contracts out of an audit pack are known by the
authority's own number again.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import ValidationError

from app.core import clock, faults
from app.obligations.importing.candidates import Candidate, Party, Unfit
from app.obligations.importing.packages import Item
from app.obligations.models import ImportOutcome
from app.obligations.parties import PARTY_SCHEME, TRADE_REGISTERS, normalised
from app.obligations.schemas.contracts import ContractTerms

KINDS = {"goods": "supplies", "works": "works", "services": "services"}
LONGEST_REFERENCE = 100
LONGEST_TITLE = 300
LONGEST_REASON = 500
MOST_PARTIES = 20

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*)?", re.DOTALL)

OWN_PROCESS = "baat-"
"""How the ocid of a contract begins that came in no file: its id follows (`audits.packs.ocds`)."""
_OWN_OCID = re.compile(rf"{OWN_PROCESS}[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}")

Found = Candidate | Unfit


@dataclass(frozen=True, slots=True)
class Reading:
    """Whose contracts are read, and what is taken for granted."""

    country: str
    register_number: str
    """Of the authority: contracts of other buyers are passed over."""
    assume_clause: bool


class _UnfitError(Exception):
    """Why one contract can't be taken."""

    def __init__(self, code: str, detail: str, *, passed_over: bool = False) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.outcome = ImportOutcome.PASSED_OVER if passed_over else ImportOutcome.REFUSED


def found_in(item: Item, reading: Reading) -> list[Found]:
    """Read what an item of a package says about contracts: each fit, or unfit with a reason."""
    key = f"{item.kind} {item.number}"
    try:
        release = _release(item)
        key = ocid = _ocid(release)
        _insist_on_buyer(release, reading)
        return list(_contracts(ocid, release, reading))
    except _UnfitError as unfit:
        return [Unfit(key[:200], unfit.outcome, unfit.code, unfit.detail)]


def _ocid(release: Mapping[str, Any]) -> str:
    if ocid := _text(release, "ocid"):
        return ocid
    raise _UnfitError("no-ocid", "It has no ocid, so that nobody could tell it from others.")


def _release(item: Item) -> Mapping[str, Any]:
    if item.value is None:
        raise _UnfitError("too-large", "It is larger than what is read about one process.")
    value = _object(item.value)
    if item.kind == "release":
        return value
    if compiled := _object(value.get("compiledRelease")):
        return compiled
    embedded = [each for each in _objects(value, "releases") if "ocid" in each]
    if not embedded:
        message = "The record only links to releases: send the releases themselves."
        raise _UnfitError("linked-releases", message)
    return max(embedded, key=lambda each: _text(each, "date"))


def _insist_on_buyer(release: Mapping[str, Any], reading: Reading) -> None:
    """Pass over what another buyer awarded, where the file says who it is."""
    buyer = _object(release.get("buyer"))
    identifier = _object(_known(release, buyer).get("identifier"))
    country = TRADE_REGISTERS.get(_text(identifier, "scheme"))
    if country is None:
        return
    try:
        number = normalised(_text(identifier, "scheme"), _text(identifier, "id"))
    except ValueError:
        return
    if (country, number) != (reading.country, reading.register_number):
        message = f"Another buyer awarded it: {number}."
        raise _UnfitError("other-buyer", message, passed_over=True)


def _contracts(ocid: str, release: Mapping[str, Any], reading: Reading) -> Iterator[Found]:
    awards = {_text(award, "id"): award for award in _objects(release, "awards")}
    contracts = _objects(release, "contracts")
    for place, contract in enumerate(contracts, 1):
        key = f"{ocid}/{_text(contract, 'id') or place}"
        award = awards.get(_text(contract, "awardID"), {})
        try:
            yield _candidate(key, release, contract, award, reading)
        except _UnfitError as unfit:
            yield Unfit(key[:200], unfit.outcome, unfit.code, unfit.detail)
    contracted = {_text(contract, "awardID") for contract in contracts}
    for award_id in sorted(awards.keys() - contracted):
        detail = "It was awarded, and no contract follows from it in this file."
        passed = ImportOutcome.PASSED_OVER
        yield Unfit(f"{ocid}/award {award_id}"[:200], passed, "no-contract-yet", detail)
    if not contracts and not awards:
        passed = ImportOutcome.PASSED_OVER
        yield Unfit(ocid[:200], passed, "nothing-awarded", "Nothing is awarded in it.")


def _candidate(
    key: str,
    release: Mapping[str, Any],
    contract: Mapping[str, Any],
    award: Mapping[str, Any],
    reading: Reading,
) -> Candidate:
    if not _text(contract, "id"):
        message = "The contract has no id, so that nobody could tell it from others."
        raise _UnfitError("no-id", message)
    is_own = _OWN_OCID.fullmatch(_text(release, "ocid")) is not None
    reference = _text(contract, "id") if is_own else key
    if len(reference) > LONGEST_REFERENCE:
        raise _UnfitError("long-id", f"Its ids are longer than {LONGEST_REFERENCE} characters.")
    status = _text(contract, "status")
    if status == "pending":
        message = "The contract is proposed and not in force."
        raise _UnfitError("pending", message, passed_over=True)
    awarded_on = _awarded_on(release, contract, award)
    terms = {
        "title": _title(release, contract, award, key),
        "kind": _kind(release, contract),
        "hasClause": reading.assume_clause or _has_social_goal(release),
        "contractSumCents": _cents(contract),
        "tenderSumCents": _cents(award),
        **_period(contract, award, awarded_on),
    }
    try:
        says = ContractTerms.model_validate(terms).columns()
    except ValidationError as error:
        raise _UnfitError("invalid", _first(error)) from error
    return Candidate(
        reference=reference,
        source_key=key,
        awarded_on=awarded_on,
        says={**says, "is_cancelled": status == "cancelled"},
        parties=_parties(release, award),
        reason=_reason(contract),
    )


def _first(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    member = ".".join(map(str, fault["loc"])) or "it"
    return f"{member}: {faults.said(fault)['detail']}"


def _awarded_on(
    release: Mapping[str, Any], contract: Mapping[str, Any], award: Mapping[str, Any]
) -> date:
    for text in (_text(award, "date"), _text(contract, "dateSigned"), _text(release, "date")):
        if (found := _day_here(text)) is not None:
            return found
    raise _UnfitError("no-date", "Nothing says when it was awarded.")


def _title(
    release: Mapping[str, Any], contract: Mapping[str, Any], award: Mapping[str, Any], key: str
) -> str:
    tender = _object(release.get("tender"))
    titles = (_text(each, "title") for each in (contract, award, tender))
    words = next(filter(None, titles), key).split()
    return " ".join(words)[:LONGEST_TITLE]


def _kind(release: Mapping[str, Any], contract: Mapping[str, Any]) -> str:
    for each in (contract, _object(release.get("tender"))):
        if kind := KINDS.get(_text(each, "mainProcurementCategory")):
            return kind
    message = "The tender does not say whether it is about goods, works or services."
    raise _UnfitError("no-category", message)


def _has_social_goal(release: Mapping[str, Any]) -> bool:
    tender = _object(release.get("tender"))
    goals = [tender, *_objects(tender, "lots")]
    return any(
        _text(goal, "goal").startswith("social")
        for each in goals
        for goal in _objects(each, "sustainability")
    )


def _cents(about: Mapping[str, Any]) -> int | None:
    """Read an amount in euros; nothing, if there is none."""
    value = _object(about.get("value"))
    amount = value.get("amount")
    if amount is None:
        return None
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        raise _UnfitError("no-amount", "Its value is no number.")
    if (currency := _text(value, "currency")) != "EUR":
        message = f"Its value is in {currency[:10] or 'no currency'}; only EUR is reckoned with."
        raise _UnfitError("other-currency", message)
    whole = Decimal(amount)
    if not whole.is_finite() or not 0 <= whole < _MOST_EUROS:
        raise _UnfitError("no-amount", "Its value is no amount that can be.")
    return int((whole * 100).quantize(Decimal(1), ROUND_HALF_UP))


_MOST_EUROS = Decimal(10**13)


def _period(
    contract: Mapping[str, Any], award: Mapping[str, Any], awarded_on: date
) -> dict[str, str]:
    for period in (_object(contract.get("period")), _object(award.get("contractPeriod"))):
        starts_on = _day(_text(period, "startDate")) or awarded_on
        ends_on = _day(_text(period, "endDate"))
        ends_on = ends_on or _after(starts_on, period.get("durationInDays"))
        if ends_on is not None:
            return {"startsOn": starts_on.isoformat(), "endsOn": ends_on.isoformat()}
    raise _UnfitError("no-period", "Nothing says when it ends.")


def _after(starts_on: date, days: object) -> date | None:
    if isinstance(days, bool) or not isinstance(days, int) or not 0 < days < _MOST_DAYS:
        return None
    # No calendar goes on for ever.
    return date.fromordinal(min(starts_on.toordinal() + days - 1, date.max.toordinal()))


_MOST_DAYS = 36_525


def _parties(release: Mapping[str, Any], award: Mapping[str, Any]) -> tuple[Party, ...]:
    """Read the suppliers; none where the file does not repeat them."""
    found: dict[tuple[str, str], Party] = {}
    for supplier in _objects(award, "suppliers")[: MOST_PARTIES + 1]:
        party = _party(release, supplier)
        found.setdefault((party.scheme, party.identifier), party)
    if len(found) > MOST_PARTIES:
        raise _UnfitError("too-many-suppliers", f"It has more than {MOST_PARTIES} suppliers.")
    return tuple(found.values())


def _party(release: Mapping[str, Any], supplier: Mapping[str, Any]) -> Party:
    known = _known(release, supplier)
    identifier = _object(known.get("identifier"))
    scheme, number = _text(identifier, "scheme"), _text(identifier, "id")
    name = _line(_text(identifier, "legalName") or _text(known, "name"))
    shown = name[:100] or "A supplier"
    if not scheme or not number:
        raise _UnfitError("no-number", f"{shown} has no number of a register.")
    if not re.fullmatch(PARTY_SCHEME, scheme):
        message = f"{shown} has a number of {scheme[:30]}, which is no register of org-id.guide."
        raise _UnfitError("unknown-register", message)
    try:
        return Party(scheme, normalised(scheme, number)[:60], name[:LONGEST_TITLE] or number[:60])
    except ValueError as error:
        raise _UnfitError("bad-number", f"{shown}: {error}.") from error


def _known(release: Mapping[str, Any], reference: Mapping[str, Any]) -> Mapping[str, Any]:
    """Find an organisation: what stands with the reference, and in the list of parties."""
    wanted = _text(reference, "id")
    listed = (party for party in _objects(release, "parties") if _text(party, "id") == wanted)
    party = next(listed, {}) if wanted else {}
    return {**party, **{name: value for name, value in reference.items() if value}}


def _reason(contract: Mapping[str, Any]) -> str:
    told = [
        _text(amendment, "rationale") or _text(amendment, "description")
        for amendment in _objects(contract, "amendments")
    ]
    last = _line(told[-1] if told else "")[:LONGEST_REASON]
    return last or "Imported from an OCDS file."


def _line(text: str) -> str:
    """Write a text in one line, without control characters."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    listed = value.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _text(value: Mapping[str, Any], name: str) -> str:
    """Read a text, or a number that stands for one; what else there is says nothing."""
    found = value.get(name)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return found.replace("\0", "").strip() if isinstance(found, str) else ""


def _day_here(text: str) -> date | None:
    """Read on which day a moment was where authorities read their clocks: rules begin at midnight.

    Of periods the day counts that is written: their ends stand as `T23:59:59Z`, whatever the zone.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return clock.day_of(moment)
    except (ValueError, OverflowError):
        pass
    return _day(text)


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
