"""Who takes part: the entrepreneurs are checked and admitted, the experts are invited."""

from datetime import timedelta

from app.core import clock
from app.story.cast import Person
from app.story.chapters.scheme import organisation
from app.story.tale import Story

DAM_IBAN, OTHER_IBAN = "NL20INGB0001234567", "NL02ABNA0123456789"
CHECKS = {
    "identity": "Extract of the trade register.",
    "beneficial-owners": "Extract of the UBO register.",
    "sanctions": "Search of the national and European lists: nothing found.",
    "bank-account": "A payment of one cent from the account.",
}


def tell(story: Story) -> None:
    """Admit DAM Nederland and another entrepreneur, and seat five experts."""
    _admit(story)
    _admit_another(story)
    _seat_experts(story)


def _admit(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(f"{cast.dirk} registers it, and asks to take part in the scheme."):
        props.dam, admission = _asked(story, cast.dirk, 3, DAM_IBAN)
    with story.step(
        f"{cast.bram} records four checks (identity, owners, sanctions lists, bank account), each"
        " with its evidence and the day until which it holds."
    ):
        _checked(story, admission, DAM_IBAN)
    with story.step(f"{cast.chantal} admits DAM Nederland."):
        _admitted(story, admission)


def _admit_another(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(f"{cast.wilma} asks too, is checked in the same way, and admitted."):
        props.workplace, admission = _asked(story, cast.wilma, 4, OTHER_IBAN)
        _checked(story, admission, OTHER_IBAN)
        _admitted(story, admission)


def _asked(story: Story, entrepreneur: Person, number: int, iban: str) -> tuple[str, str]:
    """Register an entrepreneur and ask for its admission; give the addresses of both."""
    body = {**organisation(entrepreneur.house, number), "iban": iban}
    made = entrepreneur.post("/v1/organisations", body)
    asked = {
        "schemeId": story.props.scheme.rpartition("/")[2],
        "reason": "We help people into work in Rotterdam.",
    }
    address = f"/v1/organisations/{made['id']}"
    admission = entrepreneur.post(f"{address}/admissions", asked)
    return address, f"{story.props.scheme}/admissions/{admission['id']}"


def _checked(story: Story, admission: str, iban: str) -> None:
    until = (clock.today() + timedelta(days=2 * 365)).isoformat()
    for kind, evidence in CHECKS.items():
        check = {"kind": kind, "passed": True, "evidence": evidence, "validUntil": until}
        if kind == "bank-account":
            check["iban"] = iban
        story.cast.bram.post(f"{admission}/checks", check)


def _admitted(story: Story, admission: str) -> None:
    decision = {"kind": "admitted", "reason": "All four checks hold."}
    story.cast.chantal.post(f"{admission}/decisions", decision)


def _seat_experts(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"{cast.bram} invites {len(cast.experts)} experts by mail; they take their seats."
    ):
        for expert in cast.experts:
            invited = {"email": expert.email, "invitedAs": "expert", "language": "en"}
            cast.bram.post(f"{props.scheme}/invitations", invited)
            expert.post("/v1/panel-members", {"token": story.mailbox.token(expert.email)})
