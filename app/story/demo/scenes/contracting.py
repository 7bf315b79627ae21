"""Cities with rules of their own award contracts to companies, which owe social return for them."""

from datetime import timedelta
from typing import Any

from app.core import clock
from app.story import deeds
from app.story.cast import Person
from app.story.demo import figures as own
from app.story.demo.figures import Award, City
from app.story.demo.playing import Demo
from app.story.demo.scenes.setting import FIRST_BUYER

FIRST_CITY = 11
RECOGNISING = ("Rotterdam", "Schiedam")
DECIDED = "Demo: decision of the council."


def join(demo: Demo) -> None:
    """Make authorities of the cities, each with rules; then the scheme can open."""
    cast = demo.cast
    for number, (city, officer) in enumerate(zip(own.CITIES, cast.officers, strict=True)):
        _join(demo, city, officer, FIRST_CITY + number)
    opened = {"kind": "opened", "reason": "Demo: its policy is there, and two cities recognise it."}
    cast.noor.post(f"{demo.props.scheme}/decisions", opened)


def _join(demo: Demo, city: City, officer: Person, number: int) -> None:
    cast, props = demo.cast, demo.props
    name = own.legal_name(f"Gemeente {city.name}")
    made = officer.post("/v1/organisations", deeds.organisation(name, number))
    home = props.homes[officer] = f"/v1/organisations/{made['id']}"
    cast.noor.post(f"{home}/verifications", deeds.SEEN)
    body = {
        "organisationId": made["id"],
        "municipalities": [city.municipality],
        "reason": "A municipality by law.",
    }
    authority_id = cast.noor.post("/v1/authorities", body)["id"]
    props.authorities[city.name] = f"/v1/authorities/{authority_id}"
    deeds.invite(demo, officer, home, cast.irma, "approver")
    officer.post(f"{home}/auditors", deeds.appointment(cast.ada))
    tables = {each["code"]: each for each in officer.get("/v1/rule-tables")["tables"]}
    authority = props.authorities[city.name]
    deeds.publish_rules(officer, cast.irma, authority, city.rules(tables), DECIDED)
    if city.name in RECOGNISING:
        recognised = {"authorityId": authority_id, "reason": DECIDED}
        cast.noor.post(f"{props.scheme}/recognitions", recognised)


def award(demo: Demo) -> None:
    """Register the companies and their contracts, and confirm what follows."""
    cast = demo.cast
    awards = (own.AWARDS["lotte"], own.AWARDS["karim"])
    for number, (buyer, theirs) in enumerate(zip(cast.buyers, awards, strict=True)):
        company = _register(demo, buyer, FIRST_BUYER + number)
        demo.each(_award, *((demo, each, company) for each in theirs))


def _register(demo: Demo, buyer: Person, number: int) -> dict[str, Any]:
    props = demo.props
    body = deeds.organisation(own.legal_name(buyer.house), number)
    made = buyer.post("/v1/organisations", body)
    home = props.homes[buyer] = f"/v1/organisations/{made['id']}"
    demo.cast.noor.post(f"{home}/verifications", deeds.SEEN)
    asked = {"schemeId": deeds.id_of(props.scheme), "reason": "Contracts ask for social return."}
    buyer.post(f"{home}/enrolments", asked)
    return body


def _award(demo: Demo, award: Award, company: dict[str, Any]) -> None:
    cast, props = demo.cast, demo.props
    officer = dict(zip((city.name for city in own.CITIES), cast.officers, strict=True))[award.city]
    today = clock.today()
    party = {
        "scheme": "NL-KVK",
        "identifier": company["registerNumber"],
        "legalName": company["legalName"],
    }
    body = {
        "title": f"{award.title} (demo)",
        "kind": award.kind,
        "hasClause": True,
        "contractSumCents": award.sum_cents,
        "tenderSumCents": award.sum_cents,
        "startsOn": today.isoformat(),
        "endsOn": (today + timedelta(days=730)).isoformat(),
        "reference": award.reference,
        "awardedOn": today.isoformat(),
        "parties": [party],
    }
    contract = officer.post(f"{props.authorities[award.city]}/contracts", body)
    found = officer.get(f"{props.authorities[award.city]}/obligations")["items"]
    [owed] = [each for each in found if each["contractId"] == contract["id"]]
    obligation = props.obligations[award.reference] = f"/v1/obligations/{owed['id']}"
    cast.irma.post(f"{obligation}/confirmations", {"reason": "Demo: as it was awarded."})
