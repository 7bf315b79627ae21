"""Five experts are asked; one steps back, four score under seal, and the operator adopts."""

import statistics

from app.story import deeds, figures
from app.story.cast import Person
from app.story.failures import Failure
from app.story.tale import Story

LAST = len(figures.ESTIMATES) - 1


def tell(story: Story) -> None:
    """Go from eligible plans to values that anybody can compute again."""
    _assign(story)
    _score(story)
    _adopt(story)
    _value_another(story)


def _assign(story: Story) -> None:
    cast, props = story.cast, story.props
    story.time_comes(props.dates["plansCloseAt"], "A month later no more plans are taken.")
    with story.step("The round goes on to valuing by itself."):
        story.wait("plans close", lambda: cast.public.sees(props.round, "state", "valuing"))
    with story.step(f"{cast.bram} spreads the plans over the experts: each has all five."):
        cast.bram.post(f"{props.round}/assignments")
    conflicted = cast.experts[-1]
    with story.step(f"{conflicted} has a conflict of interest and steps back."):
        reason = {"reason": "My brother works for the entrepreneur."}
        conflicted.post(f"{deeds.assignment(conflicted, story.props.project)}/recusals", reason)


def _score(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        "Three experts read the plan, score it and seal what they found; each gets a commitment"
        " that proves later that nothing was changed."
    ):
        for number in range(LAST):
            _seal(cast.experts[number], props.project, figures.ESTIMATES[number])
    proposal = f"{props.project}/valuation/proposal"
    with story.refusal(f"{cast.chantal} tries to see what they found.", "scores-sealed"):
        cast.chantal.get(proposal)
    with story.step(
        f"{cast.experts[LAST]} is the last one to score: the scores open by themselves."
    ):
        _seal(cast.experts[LAST], props.project, figures.ESTIMATES[LAST])
        path = f"{props.project}/panel"
        story.wait("scores open", lambda: not cast.chantal.sees(path, "openedAt", None))
        cast.chantal.get(proposal)


def _seal(expert: Person, project: str, estimate: int) -> None:
    deeds.seal(expert, deeds.assignment(expert, project), figures.sheet(estimate))


def _adopt(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"{cast.chantal}, who did not score, adopts the result; {cast.dirk} computes it again."
    ):
        decided = {"reason": "Four of five experts valued it."}
        cast.chantal.post(f"{props.project}/valuations", decided)
        valued = cast.dirk.get(f"{props.project}/valuation")
    document = valued["document"]
    again = int(statistics.median(scores["estimateUnits"] for scores in document["scores"]))
    if again != valued["impactUnits"]:
        raise Failure(f"The median is {again}, and adopted was {valued['impactUnits']}.")
    story.teller.remark(f"{document['aggregation']['arithmetic']} RIKX", "")


def _value_another(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"The same four value the plan of {cast.wilma}, {cast.experts[-1].first_name} steps back"
        " here too, and it is adopted in the same way."
    ):
        for expert, estimate in zip(cast.experts, figures.OTHER_ESTIMATES, strict=False):
            _seal(expert, props.other_project, estimate)
        reason = {"reason": "I know the entrepreneur."}
        last = cast.experts[-1]
        last.post(f"{deeds.assignment(last, props.other_project)}/recusals", reason)
        path = f"{props.other_project}/panel"
        story.wait("scores open", lambda: not cast.chantal.sees(path, "openedAt", None))
        decided = {"reason": "Four of five experts valued it."}
        valued = cast.chantal.post(f"{props.other_project}/valuations", decided)
    story.teller.remark(f"{valued['impactUnits']} RIKX", "")
