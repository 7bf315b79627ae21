"""What a draft lacks before it can be submitted: everything at once, each with its place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.projects.contents.plan import PlanChange, Text, Title, total_cents
from app.schemes.terms.fields import WHOLE
from app.schemes.terms.policy import PlanLimits

REQUIRED = (
    "title",
    "summary",
    "objectives",
    "activities",
    "target_groups",
    "threshold_units",
    "starts_on",
    "ends_on",
    "milestones",
    "promised_evidence",
    "place",
    "costs",
    "other_financing",
)
MAY_BE_EMPTY = {"other_financing"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What a round and its scheme ask of every plan."""

    limits: PlanLimits
    unit_price_cents: int
    opened_on: date
    """The day on which the round opened, in the Netherlands."""
    region: Sequence[str]
    languages: Sequence[str]
    fixed_units: int | None = None
    """What each project is worth, where no panel values."""


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing or wrong."""

    code: str
    pointer: str
    """A JSON Pointer fragment into the plan."""
    detail: str


def smallest_covering(costs_cents: int, other_cents: int, unit_price_cents: int) -> int:
    """Say how few whole units cover the costs that other financing leaves; at least 0.

    Raises:
        ValueError: a unit has no price.
    """
    if unit_price_cents < 1:
        message = "a unit costs at least one cent"
        raise ValueError(message)
    return max(0, -((other_cents - costs_cents) // unit_price_cents))


def lacks(plan: PlanChange, frame: Frame) -> list[Lack]:
    """List everything that keeps a draft from being submitted, in the order of its members."""
    return [
        *_missing(plan),
        *_texts(plan, frame.languages),
        *_lines(plan),
        *_groups(plan),
        *_money(plan, frame),
        *_threshold_limits(plan, frame),
        *_dates(plan, frame),
        *_milestones(plan),
        *_place(plan, frame),
    ]


def _wire(name: str) -> str:
    first, *others = name.split("_")
    return "#/" + first + "".join(other.title() for other in others)


def _missing(plan: PlanChange) -> Iterator[Lack]:
    for name in REQUIRED:
        value = getattr(plan, name)
        if value is None:
            yield Lack("missing", _wire(name), "This is not filled in yet.")
        elif value == [] and name not in MAY_BE_EMPTY:
            yield Lack("empty", _wire(name), "Name at least one.")


def _texts(plan: PlanChange, languages: Sequence[str]) -> Iterator[Lack]:
    for name in ("title", "summary", "objectives", "activities"):
        text: Title | Text | None = getattr(plan, name)
        for language in languages if text else ():
            if not getattr(text, language):
                yield Lack(
                    "language-missing",
                    f"{_wire(name)}/{language}",
                    f"The scheme asks for this in {_IN[language]}.",
                )


_IN = {"nl": "Dutch", "en": "English"}


def _lines(plan: PlanChange) -> Iterator[Lack]:
    """Look for lines that say nothing, in the lists and the address."""
    lines = [
        *((f"#/milestones/{i}/what", each.what) for i, each in enumerate(plan.milestones or ())),
        *((f"#/promisedEvidence/{i}", each) for i, each in enumerate(plan.promised_evidence or ())),
        *(
            (f"#/costs/{i}/description", each.description)
            for i, each in enumerate(plan.costs or ())
        ),
        *(
            (f"#/otherFinancing/{i}/description", each.description)
            for i, each in enumerate(plan.other_financing or ())
        ),
    ]
    if plan.place is not None:
        lines.append(("#/place/address", plan.place.address))
    for pointer, line in lines:
        if not line:
            yield Lack("empty", pointer, "This says nothing yet.")


def _groups(plan: PlanChange) -> Iterator[Lack]:
    seen = set()
    for index, count in enumerate(plan.target_groups or ()):
        if count.group in seen:
            yield Lack(
                "group-repeated",
                f"#/targetGroups/{index}/group",
                "This group is counted above already: add the two up.",
            )
        seen.add(count.group)


def _money(plan: PlanChange, frame: Frame) -> Iterator[Lack]:
    if not plan.costs:
        return
    costs, other = total_cents(plan.costs), total_cents(plan.other_financing or ())
    if costs == 0:
        yield Lack("costs-nothing", "#/costs", "The costs add up to nothing.")
        return
    yield from _other_financing(costs, other, frame)
    if plan.threshold_units is None:
        return
    least = smallest_covering(costs, other, frame.unit_price_cents)
    if plan.threshold_units < least:
        yield Lack(
            "threshold-too-small",
            "#/thresholdUnits",
            f"So many units do not cover the costs that other financing leaves; {least} do.",
        )


def _other_financing(costs: int, other: int, frame: Frame) -> Iterator[Lack]:
    most = costs * frame.limits.largest_other_financing_basis_points // WHOLE
    if other > most:
        yield Lack(
            "other-financing-too-large",
            "#/otherFinancing",
            f"Other financing may cover {most} cents of these costs at the most; it is {other}.",
        )


def _threshold_limits(plan: PlanChange, frame: Frame) -> Iterator[Lack]:
    if plan.threshold_units is None:
        return
    smallest = frame.limits.smallest_threshold_units
    largest = min(
        frame.limits.largest_threshold_units,
        frame.limits.largest_threshold_units if frame.fixed_units is None else frame.fixed_units,
    )
    if not smallest <= plan.threshold_units <= largest:
        yield Lack(
            "threshold-outside-limits",
            "#/thresholdUnits",
            f"The policy asks for a threshold of {smallest} to {largest} units.",
        )


def _dates(plan: PlanChange, frame: Frame) -> Iterator[Lack]:
    limits = frame.limits
    if plan.starts_on is not None:
        earliest = frame.opened_on + timedelta(days=limits.earliest_start_days)
        latest = frame.opened_on + timedelta(days=limits.latest_start_days)
        if not earliest <= plan.starts_on <= latest:
            yield Lack(
                "start-outside-limits",
                "#/startsOn",
                f"A project of this round starts from {earliest} to {latest}.",
            )
    if plan.starts_on is None or plan.ends_on is None:
        return
    longest = timedelta(days=limits.longest_duration_days)
    if plan.ends_on < plan.starts_on:
        yield Lack("ends-before-start", "#/endsOn", "The project ends before it starts.")
    elif plan.ends_on - plan.starts_on > longest:
        yield Lack(
            "too-long",
            "#/endsOn",
            f"A project takes {limits.longest_duration_days} days at the most.",
        )


def _milestones(plan: PlanChange) -> Iterator[Lack]:
    if plan.starts_on is None or plan.ends_on is None:
        return
    for index, milestone in enumerate(plan.milestones or ()):
        if not plan.starts_on <= milestone.on <= plan.ends_on:
            yield Lack(
                "milestone-outside-project",
                f"#/milestones/{index}/on",
                "A milestone lies between start and end.",
            )


def _place(plan: PlanChange, frame: Frame) -> Iterator[Lack]:
    if plan.place is not None and plan.place.municipality not in frame.region:
        yield Lack(
            "outside-region",
            "#/place/municipality",
            f"The project must be in one of {', '.join(frame.region)}.",
        )
