"""Building blocks: what somebody's work counts for, by group, hours and months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.core.money import euros
from app.obligations.rules import AuthorityRules, BrokenMonths, BuildingBlocks
from app.obligations.valuing.arithmetic import Room, Sum, Worth, counted, rounded
from app.obligations.valuing.periods import months_between

MONTHS_OF_YEAR = 12
MOST_NAMED = 10
"""So many faults are named at once."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Work that one or several people of a group did; never who they are."""

    block: str
    starts_on: date
    ends_on: date
    """The last day, included."""
    minutes_per_week: int
    age: int | None = None
    """In whole years on the first day, where an age bonus is claimed."""
    is_permanent: bool = False
    """By a contract without an end."""
    people: int = 1
    """Who worked the same hours in the same period."""
    months_before: Fraction = Fraction(0)
    """What counted of them before, of the same authority's limit."""


def placement(rules: AuthorityRules, placed: Placement, room: Room | None = None) -> Worth:
    """Say what a placement counts for."""
    written = Sum()
    table = rules.building_blocks
    if table is None:
        return written.refused("The rules have no table of building blocks.")
    block = table.block(placed.block)
    if block is None:
        return written.refused(f"The table has no building block {placed.block}.")
    written.note(block.name.en, f"{euros(block.year_cents)} per full-time year", block.year_cents)
    year_cents = block.year_cents + _bonuses(table, placed, written)
    hours = _hours(table, placed, written)
    months = _months(table, placed, written)
    if not hours or not months:
        return written.refused("No hours, or no months that count.")
    each = rounded(year_cents * hours * months / MONTHS_OF_YEAR)
    written.note(
        "Per person",
        f"{euros(year_cents)} × {hours} × {counted(months)} / {MONTHS_OF_YEAR} = {euros(each)}",
        each,
    )
    cents = each * placed.people
    if placed.people != 1:
        written.note("For all", f"{placed.people} × {euros(each)} = {euros(cents)}", cents)
    return written.fitted(cents, room, over_claiming=rules.over_claiming)


def counted_months(rules: AuthorityRules, placed: Placement) -> Fraction:
    """Say how many months of a placement count, within the limit for one person."""
    table = rules.building_blocks
    if table is None or table.block(placed.block) is None:
        return Fraction(0)
    return _months(table, placed, Sum())


def placements(
    rules: AuthorityRules, lines: Sequence[tuple[Placement, Worth]], room: Room | None = None
) -> Worth:
    """Say what several placements count for together: nothing, if one of them does not count.

    Each was valued by itself, without a room.
    """
    written = Sum()
    faults = [
        f"Placement {number}: {worth.reason}"
        for number, (_, worth) in enumerate(lines, 1)
        if worth.reason is not None
    ]
    if faults or rules.building_blocks is None:
        more = f" And {len(faults) - MOST_NAMED} more." if len(faults) > MOST_NAMED else ""
        return written.refused(" ".join(faults[:MOST_NAMED]) + more)
    if len(lines) == 1:
        written.steps += lines[0][1].steps
    else:
        _by_block(rules.building_blocks, lines, written)
    cents = sum(worth.cents for _, worth in lines)
    return written.fitted(cents, room, over_claiming=rules.over_claiming)


def _by_block(
    table: BuildingBlocks, lines: Sequence[tuple[Placement, Worth]], written: Sum
) -> None:
    for block in table.blocks:
        of_block = [worth.cents for placed, worth in lines if placed.block == block.code]
        if of_block:
            cents = sum(of_block)
            written.note(block.name.en, f"{len(of_block)} placements = {euros(cents)}", cents)
    cents = sum(worth.cents for _, worth in lines)
    written.note("All placements", f"{len(lines)} = {euros(cents)}", cents)


def _bonuses(table: BuildingBlocks, placed: Placement, written: Sum) -> int:
    cents = 0
    if bonus := table.age_bonus(placed.age):
        written.note(f"Age {bonus.from_age} or more", f"+ {euros(bonus.year_cents)}")
        cents += bonus.year_cents
    if placed.is_permanent and table.permanent_bonus_cents is not None:
        written.note("Permanent contract", f"+ {euros(table.permanent_bonus_cents)}")
        cents += table.permanent_bonus_cents
    return cents


def _hours(table: BuildingBlocks, placed: Placement, written: Sum) -> Fraction:
    norm = table.full_time_minutes_per_week
    hours = Fraction(max(0, min(placed.minutes_per_week, norm)), norm)
    text = "Hours a week, full-time at the most"
    given = f"{counted(Fraction(placed.minutes_per_week, 60))} of {counted(Fraction(norm, 60))}"
    written.note(text, f"{given} = {hours}")
    return hours


def _months(table: BuildingBlocks, placed: Placement, written: Sum) -> Fraction:
    broken = table.broken_months or BrokenMonths.BY_DAY
    months = months_between(placed.starts_on, placed.ends_on, broken)
    written.note("Months", f"{placed.starts_on} to {placed.ends_on} = {counted(months)}")
    if table.longest_months is None or placed.block in table.blocks_without_limit:
        return months
    left = max(Fraction(0), table.longest_months - placed.months_before)
    written.note(
        f"A person counts {table.longest_months} months at the most",
        f"{counted(placed.months_before)} before, {counted(left)} left",
    )
    return min(months, left)
