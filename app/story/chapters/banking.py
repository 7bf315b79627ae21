"""The bank's statement brings what was transferred, and with it the threshold."""

from app.story import deeds, figures
from app.story.failures import Failure
from app.story.tale import Story

BUYER_IBAN = "NL18RABO0123459876"


def tell(story: Story) -> None:
    """Go from an unpaid invoice to a project that is funded."""
    cast, props = story.cast, story.props
    order = props.orders["dam by bank"]
    deeds.transfer(story, cast.karim, order, "Havenbouw B.V.", BUYER_IBAN)
    sold = figures.BY_CARD_UNITS + figures.BY_BANK_UNITS
    with story.step(
        f"{cast.karim} transferred the amount; {cast.bram} imports the bank's statement. With"
        f" {sold} RIKX paid the threshold of {figures.THRESHOLD_UNITS} is reached: one entry turns"
        " all deposits into what is for the entrepreneur and for the foundation."
    ):
        deeds.import_statement(story, cast.bram, props.scheme)
        story.wait("the order is paid", lambda: cast.karim.sees(order, "state", "paid"))
        project = cast.dirk.get(props.project)
    if project["state"] != "funded":
        raise Failure(f"The project is {project['state']}, and must be funded.")
