"""Two cities award contracts to a company, and oblige it to social return."""

import json
from typing import Any

from app.core import clock, languages
from app.core.languages import Language
from app.story import deeds, figures
from app.story.cast import Person
from app.story.deeds import SEEN, appointment, organisation
from app.story.tale import Story


def tell(story: Story) -> None:
    """Go from two cities with rules of their own to what a company owes to each."""
    _join(story)
    for city, writer, publisher in _cities(story):
        _publish_rules(story, city, writer, publisher)
    _register_company(story)
    _import(story)


def _cities(story: Story) -> tuple[tuple[str, Person, Person], ...]:
    """Name each city, who works on its things, and who decides about them."""
    cast = story.cast
    return (("rotterdam", cast.samira, cast.joost), ("schiedam", cast.joost, cast.samira))


def _join(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"Schiedam joins: {cast.joost} registers it, and {cast.noor} verifies that, makes it an"
        " authority, and records that it recognises the scheme too."
    ):
        cast.joost.register(story.mailbox)
        made = cast.joost.post("/v1/organisations", organisation("Gemeente Schiedam", 9))
        schiedam = f"/v1/organisations/{made['id']}"
        cast.noor.post(f"{schiedam}/verifications", SEEN)
        body = {
            "organisationId": made["id"],
            "municipalities": [figures.SCHIEDAM],
            "reason": "A municipality by law.",
        }
        authority = cast.noor.post("/v1/authorities", body)["id"]
        recognised = {"authorityId": authority, "reason": "Decision of the council."}
        cast.noor.post(f"{props.scheme}/recognitions", recognised)
    props.cities = {"rotterdam": props.authority, "schiedam": authority}
    props.keepers |= {props.authority: "Rotterdam", authority: "Schiedam"}
    with story.step(
        f"The two cities buy together: {cast.samira.first_name} and {cast.joost.first_name} each"
        " approve what the other one enters. Both let the auditor in."
    ):
        deeds.invite(story, cast.samira, props.city, cast.joost, "approver")
        deeds.invite(story, cast.joost, schiedam, cast.samira, "approver")
        for host, city in ((cast.samira, props.city), (cast.joost, schiedam)):
            host.post(f"{city}/auditors", appointment(cast.ada))


def _publish_rules(story: Story, city: str, writer: Person, publisher: Person) -> None:
    authority = f"/v1/authorities/{story.props.cities[city]}"
    with story.step(
        f"{writer} writes down what {city.capitalize()} asks and counts, from the table that is"
        f" shipped for it; {publisher} publishes that."
    ):
        tables = writer.get("/v1/rule-tables")["tables"]
        [table] = [each for each in tables if each["code"] == city]
        rules = table["rules"] | figures.RULES[city]
        deeds.publish_rules(writer, publisher, authority, rules, "Decision of the council.")
    for silent in table["silentAbout"]:
        story.teller.remark(f"silent about {silent}", "")


def _register_company(story: Story) -> None:
    cast, props = story.cast, story.props
    number = figures.COMPANY_NUMBER
    with story.step(
        f"{cast.lotte} registers {cast.lotte.house}, and {cast.noor} verifies its number: from now"
        " on it sees what was awarded to it."
    ):
        made = cast.lotte.post("/v1/organisations", organisation(cast.lotte.house, number))
        props.companies[cast.lotte] = f"/v1/organisations/{made['id']}"
        cast.noor.post(f"{props.companies[cast.lotte]}/verifications", SEEN)


def _import(story: Story) -> None:
    props = story.props
    package = json.dumps(figures.package(clock.today())).encode()
    for city, writer, decider in _cities(story):
        authority = f"/v1/authorities/{props.cities[city]}"
        with story.step(
            f"{writer} sends a file of contracts (OCDS): {city.capitalize()} takes up its own and"
            f" passes over the other. {decider} confirms what follows."
        ):
            path = f"{authority}/ocds-imports?assumeClause=true"
            sent = writer.upload(path, package, "contracts.json", "application/json")
            imported = f"{authority}/ocds-imports/{sent['id']}"
            story.wait("the file is read", lambda: writer.sees(imported, "state", "done"))  # noqa: B023  It is called at once.
            [found] = writer.get(f"{authority}/obligations")["items"]
            props.obligations[city] = f"/v1/obligations/{found['id']}"
            confirmed = {"reason": "As it was awarded."}
            decider.post(f"{props.obligations[city]}/confirmations", confirmed)
        for step in found["steps"]:
            story.teller.remark(f"{step['text']}: {step['figures']}", "")


def claimed(story: Story) -> None:
    """Go from units that are firm to what counts for good, and a contract that is settled."""
    cast, props = story.cast, story.props
    order = props.orders["dam by card"]
    for city, _, decider in _cities(story):
        path = f"{props.obligations[city]}/balance"
        story.wait("it counts provisionally", lambda: _counts(cast.lotte, path))  # noqa: B023  It is called at once.
        with story.step(
            f"{cast.lotte} claims {figures.SPLIT[city]} RIKX for the contract of"
            f" {city.capitalize()}; {decider} approves: they count for good, and are retired."
        ):
            claim = _claimed(story, order, city, decider)
            certificate = cast.lotte.get(f"{claim}/certificate")
            cast.public.get(f"/v1/certificates/{certificate['code']}")
        counted = certificate["counted"]
        story.teller.remark(
            f"certificate {certificate['code']}: {counted['firstSerial']} to"
            f" {counted['lastSerial']}, {_money(counted['valueCents'])}, {certificate['state']}",
            "",
        )
    with story.refusal(f"{cast.lotte} claims one of them once more.", "not-allocated"):
        cast.lotte.post(f"{order}/fulfilments", _claim(story, "rotterdam", 1))
    _settle(story)


def _counts(person: Person, balance: str) -> bool:
    return not person.sees(balance, "provisionalCents", 0)


def _claimed(story: Story, order: str, city: str, decider: Person) -> str:
    lotte = story.cast.lotte
    drafted = lotte.post(f"{order}/fulfilments", _claim(story, city, figures.SPLIT[city]))
    claim = f"/v1/fulfilments/{drafted['id']}"
    lotte.post(f"{claim}/submissions")
    decider.post(f"{claim}/decisions", {"verdict": "approved", "reason": "As the rules say."})
    return claim


def _claim(story: Story, city: str, units: int) -> dict[str, Any]:
    obligation_id = story.props.obligations[city].rpartition("/")[2]
    return {"obligationId": obligation_id, "quantityUnits": units}


def split(story: Story) -> list[dict[str, Any]]:
    """Say for which contracts the units of Lotte's order are meant."""
    return [_claim(story, city, units) for city, units in figures.SPLIT.items()]


def _settle(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"Rotterdam's contract is fulfilled, and {cast.samira} settles it. Of Schiedam's something"
        " is left to do."
    ):
        settled = {"reason": "All of it was fulfilled."}
        cast.samira.post(f"{props.obligations['rotterdam']}/settlements", settled)
        left = cast.lotte.get(f"{props.obligations['schiedam']}/balance")
    story.teller.remark(f"{_money(left['openCents'])} of {_money(left['imposedCents'])}", "")


def _money(cents: int) -> str:
    return languages.money(cents, Language.ENGLISH)
