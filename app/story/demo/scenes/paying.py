"""Funded projects are paid: their start parts, and shares of the result as their reports come."""

from datetime import date, timedelta
from typing import Any

from app.core import clock
from app.story import deeds
from app.story.bank import IBAN
from app.story.demo import figures as own
from app.story.demo.playing import Demo, Offer
from app.story.demo.scenes import calendar
from app.story.demo.scenes.selling import refunds_settled

TO_THE_BANK_CENTS = 1_200_000
"""What is moved from the payment provider to the foundation's bank."""
DUE = {"reason": "Demo: it is due."}
RELEASE_PERCENT = 50
TOOK_PART = {own.DRIVERS.english: (12, 9), own.HUB.english: (11, 4)}
"""How many took part in the end, and how many found work: of twelve, and of twenty."""
FOUNDED = (own.DRIVERS.english, own.HUB.english)


def start(demo: Demo) -> None:
    """Move money to the bank, and pay the start parts."""
    _move_to_the_bank(demo)
    _pay(demo, "start-part", 1, FOUNDED)


def _move_to_the_bank(demo: Demo) -> None:
    cast, props = demo.cast, demo.props
    path = f"{props.scheme}/provider-payouts"
    cast.chantal.post(path, {"amountCents": TO_THE_BANK_CENTS})
    demo.wait("the provider pays out", lambda: _moved(demo, path)["status"] == "under_way")
    demo.bank.receive(TO_THE_BANK_CENTS, "Stripe", IBAN, _moved(demo, path)["statementText"])
    deeds.import_statement(demo, cast.bram, props.scheme)
    demo.wait("it arrived", lambda: _moved(demo, path)["status"] != "under_way")


def _moved(demo: Demo, path: str) -> dict[str, Any]:
    [found] = demo.cast.chantal.get(path, told=False)["items"]
    moved: dict[str, Any] = found
    return moved


def _pay(demo: Demo, part: str, tranche: int, names: tuple[str, ...]) -> None:
    """Pay all that is free of a tranche of some projects, in one file."""
    cast, props = demo.cast, demo.props
    wanted = {"part": part, "tranche": tranche, "rail": "bank", **DUE}
    payouts, outgoings = [], []
    for name in names:
        address = props.offers[name].address
        planned = cast.bram.post(f"{address}/payouts", wanted)
        payouts.append(f"{address}/payouts/{planned['id']}")
        outgoings.append(cast.chantal.post(f"{payouts[-1]}/approvals", DUE)["outgoingId"])
    deeds.send_by_bank(demo, cast.chantal, props.scheme, props.bank_account, outgoings)
    deeds.import_statement(demo, cast.bram, props.scheme)
    for payout in payouts:
        demo.until(cast.bram, payout, "state", "settled")


def report_half_way(demo: Demo) -> None:
    """Accept what two projects report half-way, and pay what that frees."""
    demo.go_to_day(calendar.HALF_WAY)
    for name in FOUNDED:
        offer = demo.props.offers[name]
        demo.until(offer.entrepreneur, offer.address, "state", "running")
        begins, _ends = _period(demo, offer)
        half = tuple(people // 2 for people in TOOK_PART[name])
        content = own.report(offer.plan, (begins, clock.today()), (half[0], half[1]))
        _report(demo, offer, "interim", content)
    _pay(demo, "result-part", 1, FOUNDED)


def _period(demo: Demo, offer: Offer) -> tuple[date, date]:
    begins = demo.begins_on + timedelta(days=calendar.FIRST["plansOpenAt"] + calendar.START_AFTER)
    return begins, begins + timedelta(days=30 * offer.plan.months)


def _report(
    demo: Demo, offer: Offer, kind: str, content: dict[str, Any], result: str | None = None
) -> None:
    made = offer.entrepreneur.post(f"{offer.address}/reports", {"kind": kind, "content": content})
    report = f"{offer.address}/reports/{made['id']}"
    offer.entrepreneur.post(f"{report}/submissions")
    accepted = {"kind": "accepted", "reason": "Demo: it agrees with what we saw on our visit."}
    if result is not None:
        accepted["result"] = result
    demo.cast.chantal.post(f"{report}/decisions", accepted)


def report_finally(demo: Demo) -> None:
    """Accept the final reports: one kept its promise, of the other a part goes back."""
    demo.go_to_day(calendar.FINAL)
    for name, result in zip(FOUNDED, ("achieved", "short"), strict=True):
        offer = demo.props.offers[name]
        content = own.final_report(offer.plan, _period(demo, offer), TOOK_PART[name])
        _report(demo, offer, "final", content, result)
    _pay(demo, "result-part", 2, (own.DRIVERS.english,))
    _decide_remedy(demo, demo.props.offers[own.HUB.english])


def _decide_remedy(demo: Demo, offer: Offer) -> None:
    cast = demo.cast
    wanted = {
        "kind": "pro-rata-release",
        "releasePercent": RELEASE_PERCENT,
        "reason": "Demo: eleven of twenty people took part.",
    }
    proposed = cast.bram.post(f"{offer.address}/remedies", wanted)
    path = f"{offer.address}/remedies/{proposed['id']}/decisions"
    cast.chantal.post(path, {"kind": "approved", "reason": "Demo: in proportion to the result."})
    demo.wait("the refunds arrived", lambda: refunds_settled(demo))
