"""The sale begins by the clock: projects are listed, and their units stand in the impact book."""

from typing import Any

from app.core import languages
from app.core.languages import Language
from app.story.tale import Story
from app.story.wire import Visitor


def tell(story: Story) -> None:
    """Go from valued plans to units that are for sale."""
    cast, props = story.cast, story.props
    story.time_comes(props.dates["saleBeginsAt"], "Three weeks later the sale begins.")
    with story.step(
        "The round goes on sale by itself, and what was valued comes to the market: its threshold,"
        " value and price are frozen, and its units entered in the impact book."
    ):
        story.wait("they are listed", lambda: len(_found(cast.public, "", told=False)) == LISTED)
    with story.step("Anybody finds it on the public market, without signing in."):
        [item] = _found(cast.public, "chauffeurs")
        cast.public.get(f"/v1/market/projects/{item['id']}")
    price = languages.money(item["buyerPriceCents"], Language.ENGLISH)
    story.teller.remark(
        f"{item['entrepreneur']['legalName']}: {item['title']['nl']}. {item['thresholdUnits']} RIKX"
        f" to start, {item['remainingUnits']} of {item['impactUnits']} for sale at {price}, fee"
        f" included; {item['daysLeft']} days left.",
        "",
    )


LISTED = 2


def _found(visitor: Visitor, text: str, *, told: bool = True) -> list[Any]:
    """Search the market for what can be bought now."""
    query = f"?text={text}" if text else ""
    items = visitor.get(f"/v1/market/projects{query}", told=told)["items"]
    return [item for item in items if item["sale"] == "running"]
