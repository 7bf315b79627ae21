"""The project runs and reports; each accepted report frees a share of the result part."""

from datetime import date, timedelta
from typing import Any

from app.core import clock
from app.story import deeds, figures
from app.story.chapters.paying_out import paid_out, planned
from app.story.tale import Story


def tell(story: Story) -> None:
    """Go from a project that runs to one that is completed."""
    cast, props = story.cast, story.props
    plan = cast.dirk.get(f"{props.project}/plan", told=False)["content"]
    begins, ends = (date.fromisoformat(plan[name]) for name in ("startsOn", "endsOn"))
    story.time_comes(deeds.morning(begins + timedelta(days=90)), "Half of its time is over.")
    with story.step("The project started by itself, on the day that its plan names."):
        story.wait("it has started", lambda: cast.dirk.sees(props.project, "state", "running"))
    _report(story, figures.report(begins, clock.today(), reached=8), "interim")
    paid_out(story, planned(story, "result-part", 1))
    story.time_comes(deeds.morning(ends + timedelta(days=10)), "The project has ended.")
    _report(story, figures.final_report(begins, ends), "final")
    paid_out(story, planned(story, "result-part", 2))


def _report(story: Story, content: dict[str, Any], kind: str) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"{cast.dirk} writes the {kind} report: how many took part and found work, never who."
    ):
        body = {"kind": kind, "content": content}
        made = cast.dirk.post(f"{props.project}/reports", body)
        report = f"{props.project}/reports/{made['id']}"
        cast.dirk.post(f"{report}/submissions")
    accepted = {"kind": "accepted", "reason": "It agrees with what we saw on our visit."}
    if kind == "final":
        accepted["result"] = "achieved"
    with story.step(f"{cast.chantal} reads what was expected beside it, and accepts it."):
        cast.chantal.get(report)
        cast.chantal.post(f"{report}/decisions", accepted)
