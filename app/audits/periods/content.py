"""What a period report says: figures by account, obligation, kind of fulfilment, and round."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import rfc8785

from app.audits.periods.naming import Period
from app.core.clock import TIME_ZONE
from app.ledger.chart import KINDS, Kind, Side

FORM = 1
"""Of what it says; another one makes other bytes."""


class Section(StrEnum):
    """What a figure is about."""

    ACCOUNT = "account"
    """A kind of account of a book: the trial balance."""
    OBLIGATION = "obligation"
    """An obligation's account in the book of social return."""
    FULFILMENT = "fulfilment"
    """A kind of fulfilment: what counts for obligations."""
    ROUND = "round"
    """A round's accounts in the books of money and impact."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What an account had before a period, and what was debited and credited in it."""

    kind: str
    owner_id: UUID
    opening: int
    """Debit less credit."""
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What counted for obligations by a kind of fulfilment: added and taken off in a period."""

    kind: str
    opening: int
    opening_count: int
    """So many fulfilments counted for something before."""
    debit: int
    credit: int
    closing_count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was read for a report."""

    moved: Sequence[Moved]
    counted: Sequence[Counted]
    rounds: dict[UUID, UUID]
    """Of which round a project or an order is, by its id."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a report: amounts of the account's normal side, whole cents or units."""

    section: str
    subject: str
    """Which obligation, kind of fulfilment or round; of an account of the keeper, the book."""
    account: str
    unit: str
    opening: int
    debit: int
    credit: int
    closing: int
    opening_count: int | None = None
    closing_count: int | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is about."""
        return self.section, self.subject, self.account


Content = dict[str, Any]
"""A report as JSON has it."""


def written(
    keeper_id: UUID, period: Period, position: int, log_size: int | None, figures: Figures
) -> Content:
    """Write a report; the same figures give the same one."""
    rows = [
        *_accounts(figures.moved),
        *_of_owners(Section.OBLIGATION, figures.moved, {}),
        *_fulfilments(figures.counted),
        *_of_owners(Section.ROUND, figures.moved, figures.rounds),
    ]
    return {
        "form": FORM,
        "keeperId": str(keeper_id),
        "period": period.name,
        "beginsOn": period.begins_on.isoformat(),
        "endsBefore": period.ends_before.isoformat(),
        "timeZone": TIME_ZONE,
        "position": position,
        "logSize": log_size,
        "rows": [_as_json(row) for row in rows],
    }


def _as_json(row: Row) -> Content:
    names = {"opening_count": "openingCount", "closing_count": "closingCount"}
    return {
        names.get(name, name): value for name, value in asdict(row).items() if value is not None
    }


def rows_of(content: Content) -> list[Row]:
    """Read the lines of a report."""
    names = {"openingCount": "opening_count", "closingCount": "closing_count"}
    return [
        Row(**{names.get(name, name): value for name, value in row.items()})
        for row in content["rows"]
    ]


def _accounts(moved: Iterable[Moved]) -> list[Row]:
    return _added(Section.ACCOUNT, ((KINDS[each.kind].book.value, each) for each in moved))


def _of_owners(section: Section, moved: Iterable[Moved], rounds: dict[UUID, UUID]) -> list[Row]:
    if section is Section.OBLIGATION:
        owned = [(str(each.owner_id), each) for each in moved if _is_kept_per(each, "obligation")]
    else:
        owned = [(str(rounds[each.owner_id]), each) for each in moved if each.owner_id in rounds]
    return _added(section, owned)


def _is_kept_per(moved: Moved, what: str) -> bool:
    return KINDS[moved.kind].kept_per == what


def _added(section: Section, found: Iterable[tuple[str, Moved]]) -> list[Row]:
    """Add up by subject and account, in the order of the subjects and of the chart."""
    sums: dict[tuple[str, str], tuple[int, int, int]] = {}
    for subject, each in found:
        opening, debit, credit = sums.get((subject, each.kind), (0, 0, 0))
        key = (subject, each.kind)
        sums[key] = (opening + each.opening, debit + each.debit, credit + each.credit)
    chart = {code: number for number, code in enumerate(KINDS)}
    return [
        _row(section, subject, KINDS[code], sums[subject, code])
        for subject, code in sorted(sums, key=lambda key: (key[0], chart[key[1]]))
    ]


def _row(section: Section, subject: str, kind: Kind, sums: tuple[int, int, int]) -> Row:
    opening, debit, credit = sums
    sign = 1 if kind.side is Side.DEBIT else -1
    closing = opening + debit - credit
    return Row(
        section=section.value,
        subject=subject,
        account=kind.code,
        unit=kind.book.unit,
        opening=sign * opening,
        debit=debit,
        credit=credit,
        closing=sign * closing,
    )


def _fulfilments(counted: Iterable[Counted]) -> list[Row]:
    return [
        Row(
            section=Section.FULFILMENT.value,
            subject=each.kind,
            account="fulfilled",
            unit=KINDS["fulfilled"].book.unit,
            opening=each.opening,
            debit=each.debit,
            credit=each.credit,
            closing=each.opening + each.debit - each.credit,
            opening_count=each.opening_count,
            closing_count=each.closing_count,
        )
        for each in sorted(counted, key=lambda each: each.kind)
    ]


def canonical(content: Content) -> bytes:
    """Write a report as bytes: JSON as RFC 8785 has it, always the same."""
    return rfc8785.dumps(content)


def digest(content: bytes) -> str:
    """Hash the bytes of a report."""
    return hashlib.sha256(content).hexdigest()
