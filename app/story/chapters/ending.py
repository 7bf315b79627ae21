"""The sale ends: one project is funded, the other missed its threshold and gives all back."""

from datetime import timedelta

from app.story import figures
from app.story.tale import Story

CHOICE = timedelta(days=figures.TERMS["thresholdMissed"]["withinDays"], hours=1)


def tell(story: Story) -> None:
    """Go from the end of the sale to refunded buyers."""
    cast, props = story.cast, story.props
    missed = props.orders["other by card"]
    story.time_comes(props.dates["saleEndsAt"], "Two months later the sale ends.")
    left = figures.IMPACT_UNITS - figures.BY_CARD_UNITS - figures.BY_BANK_UNITS
    with story.step(
        f"Werkplaats Charlois sold {figures.OTHER_UNITS} of {figures.OTHER_THRESHOLD_UNITS} RIKX,"
        f" and does not start. The {left} RIKX of DAM Nederland that nobody bought lapse."
    ):
        path = props.other_project
        story.wait("it is not funded", lambda: cast.wilma.sees(path, "state", "not_funded"))
        cast.wilma.get(path)
    story.time_comes(
        props.dates["saleEndsAt"] + CHOICE,
        f"{cast.lotte} could move to another project for two weeks, and did not.",
    )
    with story.step("All of it goes back to her card by itself, and its units are annulled."):
        story.wait("it is refunded", lambda: cast.lotte.sees(missed, "state", "refunded"))
        path = f"{props.scheme}/outgoings"
        story.wait("the refund left", lambda: _settled(story, path))
        cast.bram.get(path)


def _settled(story: Story, path: str) -> bool:
    items = story.cast.bram.get(path, told=False)["items"]
    refunds = [item for item in items if item["kind"] == "refund"]
    return bool(refunds) and all(item["status"] == "settled" for item in refunds)
