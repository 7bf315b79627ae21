"""Who takes part: the entrepreneurs are checked and admitted, the experts are invited."""

from app.story import deeds
from app.story.tale import Story

DAM_IBAN, OTHER_IBAN = "NL20INGB0001234567", "NL02ABNA0123456789"


def tell(story: Story) -> None:
    """Admit DAM Nederland and another entrepreneur, and seat five experts."""
    _admit(story)
    _admit_another(story)
    _seat_experts(story)


def _admit(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(f"{cast.dirk} registers it, and asks to take part in the scheme."):
        props.dam, admission = deeds.ask_to_take_part(
            cast.dirk, props.scheme, cast.dirk.house, 3, DAM_IBAN
        )
    with story.step(
        f"{cast.bram} records four checks (identity, owners, sanctions lists, bank account), each"
        " with its evidence and the day until which it holds."
    ):
        deeds.check(cast.bram, admission, DAM_IBAN)
    with story.step(f"{cast.chantal} admits DAM Nederland."):
        deeds.admit(cast.chantal, admission)


def _admit_another(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(f"{cast.wilma} asks too, is checked in the same way, and admitted."):
        props.workplace, admission = deeds.ask_to_take_part(
            cast.wilma, props.scheme, cast.wilma.house, 4, OTHER_IBAN
        )
        deeds.check(cast.bram, admission, OTHER_IBAN)
        deeds.admit(cast.chantal, admission)


def _seat_experts(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"{cast.bram} invites {len(cast.experts)} experts by mail; they take their seats."
    ):
        for expert in cast.experts:
            deeds.seat(story, cast.bram, props.scheme, expert)
