"""The start part reaches the entrepreneur: planned by one, approved by another, paid by bank."""

from typing import Any

from app.core import languages
from app.core.languages import Language
from app.story import deeds
from app.story.bank import IBAN
from app.story.tale import Story

TO_THE_BANK_CENTS = 700_000


def tell(story: Story) -> None:
    """Go from a funded project to one whose start part is paid."""
    _move_to_the_bank(story)
    cast, props = story.cast, story.props
    with story.step(f"{cast.dirk} sees what his project has, and what can be paid of it now."):
        found = cast.dirk.get(f"{props.project}/earmark")
    for tranche in found["earmark"]["tranches"]:
        story.teller.remark(_told(tranche), "")
    payout = planned(story, "start-part", 1)
    with story.refusal(f"{cast.bram}, who plans, may not approve.", "role-too-small"):
        cast.bram.post(f"{payout}/approvals", {"reason": "It is due."})
    paid_out(story, payout)


def _move_to_the_bank(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"What came by card lies with the payment provider, which may not keep it for long:"
        f" {cast.chantal} has {_money(TO_THE_BANK_CENTS)} moved to the foundation's bank."
    ):
        path = f"{props.scheme}/provider-payouts"
        cast.chantal.post(path, {"amountCents": TO_THE_BANK_CENTS})
        story.wait("the provider pays out", lambda: _under_way(story, path) is not None)
        payout = _under_way(story, path) or {}
        story.bank.receive(TO_THE_BANK_CENTS, "Stripe", IBAN, payout["statementText"])
        deeds.import_statement(story, cast.bram, props.scheme)
        story.wait("it arrived", lambda: _under_way(story, path) is None)


def _under_way(story: Story, path: str) -> dict[str, Any] | None:
    """Find the provider's payout that has left it, and is not seen at the bank."""
    [payout] = story.cast.chantal.get(path, told=False)["items"]
    found: dict[str, Any] = payout
    return found if found["status"] == "under_way" else None


def planned(story: Story, part: str, tranche: int) -> str:
    """Plan to pay all that can be paid of a tranche; give the payout's address."""
    cast, props = story.cast, story.props
    with story.step(f"{cast.bram} plans to pay all that is free of the {part.replace('-', ' ')}."):
        wanted = {"part": part, "tranche": tranche, "rail": "bank", "reason": "It is free."}
        payout = cast.bram.post(f"{props.project}/payouts", wanted)
    story.teller.remark(_money(payout["amountCents"]), "")
    return f"{props.project}/payouts/{payout['id']}"


def paid_out(story: Story, payout: str) -> None:
    """Approve a payout, send it to the bank in a file, and find it on the statement."""
    cast, props = story.cast, story.props
    with story.step(f"{cast.chantal} approves: from now on it is owed to the entrepreneur."):
        approved = cast.chantal.post(f"{payout}/approvals", {"reason": "It is due."})
    with story.step(
        f"{cast.chantal} puts it into a file for the bank (pain.001), which pays it; {cast.bram}"
        " imports the statement that says so."
    ):
        outgoings = [approved["outgoingId"]]
        deeds.send_by_bank(story, cast.chantal, props.scheme, props.bank_account, outgoings)
        deeds.import_statement(story, cast.bram, props.scheme)
        story.wait("it is settled", lambda: cast.bram.sees(payout, "state", "settled"))


def _told(tranche: dict[str, Any]) -> str:
    share, payable = _money(tranche["shareCents"]), _money(tranche["payableCents"])
    why = "; ".join(obstacle["detail"] for obstacle in tranche["obstacles"])
    told = f"{tranche['part']}, tranche {tranche['number']}: {share}, to be paid now {payable}"
    return f"{told} ({why})" if why else told


def _money(cents: int) -> str:
    return languages.money(cents, Language.ENGLISH)
