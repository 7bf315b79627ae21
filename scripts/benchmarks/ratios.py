"""One table of all sections: what was measured, what stands beside it, and what was wanted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """What a ratio, or what was measured itself, should reach or stay below."""

    limit: float
    is_most: bool = False
    is_of_ratio: bool = True


@dataclass(frozen=True)
class Rival:
    """What the same run measured beside it."""

    name: str
    figure: float


@dataclass(frozen=True)
class Ratio:
    """One thing that a section measured."""

    what: str
    figure: float
    unit: str
    rival: Rival | None = None
    goal: Goal | None = None
    of_rounds: float | None = None
    """The ratio, where it is a median of rounds and not that of two medians."""

    @property
    def ratio(self) -> float | None:
        """How much of its rival it is."""
        if self.rival is None:
            return None
        return self.of_rounds or self.figure / self.rival.figure

    @property
    def is_reached(self) -> bool | None:
        """Whether it is what was wanted; nothing where nothing was."""
        if self.goal is None:
            return None
        found = self.ratio if self.goal.is_of_ratio else self.figure
        if found is None:
            return None
        return found <= self.goal.limit if self.goal.is_most else found >= self.goal.limit


Found = Mapping[str, Sequence[Ratio] | str]
"""What each section measured; or why it did not."""

HEAD = (
    f"{'section':<8}{'what':<58}{'measured':>12}     {'beside':>10} {'of':<20}"
    f"{'ratio':>7}  {'goal':<12}reached"
)


def table(found: Found, machine: str) -> str:
    """Write one line for each ratio, and how many goals are reached."""
    lines = ["all sections", machine, "", HEAD]
    for section, ratios in found.items():
        if isinstance(ratios, str):
            lines.append(f"{section:<8}not measured: {' '.join(ratios.split())}")
        else:
            lines += [f"{section:<8}{_line(each)}".rstrip() for each in ratios]
    asked = [each.is_reached for each in _all(found) if each.is_reached is not None]
    return "\n".join([*lines, "", f"{sum(asked)} of {len(asked)} goals are reached."])


def _line(each: Ratio) -> str:
    line = f"{each.what:<58}{_written(each.figure):>12} {each.unit:<4}"
    rival = each.rival
    line += f"{_written(rival.figure):>10} {rival.name:<20}" if rival else f"{'':<31}"
    line += f"{each.ratio:>7.2f}" if each.ratio is not None else f"{'':>7}"
    if each.goal is None:
        return line
    sign = "≤" if each.goal.is_most else "≥"
    unit = "" if each.goal.is_of_ratio else f" {each.unit}"
    return f"{line}  {f'{sign} {each.goal.limit:g}{unit}':<12}{'yes' if each.is_reached else 'NO'}"


def _written(figure: float) -> str:
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:,.2f}"  # noqa: PLR2004  Digits.


def _all(found: Found) -> list[Ratio]:
    return [each for ratios in found.values() if not isinstance(ratios, str) for each in ratios]


def as_json(found: Found, machine: str) -> str:
    """Write the same for programs."""
    sections = {
        section: {"notMeasured": ratios}
        if isinstance(ratios, str)
        else [
            {
                "what": each.what,
                "measured": each.figure,
                "unit": each.unit,
                "beside": each.rival.figure if each.rival else None,
                "of": each.rival.name if each.rival else None,
                "ratio": each.ratio,
                "goal": _goal(each),
                "isReached": each.is_reached,
            }
            for each in ratios
        ]
        for section, ratios in found.items()
    }
    return json.dumps({"machine": machine, "sections": sections}, indent=2) + "\n"


def _goal(each: Ratio) -> dict[str, object] | None:
    if each.goal is None:
        return None
    limit = "atMost" if each.goal.is_most else "atLeast"
    return {"of": "ratio" if each.goal.is_of_ratio else "measured", limit: each.goal.limit}
