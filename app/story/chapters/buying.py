"""Two companies come to buy: one pays by card, the other on invoice."""

from collections.abc import Mapping
from typing import Any

from app.core import languages
from app.core.languages import Language
from app.story import deeds, figures
from app.story.bank import IBAN
from app.story.cast import Person
from app.story.chapters.contracting import split
from app.story.deeds import organisation
from app.story.tale import Story


def tell(story: Story) -> None:
    """Go from units for sale to one order that is paid, and one that waits for the bank."""
    _enrol(story)
    _buy_by_card(story)
    _buy_of_another(story)
    _order_on_invoice(story)


def _enrol(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"Two companies have social return to fulfil and no jobs to offer: {cast.karim} registers"
        f" his, and both enrol as buyers."
    ):
        number = figures.COMPANY_NUMBER + 1
        made = cast.karim.post("/v1/organisations", organisation(cast.karim.house, number))
        props.companies[cast.karim] = f"/v1/organisations/{made['id']}"
        for buyer in cast.buyers:
            asked = {
                "schemeId": props.scheme.rpartition("/")[2],
                "reason": "A contract of the city asks for social return.",
            }
            buyer.post(f"{props.companies[buyer]}/enrolments", asked)


def _buy_by_card(story: Story) -> None:
    cast, props = story.cast, story.props
    units = figures.BY_CARD_UNITS
    with story.step(
        f"{cast.lotte} asks what {units} RIKX of DAM Nederland cost, all included, and what they"
        " will count for of both contracts."
    ):
        wanted = {
            "projectId": props.project.rpartition("/")[2],
            "quantityUnits": units,
            "split": split(story),
        }
        asked = cast.lotte.post(f"{props.companies[cast.lotte]}/quotes", wanted)
        quote = asked["quote"]
    amounts = (_money(quote[name]) for name in ("priceCents", "feeCents", "vatFeeCents"))
    story.teller.remark(
        "{} for the units, {} service fee, {} VAT on it".format(*amounts)
        + f": {_money(quote['totalCents'])}",
        "",
    )
    for city, part in zip(figures.SPLIT, asked["split"], strict=True):
        counted = f"{part['quantityUnits']} RIKX count for {_money(part['valueCents'])}"
        story.teller.remark(f"{counted} in {city.capitalize()}", "")
    with story.step(
        f"{cast.lotte} orders them for both: for half an hour nobody else can buy these."
    ):
        more = {"split": split(story)}
        order = _ordered(story, cast.lotte, "dam by card", props.project, (units, "online"), more)
    with story.step(
        "She pays by card, on a page of the payment provider (which is played here: TEST MODE)."
        " The provider tells us, and the order is paid; below the threshold its money is a deposit."
    ):
        deeds.pay_by_card(story, cast.lotte, props.companies[cast.lotte], order)
    with story.step("Anybody can look a unit up in the public register, by its serial number."):
        block = cast.lotte.get(f"{order}/units")
        cast.public.get(f"/v1/units/{block['firstSerial']}")
    story.teller.remark(f"serials {block['firstSerial']} to {block['lastSerial']}", "")


def _buy_of_another(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"{cast.lotte} buys {figures.OTHER_UNITS} RIKX of Werkplaats Charlois too, in the same way."
    ):
        order = _ordered(
            story, cast.lotte, "other by card", props.other_project, (figures.OTHER_UNITS, "online")
        )
        deeds.pay_by_card(story, cast.lotte, props.companies[cast.lotte], order)


def _order_on_invoice(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"{cast.chantal} takes the foundation's account at its bank into use: who buys on invoice"
        " pays to it."
    ):
        account = {"iban": IBAN, "holderName": "Stichting RIKX"}
        made = cast.chantal.post(f"{props.scheme}/bank-accounts", account)
        props.bank_account = made["id"]
    with story.step(
        f"{cast.karim} orders {figures.BY_BANK_UNITS} RIKX of DAM Nederland on invoice: the units"
        " are his for thirty days, and a reference says what his transfer is for. DAM Nederland"
        " supplies the units and the foundation its service, so there are two invoices."
    ):
        order = _ordered(
            story, cast.karim, "dam by bank", props.project, (figures.BY_BANK_UNITS, "invoice")
        )
        [payment] = cast.karim.get(f"{order}/payments")["items"]
        invoices = cast.karim.get(f"{order}/invoices")["items"]
    story.teller.remark(f"{_money(payment['amountCents'])}, {payment['creditorReference']}", "")
    for invoice in invoices:
        told = f"{invoice['number']} for the {invoice['supply']}: {_money(invoice['totalCents'])}"
        story.teller.remark(told, "")
    more = figures.IMPACT_UNITS - figures.BY_CARD_UNITS - figures.BY_BANK_UNITS + 1
    with story.refusal(f"{cast.lotte} wants {more} more: one too many.", "not-enough-units"):
        _ordered(story, cast.lotte, "too many", props.project, (more, "online"))


def _ordered(  # noqa: PLR0913  Who orders what, and how.
    story: Story,
    buyer: Person,
    name: str,
    project: str,
    wanted: tuple[int, str],
    more: Mapping[str, Any] | None = None,
) -> str:
    """Order units, and remember the order by a name."""
    company = story.props.companies[buyer]
    address = deeds.order(buyer, company, project, wanted, more or {})
    story.props.orders[name] = address
    return address


def _money(cents: int) -> str:
    return languages.money(cents, Language.ENGLISH)
