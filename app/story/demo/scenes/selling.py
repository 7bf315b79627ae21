"""Companies buy: by card and on invoice, for the contracts that they name."""

from datetime import timedelta
from typing import Any

from app.story import deeds
from app.story.cast import Person
from app.story.demo import figures as own
from app.story.demo.figures import Plan
from app.story.demo.playing import Demo
from app.story.demo.scenes import calendar

HAVENBOUW_IBAN = "NL18RABO0123459876"


def sell_first(demo: Demo) -> None:
    """Sell of three projects: two reach their thresholds, one does not."""
    _begin(demo, calendar.FIRST, 3)
    cast = demo.cast
    by_card = (
        (cast.lotte, own.DRIVERS, {"RDM-001": 20, "SDM-001": 50}),
        (cast.lotte, own.WORKSHOP, {"SDM-001": 5}),
        (cast.karim, own.HUB, {"RDM-002": 30, "SDM-002": 20}),
    )
    demo.each(_bought_by_card, *((demo, *each) for each in by_card))
    _ordered_on_invoice(demo, own.DRIVERS, {"RDM-002": 15, "SDM-002": 30})
    _pay_on_invoice(demo, own.DRIVERS)
    for plan in (own.DRIVERS, own.HUB):
        offer = demo.props.offers[plan.english]
        demo.until(offer.entrepreneur, offer.address, "state", "funded")


def sell_second(demo: Demo) -> None:
    """Sell of what is on sale today: one is funded, one is half-way, one has not begun."""
    _begin(demo, calendar.SECOND, 3)
    cast = demo.cast
    by_card = (
        (cast.karim, own.MOTHERS, {"RDM-002": 40, "SDM-002": 20}),
        (cast.karim, own.TRAINEESHIP, {"RDM-002": 30}),
    )
    demo.each(_bought_by_card, *((demo, *each) for each in by_card))
    offer = demo.props.offers[own.MOTHERS.english]
    demo.until(offer.entrepreneur, offer.address, "state", "funded")
    balance = f"{demo.props.obligations['RDM-002']}/balance"
    demo.wait(
        "it counts provisionally", lambda: not cast.karim.sees(balance, "provisionalCents", 0)
    )
    _ordered_on_invoice(demo, own.TRAINEESHIP, {"SDM-002": 25})


def _begin(demo: Demo, dates: dict[str, int], number: int) -> None:
    demo.go_to_day(dates["saleBeginsAt"])
    path = "/v1/market/projects?sale=running"
    demo.wait(
        "the projects are listed",
        lambda: len(demo.cast.public.get(path, told=False)["items"]) == number,
    )


def _split(demo: Demo, parts: dict[str, int]) -> dict[str, Any]:
    obligations = demo.props.obligations
    meant = [
        {"obligationId": deeds.id_of(obligations[reference]), "quantityUnits": units}
        for reference, units in parts.items()
    ]
    return {"split": meant}


def _ordered(demo: Demo, buyer: Person, plan: Plan, parts: dict[str, int], pay_by: str) -> str:
    offer = demo.props.offers[plan.english]
    wanted = (sum(parts.values()), pay_by)
    home = demo.props.homes[buyer]
    address = deeds.order(buyer, home, offer.address, wanted, _split(demo, parts))
    offer.orders[buyer.first_name] = (buyer, address)
    return address


def _bought_by_card(demo: Demo, buyer: Person, plan: Plan, parts: dict[str, int]) -> None:
    order = _ordered(demo, buyer, plan, parts, "online")
    deeds.pay_by_card(demo, buyer, demo.props.homes[buyer], order)


def _ordered_on_invoice(demo: Demo, plan: Plan, parts: dict[str, int]) -> None:
    _ordered(demo, demo.cast.karim, plan, parts, "invoice")


def _pay_on_invoice(demo: Demo, plan: Plan) -> None:
    cast, props = demo.cast, demo.props
    _, order = props.offers[plan.english].orders[cast.karim.first_name]
    name = own.legal_name(cast.karim.house)
    deeds.transfer(demo, cast.karim, order, name, HAVENBOUW_IBAN)
    deeds.import_statement(demo, cast.bram, props.scheme)
    demo.until(cast.karim, order, "state", "paid")


def end_first(demo: Demo) -> None:
    """End the sale: what was paid for the project that missed goes back."""
    cast, props = demo.cast, demo.props
    demo.go_to_day(calendar.FIRST["saleEndsAt"])
    demo.until(cast.public, props.rounds[0], "state", "ended")
    # Who ends the sales looked before the round had ended: they look again when time passes.
    demo.go_to(demo.day(calendar.FIRST["saleEndsAt"]) + timedelta(minutes=1))
    offer = props.offers[own.WORKSHOP.english]
    demo.until(offer.entrepreneur, offer.address, "state", "not_funded")
    demo.go_to_day(calendar.CHOICE_OVER)
    buyer, order = offer.orders[cast.lotte.first_name]
    demo.until(buyer, order, "state", "refunded")
    demo.wait("the refund arrived", lambda: refunds_settled(demo))


def refunds_settled(demo: Demo) -> bool:
    """Tell whether every refund reached its buyer."""
    path = f"{demo.props.scheme}/outgoings?limit=200"
    items = demo.cast.bram.get(path, told=False)["items"]
    refunds = [item for item in items if item["kind"] == "refund"]
    return bool(refunds) and all(item["status"] == "settled" for item in refunds)
