"""What people do over the interface, whatever the script: told by chapters, or not told at all."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.core import clock
from app.story.acting import Play
from app.story.cast import Person

SEEN = {"reason": "An extract of the trade register was seen."}
CHECKS = {
    "identity": "Extract of the trade register.",
    "beneficial-owners": "Extract of the UBO register.",
    "sanctions": "Search of the national and European lists: nothing found.",
    "bank-account": "A payment of one cent from the account.",
}
RETURN_URL = "https://maas-advies.example/purchases"
"""Where the provider leads a payer back to: nowhere."""


def id_of(address: str) -> str:
    """Take the id out of an address."""
    return address.rpartition("/")[2]


def morning(day: date) -> datetime:
    """Say when people begin to work on a day."""
    return datetime.combine(day, time(9), ZoneInfo(clock.TIME_ZONE))


def organisation(legal_name: str, number: int) -> dict[str, Any]:
    """Write what an organisation says of itself when it registers."""
    return {
        "legalName": legal_name,
        "registerNumber": f"{number:08}",
        "street": f"Coolsingel {number}",
        "postalCode": "3011 AD",
        "city": "Rotterdam",
    }


def appointment(auditor: Person) -> dict[str, str]:
    """Write for how long an auditor is appointed, and why."""
    return {
        "email": auditor.email,
        "startsOn": clock.today().isoformat(),
        "endsOn": (clock.today() + timedelta(days=3 * 365)).isoformat(),
        "reason": "Engagement letter.",
    }


def invite(play: Play, host: Person, organisation: str, guest: Person, role: str) -> None:
    """Make somebody a member, with an account if that is missing."""
    invited = {"email": guest.email, "role": role, "language": "en"}
    host.post(f"{organisation}/invitations", invited)
    guest.take_account("/v1/memberships", play.mailbox)


def ask_to_take_part(
    entrepreneur: Person, scheme: str, legal_name: str, number: int, iban: str
) -> tuple[str, str]:
    """Register an entrepreneur and ask for its admission; give the addresses of both."""
    body = {**organisation(legal_name, number), "iban": iban}
    made = entrepreneur.post("/v1/organisations", body)
    address = f"/v1/organisations/{made['id']}"
    asked = {"schemeId": id_of(scheme), "reason": "We help people into work in Rotterdam."}
    admission = entrepreneur.post(f"{address}/admissions", asked)
    return address, f"{scheme}/admissions/{admission['id']}"


def check(member: Person, admission: str, iban: str) -> None:
    """Record all checks of an entrepreneur, with the evidence and until when they hold."""
    until = (clock.today() + timedelta(days=2 * 365)).isoformat()
    for kind, evidence in CHECKS.items():
        body = {"kind": kind, "passed": True, "evidence": evidence, "validUntil": until}
        if kind == "bank-account":
            body["iban"] = iban
        member.post(f"{admission}/checks", body)


def admit(approver: Person, admission: str) -> None:
    """Admit an entrepreneur that was checked."""
    approver.post(f"{admission}/decisions", {"kind": "admitted", "reason": "All four checks hold."})


def seat(play: Play, member: Person, scheme: str, expert: Person) -> None:
    """Invite an expert, who takes the seat."""
    invited = {"email": expert.email, "invitedAs": "expert", "language": "en"}
    member.post(f"{scheme}/invitations", invited)
    expert.post("/v1/panel-members", {"token": play.mailbox.token(expert.email)})


def begin_project(entrepreneur: Person, organisation: str, in_round: str) -> str:
    """Begin a project; give its address."""
    begun = entrepreneur.post(f"{organisation}/projects", {"roundId": id_of(in_round)})
    return f"/v1/projects/{begun['id']}"


def assignments(expert: Person) -> dict[str, str]:
    """Find what an expert was asked to value, as experts do: assignments by the ids of projects."""
    items = expert.get("/v1/me/assignments?limit=200")["items"]
    return {item["projectId"]: f"/v1/assignments/{item['id']}" for item in items}


def assignment(expert: Person, project: str) -> str:
    """Find what an expert was asked about one project."""
    return assignments(expert)[id_of(project)]


def seal(expert: Person, path: str, sheet: dict[str, Any]) -> None:
    """Read the plan of an assignment, score it and seal that."""
    expert.get(path)
    expert.post(f"{path}/scores", sheet)


def order(
    buyer: Person, company: str, project: str, wanted: tuple[int, str], more: Mapping[str, Any]
) -> str:
    """Order so many units, to be paid in that way; give the order's address."""
    units, pay_by = wanted
    body = {
        "projectId": id_of(project),
        "quantityUnits": units,
        "payBy": pay_by,
        "purchaseOrderNumber": f"PO-{units}",
        **more,
    }
    made = buyer.post(f"{company}/orders", body)
    return f"/v1/orders/{made['id']}"


def pay_by_card(play: Play, buyer: Person, company: str, order: str) -> None:
    """Pay an order on the provider's page, and wait until it is paid."""
    wanted = {"way": "card", "returnUrl": RETURN_URL}
    payment = buyer.post(f"{order}/payments", wanted)
    path = f"{company}/payments/{payment['id']}"
    play.wait("the page to pay on opens", lambda: not buyer.sees(path, "checkoutUrl", None))
    page: Any = buyer.get(path, told=False)["checkoutUrl"]
    play.wire.press(page, "pay")
    play.wait("the order is paid", lambda: buyer.sees(order, "state", "paid"))


def transfer(play: Play, buyer: Person, order: str, party: str, iban: str) -> None:
    """Transfer what an order on invoice costs; the statement will say so."""
    [payment] = buyer.get(f"{order}/payments", told=False)["items"]
    play.bank.receive(payment["amountCents"], party, iban, payment["creditorReference"])


def import_statement(play: Play, member: Person, scheme: str) -> dict[str, Any]:
    """Import what happened at the bank since the last statement."""
    path = f"{scheme}/bank-statements"
    found: dict[str, Any] = member.upload(path, play.bank.statement(), "camt.053.xml")
    return found


def send_by_bank(
    play: Play, approver: Person, scheme: str, account_id: str, outgoing_ids: list[str]
) -> None:
    """Put what is approved into a file for the bank (pain.001), which pays it."""
    wanted = {"accountId": account_id, "outgoingIds": outgoing_ids}
    batch = approver.post(f"{scheme}/bank-batches", wanted)
    play.bank.pay(approver.download(f"{scheme}/bank-batches/{batch['id']}/file"))


def publish_rules(
    writer: Person, publisher: Person, authority: str, rules: dict[str, Any], reason: str
) -> None:
    """Write rules down that hold since a year, and have somebody else publish them."""
    since = (clock.today() - timedelta(days=365)).isoformat()
    draft = writer.post(f"{authority}/rule-drafts", {"validFrom": since, "rules": rules})
    path = f"{authority}/rule-drafts/{draft['id']}/publications"
    publisher.post(path, {"reason": reason})
