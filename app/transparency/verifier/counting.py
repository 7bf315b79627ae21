"""What the entries of a log say together: no unit counts twice, and how much counts for whom."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from app.transparency import entries
from app.transparency.entries import Entry, EntryKind, EntryRefused
from app.transparency.verifier.refusing import LogRefused

_Range: TypeAlias = tuple[int, int]
"""Of serials: the first and the last."""


@dataclass(slots=True)
class Counted:
    """What one fulfilment counts for by now."""

    authority_id: UUID
    value_cents: int
    quantity_units: int
    serials: _Range | None


@dataclass(slots=True)
class Total:
    """What counts for one authority by now."""

    fulfilments: int = 0
    value_cents: int = 0
    quantity_units: int = 0


class Counting:
    """Reads entries in their order, and insists that they fit each other."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.position = 0
        """How far the books have come in the log."""
        self.fulfilments: dict[UUID, Counted] = {}
        """What still counts."""
        self._serials: list[_Range] = []

    def count(self, index: int, written: bytes) -> None:
        """Take the next entry.

        Raises:
            LogRefused: it does not fit those before it.
        """
        try:
            entry = entries.parse(written)
            self.kinds[entry.kind] += 1
            if entry.kind == EntryKind.LEDGER:
                self._follow(entry)
            if entry.kind == EntryKind.FULFILMENT:
                self._happen(entry)
        except EntryRefused as refused:
            raise LogRefused(f"Leaf {index}: {refused}") from refused

    def totals(self) -> dict[UUID, Total]:
        """Add up what counts, by authority."""
        found: dict[UUID, Total] = {}
        for counted in self.fulfilments.values():
            total = found.setdefault(counted.authority_id, Total())
            total.fulfilments += 1
            total.value_cents += counted.value_cents
            total.quantity_units += counted.quantity_units
        return dict(sorted(found.items()))

    def _follow(self, entry: Entry) -> None:
        position = entries.number_of(entry, "position")
        if position != self.position + 1:
            raise EntryRefused(f"position {position} does not follow {self.position}.")
        self.position = position

    def _happen(self, entry: Entry) -> None:
        events: dict[object, Callable[[UUID, Entry], None]] = {
            "approved": self._approve,
            "revoked": self._revoke,
            "adjusted": self._adjust,
        }
        if happen := events.get(entry.facts.get("event")):
            happen(entries.uuid_of(entry, "fulfilmentId"), entry)

    def _approve(self, fulfilment_id: UUID, entry: Entry) -> None:
        if fulfilment_id in self.fulfilments:
            raise EntryRefused(f"fulfilment {fulfilment_id} counts already.")
        units = entries.number_of(entry, "quantityUnits")
        serials = None
        if units:
            serials = tuple(entries.number_of(entry, f"{end}Serial") for end in ("first", "last"))
            self._occupy((serials[0], serials[1]), units)
        self.fulfilments[fulfilment_id] = Counted(
            authority_id=entries.uuid_of(entry, "authorityId"),
            value_cents=entries.number_of(entry, "valueCents"),
            quantity_units=units,
            serials=None if serials is None else (serials[0], serials[1]),
        )

    def _occupy(self, serials: _Range, units: int) -> None:
        first, last = serials
        if last - first + 1 != units:
            raise EntryRefused(f"serials {first} to {last} are not {units} units.")
        at = bisect_left(self._serials, serials)
        for other in self._serials[max(at - 1, 0) : at + 1]:
            if first <= other[1] and other[0] <= last:
                raise EntryRefused(f"of serials {first} to {last} some count already.")
        insort(self._serials, serials)

    def _revoke(self, fulfilment_id: UUID, entry: Entry) -> None:
        counted = self._known(fulfilment_id)
        units = entries.number_of(entry, "quantityUnits")
        counted.value_cents -= entries.number_of(entry, "valueCents")
        counted.quantity_units -= units
        if counted.value_cents < 0 or counted.quantity_units < 0:
            raise EntryRefused(f"more of fulfilment {fulfilment_id} is revoked than counts.")
        if counted.serials is not None:
            first, last = counted.serials
            self._serials.remove(counted.serials)
            # The last units go first.
            counted.serials = (first, last - units) if last - units >= first else None
            if counted.serials is not None:
                insort(self._serials, counted.serials)
        if counted.quantity_units == 0 and (units or counted.value_cents == 0):
            del self.fulfilments[fulfilment_id]

    def _adjust(self, fulfilment_id: UUID, entry: Entry) -> None:
        counted = self._known(fulfilment_id)
        counted.value_cents -= entries.number_of(entry, "valueCents")
        if counted.value_cents < 0:
            raise EntryRefused(f"fulfilment {fulfilment_id} would count for less than nothing.")

    def _known(self, fulfilment_id: UUID) -> Counted:
        if counted := self.fulfilments.get(fulfilment_id):
            return counted
        raise EntryRefused(f"fulfilment {fulfilment_id} does not count.")
