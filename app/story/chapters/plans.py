"""The round opens by the clock; entrepreneurs write their plans, and the operator accepts them."""

from datetime import timedelta

from app.core import clock, languages
from app.core.languages import Language
from app.story import deeds, figures
from app.story.tale import Story

DATES = {
    "plansOpenAt": 1,
    "plansCloseAt": 31,
    "scoresDueAt": 45,
    "saleBeginsAt": 52,
    "saleEndsAt": 112,
}
"""Of the round, in days from today."""


def tell(story: Story) -> None:
    """Go from a draft of a round to two eligible plans."""
    _plan_round(story)
    _open_round(story)
    _write_plan(story)
    _write_another(story)
    _accept_plan(story)


def _plan_round(story: Story) -> None:
    cast, props = story.cast, story.props
    props.dates = {
        name: deeds.morning(clock.today() + timedelta(days=days)) for name, days in DATES.items()
    }
    opens, closes = (
        languages.day(props.dates[name].date(), Language.ENGLISH)
        for name in ("plansOpenAt", "plansCloseAt")
    )
    with story.step(
        f"{cast.bram} prepares the round: plans are taken from {opens} to {closes}, scores are due"
        " two weeks later, and the sale lasts two months."
    ):
        body = {
            "name": {"nl": "Ronde 3", "en": "Round 3"},
            **{name: moment.isoformat() for name, moment in props.dates.items()},
        }
        made = cast.bram.post(f"{props.scheme}/rounds", body)
    props.round = f"/v1/rounds/{made['id']}"


def _open_round(story: Story) -> None:
    cast, props = story.cast, story.props
    story.time_comes(props.dates["plansOpenAt"], "The next morning.")
    with story.step(
        "The round opens by itself, and freezes the policy that applies on this day. Everybody can"
        " read it."
    ):
        # Before that it is a draft, which only its operator knows.
        path = f"{props.round}/settings"
        story.wait("the round opens", lambda: cast.bram.sees(path, "state", "open"))
        cast.public.get(props.round)


def _write_plan(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(f"{cast.dirk} begins a project, and asks what its plan lacks."):
        props.project = deeds.begin_project(cast.dirk, props.dam, props.round)
        lacking = cast.dirk.get(f"{props.project}/completeness")["lacks"]
    story.teller.remark(f"{len(lacking)} things, each with its place in the plan", "")
    with story.step(
        f"{cast.dirk} writes it: twelve people become drivers in half a year, if"
        f" {figures.THRESHOLD_UNITS} RIKX are sold."
    ):
        cast.dirk.patch(f"{props.project}/plan", figures.plan(clock.today()))
        found = cast.dirk.get(f"{props.project}/completeness")
    costs = languages.money(found["costsCents"], Language.ENGLISH)
    story.teller.remark(
        f"it lacks nothing; costs of {costs}, which {found['smallestThresholdUnits']} RIKX cover",
        "",
    )
    with story.step(f"{cast.dirk} submits it; this version can't be changed any more."):
        cast.dirk.post(f"{props.project}/submissions")


def _write_another(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"{cast.wilma} writes and submits a plan too: six people learn a trade in a workshop, if"
        f" {figures.OTHER_THRESHOLD_UNITS} RIKX are sold."
    ):
        props.other_project = deeds.begin_project(cast.wilma, props.workplace, props.round)
        cast.wilma.patch(f"{props.other_project}/plan", figures.other_plan(clock.today()))
        cast.wilma.post(f"{props.other_project}/submissions")


def _accept_plan(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(f"{cast.chantal} finds that both meet the conditions."):
        accepted = {"kind": "accepted", "reason": "It meets the conditions of the scheme."}
        for project in (props.project, props.other_project):
            cast.chantal.post(f"{project}/eligibility-decisions", accepted)
