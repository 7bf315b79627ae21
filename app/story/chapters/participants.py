"""Who takes part: the entrepreneur is checked and admitted, the experts are invited."""

from datetime import timedelta

from app.core import clock
from app.story.tale import Story

IBAN = "NL91ABNA0417164300"
CHECKS = {
    "identity": "Extract of the trade register.",
    "beneficial-owners": "Extract of the UBO register.",
    "sanctions": "Search of the national and European lists: nothing found.",
    "bank-account": "A payment of one cent from the account.",
}


def tell(story: Story) -> None:
    """Admit DAM Nederland, and seat five experts."""
    _admit(story)
    _seat_experts(story)


def _admit(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(f"{cast.dirk} registers it, and asks to take part in the scheme."):
        body = {
            "legalName": "DAM Nederland",
            "registerNumber": "00000003",
            "city": "Rotterdam",
            "iban": IBAN,
        }
        dam = cast.dirk.post("/v1/organisations", body)
        props.dam = f"/v1/organisations/{dam['id']}"
        asked = {
            "schemeId": props.scheme.rpartition("/")[2],
            "reason": "We train drivers for target-group transport.",
        }
        admission = cast.dirk.post(f"{props.dam}/admissions", asked)
    path = f"{props.scheme}/admissions/{admission['id']}"
    with story.step(
        f"{cast.bram} records four checks (identity, owners, sanctions lists, bank account), each"
        " with its evidence and the day until which it holds."
    ):
        until = (clock.today() + timedelta(days=365)).isoformat()
        for kind, evidence in CHECKS.items():
            check = {"kind": kind, "passed": True, "evidence": evidence, "validUntil": until}
            if kind == "bank-account":
                check["iban"] = IBAN
            cast.bram.post(f"{path}/checks", check)
    with story.step(f"{cast.chantal} admits DAM Nederland."):
        decision = {"kind": "admitted", "reason": "All four checks hold."}
        cast.chantal.post(f"{path}/decisions", decision)


def _seat_experts(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"{cast.bram} invites {len(cast.experts)} experts by mail; they take their seats."
    ):
        for expert in cast.experts:
            invited = {"email": expert.email, "invitedAs": "expert", "language": "en"}
            cast.bram.post(f"{props.scheme}/invitations", invited)
            expert.post("/v1/panel-members", {"token": story.mailbox.token(expert.email)})
