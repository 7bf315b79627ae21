"""How a claim stood at a cut: told from what was decided about it, one decision after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.fulfilments.models import FulfilmentDecisionKind as Kind
from app.fulfilments.models import FulfilmentState

LIVES = {
    Kind.SUBMITTED: FulfilmentState.SUBMITTED,
    Kind.APPROVED: FulfilmentState.APPROVED,
    Kind.REJECTED: FulfilmentState.REJECTED,
    Kind.RETURNED: FulfilmentState.RETURNED,
    Kind.WITHDRAWN: FulfilmentState.RETURNED,
}
"""Where a decision leaves what it is about."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What counted until then, and does not any more."""

    at: datetime
    units: int
    cents: int


@dataclass(slots=True)
class Claim:
    """What became of a claim."""

    state: FulfilmentState = FulfilmentState.DRAFTED
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    """When it was decided last, or when it counted for less."""
    value_cents: int = 0
    """As submitted; then as approved, the last time."""
    units: int = 0
    """That count; while it waits, that are claimed."""
    cents: int = 0
    """For which it counts; nothing while it does not."""
    approval_id: UUID | None = None
    """Of the decision that its certificate was issued with."""
    taken: list[Taken] = field(default_factory=list)
    """Without what an objection gave back."""

    def happen(self, decision: dict[str, Any], approved_cents: int | None) -> None:
        """Take the next decision; `approved_cents` is what its certificate says of the first."""
        kind, at = Kind(decision["kind"]), datetime.fromisoformat(decision["at"])
        if kind in LIVES:
            self.state = LIVES[kind]
            self.units, self.value_cents = decision["units"], decision["cents"]
            self.cents = 0
        if kind is Kind.SUBMITTED:
            self.submitted_at = at
        elif kind in LIVES:
            self.decided_at = at
        if kind is Kind.APPROVED:
            if self.approval_id is None and approved_cents is not None:
                # It says what counted then: the decision, what that was the rest of.
                self.value_cents = approved_cents
            self.approval_id = self.approval_id or UUID(decision["id"])
            self.cents = self.value_cents
        if kind in {Kind.REVOKED, Kind.ADJUSTED}:
            self._lose(kind, at, decision)

    def _lose(self, kind: Kind, at: datetime, decision: dict[str, Any]) -> None:
        units, cents = decision["units"], decision["cents"]
        had_units = self.units > 0
        self.cents -= cents
        self.units -= units
        self.decided_at = at
        # What has no units is revoked as a whole.
        if kind is Kind.REVOKED and (self.units == 0 or not had_units):
            self.state = FulfilmentState.REVOKED
        if not decision["undone"]:
            self.taken.append(Taken(at, units, cents))


def of(decisions: Sequence[dict[str, Any]], certified: dict[str, Any] | None) -> Claim:
    """Tell how a claim stood after these decisions, and what its certificate states."""
    claim = Claim()
    for decision in decisions:
        claim.happen(decision, None if certified is None else certified["valueCents"])
    return claim
