"""What was bought, and who was placed, is claimed, and decided about by the cities."""

from datetime import date, timedelta
from typing import Any

from app.core import clock
from app.fulfilments import candidates
from app.story import deeds
from app.story.cast import Person
from app.story.demo import figures as own
from app.story.demo.playing import Demo
from app.story.demo.scenes import calendar

APPROVED = {"verdict": "approved", "reason": "Demo: as the rules say."}
REJECTED = {
    "verdict": "rejected",
    "reason": "Demo: the placement is not shown to be of this contract.",
}
GROUNDS = "Demo: the employer's statement, which was sent along, names the contract."


def claim_units(demo: Demo) -> None:
    """Claim bought units: most are approved, one claim waits for its city."""
    demo.go_to_day(calendar.CLAIMS)
    cast, props = demo.cast, demo.props
    orders = props.offers[own.DRIVERS.english].orders
    (lotte, by_lotte), (karim, by_karim) = (orders[each.first_name] for each in cast.buyers)
    for reference in ("RDM-001", "SDM-001", "SDM-002"):
        _await_provisional(demo, lotte if reference.endswith("1") else karim, reference)
    approved = (
        (lotte, by_lotte, "RDM-001", 20),
        (lotte, by_lotte, "SDM-001", 50),
        (karim, by_karim, "SDM-002", 30),
    )
    for buyer, order, reference, units in approved:
        claim = _claim_of_units(demo, buyer, order, reference, units)
        cast.irma.post(f"{claim}/decisions", APPROVED)
    _claim_of_units(demo, karim, by_karim, "RDM-002", 15)
    settled = {"reason": "Demo: all of it was fulfilled."}
    cast.samira.post(f"{props.obligations['RDM-001']}/settlements", settled)


def _await_provisional(demo: Demo, buyer: Person, reference: str) -> None:
    path = f"{demo.props.obligations[reference]}/balance"
    demo.wait("it counts provisionally", lambda: not buyer.sees(path, "provisionalCents", 0))


def _claim_of_units(demo: Demo, buyer: Person, order: str, reference: str, units: int) -> str:
    obligation_id = deeds.id_of(demo.props.obligations[reference])
    body = {"obligationId": obligation_id, "quantityUnits": units}
    return _submitted(buyer, buyer.post(f"{order}/fulfilments", body))


def _submitted(buyer: Person, drafted: dict[str, Any]) -> str:
    claim = f"/v1/fulfilments/{drafted['id']}"
    buyer.post(f"{claim}/submissions")
    return claim


def claim_placements(demo: Demo) -> None:
    """Claim two placements: one is approved; of the other the refusal is objected to."""
    cast = demo.cast
    salt = bytes.fromhex(cast.karim.get("/v1/candidate-salt")["salt"])
    months = clock.today() - timedelta(days=100), clock.today() - timedelta(days=10)
    claim = _claim_of_placement(demo, salt, "Jansen", "ww-under-1-year", months)
    cast.irma.post(f"{claim}/decisions", APPROVED)
    refused = _claim_of_placement(demo, salt, "Bakker", "bbl-up-to-level-2", months)
    cast.fleur.post(f"{refused}/decisions", REJECTED)
    [decision] = [
        each
        for each in cast.karim.get(f"{refused}/decisions")["items"]
        if each["kind"] == "rejected"
    ]
    objection = {"decisionId": decision["id"], "grounds": GROUNDS}
    cast.karim.post(f"{refused}/objections", objection)


def _claim_of_placement(
    demo: Demo, salt: bytes, name: str, block: str, period: tuple[date, date]
) -> str:
    # As whoever employs the candidate does; only a mark of the key is kept here.
    key = candidates.key(salt, name, "Demo", date(1990, 1, 31)).hex()
    first, last = period
    placement = {
        "candidateKey": key,
        "block": block,
        "startsOn": first.isoformat(),
        "endsOn": last.isoformat(),
        "minutesPerWeek": 2_160,
    }
    karim = demo.cast.karim
    body = {
        "obligationId": deeds.id_of(demo.props.obligations["DHG-001"]),
        "claim": {"kind": "building-block", "placements": [placement]},
    }
    return _submitted(karim, karim.post(f"{demo.props.homes[karim]}/fulfilments", body))
