"""Values that show how they came about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from app.core.money import euros
from app.obligations.rules import OverClaiming
from app.schemes.terms.fields import WHOLE, half_up


class NotLaidDown(ValueError):  # noqa: N818  The rules' silence, which callers turn into a refusal.
    """The rules are silent about what would have to be known, or don't allow what was said."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the arithmetic."""

    text: str
    figures: str
    """What was computed: `1,000,000.00 × 5 % = 50,000.00`."""
    cents: int | None = None
    """What it came to, where that is an amount."""

    def __str__(self) -> str:
        return f"{self.text}: {self.figures}"


@dataclass(frozen=True, slots=True)
class Worth:
    """What something counts for, and why."""

    cents: int
    """What counts towards what is open; nothing if it does not count."""
    steps: tuple[Step, ...]
    reason: str | None = None
    """Why it does not count at all."""
    surplus_cents: int = 0
    """What is more than is open, where the rules let it count as surplus."""
    beyond_cents: int = 0
    """What is more than its kind may fill: it does not count."""
    unrealised_cents: int = 0
    """What was bought of it and did not come about: it does not count."""

    @property
    def counts(self) -> bool:
        """Whether anything of it counts."""
        return self.reason is None and self.cents + self.surplus_cents > 0


@dataclass(frozen=True, slots=True)
class Room:
    """What an obligation still has room for."""

    imposed_cents: int
    open_cents: int
    of_kind_cents: int = 0
    """What counts already of this kind."""


@dataclass(slots=True)
class Sum:
    """Steps that are written one after the other."""

    steps: list[Step] = field(default_factory=list)

    def note(self, text: str, figures: str, cents: int | None = None) -> None:
        """Add a step."""
        self.steps.append(Step(text, figures, cents))

    def share(self, text: str, cents: int, basis_points: int) -> int:
        """Take a share of an amount, rounded to the nearest cent."""
        found = half_up(cents, basis_points)
        self.note(text, f"{euros(cents)} × {percent(basis_points)} = {euros(found)}", found)
        return found

    def refused(self, reason: str) -> Worth:
        """End with nothing."""
        self.note("Does not count", reason, 0)
        return Worth(0, tuple(self.steps), reason)

    def fitted(
        self,
        cents: int,
        room: Room | None,
        *,
        maximum_share_basis_points: int | None = None,
        over_claiming: OverClaiming | None = None,
    ) -> Worth:
        """End with what fits: within the share of its kind, then within what is open.

        Without a room it is only said what it would be worth.
        """
        if room is None:
            return Worth(cents, tuple(self.steps))
        beyond = 0
        if maximum_share_basis_points is not None:
            most = room.imposed_cents * maximum_share_basis_points // WHOLE
            left = max(0, most - room.of_kind_cents)
            self.note(
                f"At most {percent(maximum_share_basis_points)} of what is imposed, less what"
                " counts already",
                f"{euros(most)} − {euros(room.of_kind_cents)} leaves {euros(left)}",
                left,
            )
            beyond = max(0, cents - left)
            cents -= beyond
            if not cents:
                return self.refused("Its kind fills its share of the obligation already.")
        return self._opened(cents, beyond, room, over_claiming)

    def _opened(
        self, cents: int, beyond: int, room: Room, over_claiming: OverClaiming | None
    ) -> Worth:
        over = max(0, cents - room.open_cents)
        if not over:
            return Worth(cents, tuple(self.steps), beyond_cents=beyond)
        figures = f"{euros(cents)} − {euros(room.open_cents)} = {euros(over)}"
        if over_claiming is OverClaiming.SURPLUS:
            self.note("More than is open is surplus", figures, over)
            return Worth(cents - over, tuple(self.steps), None, over, beyond)
        self.note("More than is open", figures, over)
        return self.refused(f"It is worth {euros(over)} more than is open: claim less.")


def percent(basis_points: int) -> str:
    """Write a share: `5 %`, `2.5 %`."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") + " %"


def rounded(amount: Fraction) -> int:
    """Round an exact amount to the nearest cent; a half goes up."""
    return int((2 * amount.numerator + amount.denominator) // (2 * amount.denominator))


def counted(number: Fraction) -> str:
    """Write a number that may be broken: `6`, `6 12/31`."""
    whole, rest = divmod(number.numerator, number.denominator)
    if not rest:
        return str(whole)
    broken = f"{rest}/{number.denominator}"
    return f"{whole} {broken}" if whole else broken


def listed(names: Sequence[str]) -> str:
    """Name several things in a row."""
    return ", ".join(names)
