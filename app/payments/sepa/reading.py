"""Reading on from an element, while every fault is noted and none stops the reading."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from stdnum import iban
from stdnum.exceptions import ValidationError as NumberError

from app.core.clock import TIME_ZONE
from app.core.money import LARGEST_AMOUNT
from app.payments.sepa.documents import Element
from app.payments.sepa.faults import Fault

LONGEST_TEXT = 500
CURRENCY = "EUR"
_AMOUNT = re.compile(r"(?P<euros>[0-9]{1,15})(?:\.(?P<cents>[0-9]{1,2})0*)?")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\s]+")


@dataclass(frozen=True, slots=True)
class Reader:
    """An element, where it stands, and the faults of its whole document."""

    element: Element
    where: str
    faults: list[Fault]

    def note(self, path: str, code: str, detail: str) -> None:
        """Note that something is wrong here, or below."""
        self.faults.append(Fault(self._below(path), code, detail))

    def _below(self, path: str) -> str:
        return f"{self.where}/{path}" if self.where else path

    def each(self, path: str) -> "Iterator[Reader]":
        """Read each element at the end of a path; the place counts them from 1."""
        for number, found in enumerate(self.element.all(path), 1):
            yield Reader(found, f"{self._below(path)}[{number}]", self.faults)

    def at(self, path: str) -> "Reader | None":
        """Read the first element at the end of a path, if there is one."""
        found = self.element.find(path)
        return Reader(found, self._below(path), self.faults) if found else None

    def text(self, *paths: str) -> str | None:
        """Read the first of these that says something, as one line."""
        for path in paths:
            found = self.element.find(path)
            line = _UNPRINTABLE.sub(" ", found.text).strip() if found else ""
            if line:
                return line[:LONGEST_TEXT]
        return None

    def needed(self, *paths: str) -> str:
        """Read what must be there; note its absence."""
        found = self.text(*paths)
        if found is None:
            self.note(paths[0], "missing", "This is missing.")
        return found or ""

    def cents(self, path: str) -> int:
        """Read an amount of euros; anything else is a fault, and counts as 0."""
        found = self.element.find(path)
        if found is None:
            self.note(path, "missing", "The amount is missing.")
            return 0
        if (currency := found.attributes.get("Ccy", "")) != CURRENCY:
            self.note(path, "not-euro", f"The amount is in {currency or 'no currency'}, not euro.")
            return 0
        cents = cents_of(found.text)
        if cents is None:
            self.note(path, "no-amount", f"{found.text[:40]!r} is no amount of whole cents.")
        return cents or 0

    def euro_cents(self, *paths: str) -> int | None:
        """Read the first of these that is an amount of euros; nothing is noted."""
        for path in paths:
            found = self.element.find(path)
            if found and found.attributes.get("Ccy") == CURRENCY:
                return cents_of(found.text)
        return None

    def day(self, path: str) -> date | None:
        """Read a date, or the day of a moment, if it is there; note one that is none."""
        text = self.text(f"{path}/Dt", f"{path}/DtTm")
        if text is None:
            return None
        try:
            return _moment(text).date() if "T" in text else date.fromisoformat(text[:10])
        except ValueError:
            self.note(path, "no-date", f"{text[:40]!r} is no date.")
            return None

    def moment(self, path: str) -> datetime | None:
        """Read a moment, if it is there; banks that write no offset mean Dutch time."""
        text = self.text(path)
        if text is None:
            return None
        try:
            return _moment(text)
        except ValueError:
            self.note(path, "no-moment", f"{text[:40]!r} is no moment.")
            return None


def cents_of(text: str) -> int | None:
    """Read an amount as ISO 20022 writes it, `1250.00`; None if it is none of whole cents."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    cents = int(found["euros"]) * 100 + int((found["cents"] or "0").ljust(2, "0"))
    return cents if cents <= LARGEST_AMOUNT else None


def iban_of(text: str | None) -> str | None:
    """Read an account number; None if there is none, or it fails its own check."""
    try:
        return str(iban.validate(text)) if text else None
    except NumberError:
        return None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(TIME_ZONE))
