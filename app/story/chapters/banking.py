"""The bank's statement brings what was transferred, and with it the threshold."""

from typing import Any

from app.story import figures
from app.story.failures import Failure
from app.story.tale import Story

BUYER_IBAN = "NL18RABO0123459876"


def tell(story: Story) -> None:
    """Go from an unpaid invoice to a project that is funded."""
    cast, props = story.cast, story.props
    order = props.orders["dam by bank"]
    [payment] = cast.karim.get(f"{order}/payments", told=False)["items"]
    story.bank.receive(
        payment["amountCents"], "Havenbouw B.V.", BUYER_IBAN, payment["creditorReference"]
    )
    sold = figures.BY_CARD_UNITS + figures.BY_BANK_UNITS
    with story.step(
        f"{cast.karim} transferred the amount; {cast.bram} imports the bank's statement. With"
        f" {sold} RIKX paid the threshold of {figures.THRESHOLD_UNITS} is reached: one entry turns"
        " all deposits into what is for the entrepreneur and for the foundation."
    ):
        imported(story)
        story.wait("the order is paid", lambda: cast.karim.sees(order, "state", "paid"))
        project = cast.dirk.get(props.project)
    if project["state"] != "funded":
        raise Failure(f"The project is {project['state']}, and must be funded.")


def imported(story: Story) -> dict[str, Any]:
    """Import what happened at the bank since the last statement."""
    path = f"{story.props.scheme}/bank-statements"
    found: dict[str, Any] = story.cast.bram.upload(path, story.bank.statement(), "camt.053.xml")
    return found
