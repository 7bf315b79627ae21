"""Who is there: people, the foundation with its scheme, entrepreneurs and experts."""

from app.core import clock
from app.story import deeds, figures
from app.story.bank import IBAN
from app.story.cast import Person
from app.story.demo import figures as own
from app.story.demo.playing import Demo

FOUNDATION_NUMBER, FIRST_ENTREPRENEUR, FIRST_BUYER = 2, 21, 41
"""In the trade register; invented, as all numbers are."""
IBANS = (
    "NL20INGB0001234567",
    "NL02ABNA0123456789",
    "NL39RABO0300065264",
    "NL86INGB0002445588",
    "NL44RABO0123456789",
)


def gather(demo: Demo) -> None:
    """Make everybody's account."""
    demo.stage.bootstrap(demo.cast.noor)
    demo.each(Person.register, *((person, demo.mailbox) for person in demo.cast.strangers))


def prepare_scheme(demo: Demo) -> None:
    """Prepare the scheme, with a policy that four eyes saw."""
    cast, props = demo.cast, demo.props
    body = deeds.organisation(own.legal_name("Stichting Rikx-naar-voorbeeld"), FOUNDATION_NUMBER)
    made = cast.eva.post("/v1/organisations", body | {"vatId": "NL004495445B01"})
    props.foundation = f"/v1/organisations/{made['id']}"
    cast.noor.post(f"{props.foundation}/verifications", deeds.SEEN)
    for colleague, role in ((cast.bram, "member"), (cast.chantal, "approver")):
        deeds.invite(demo, cast.eva, props.foundation, colleague, role)
    scheme = cast.noor.post("/v1/schemes", own.SCHEME | {"operatorId": made["id"]})
    props.scheme = f"/v1/schemes/{scheme['id']}"
    policy = {"validFrom": clock.today().isoformat(), "terms": figures.TERMS}
    draft = cast.eva.post(f"{props.scheme}/policy-drafts", policy)
    path = f"{props.scheme}/policy-drafts/{draft['id']}/publications"
    cast.chantal.post(path, {"reason": own.PRICE_REASON})
    cast.eva.post(f"{props.foundation}/auditors", deeds.appointment(cast.ada))
    account = {"iban": IBAN, "holderName": "Stichting Rikx-naar-voorbeeld"}
    props.bank_account = cast.chantal.post(f"{props.scheme}/bank-accounts", account)["id"]


def admit(demo: Demo) -> None:
    """Admit the entrepreneurs, and seat the panel."""
    who = enumerate(zip(demo.cast.entrepreneurs, IBANS, strict=True))
    demo.each(_admit, *((demo, number, *given) for number, given in who))
    cast, props = demo.cast, demo.props
    demo.each(deeds.seat, *((demo, cast.bram, props.scheme, each) for each in cast.experts))


def _admit(demo: Demo, number: int, entrepreneur: Person, iban: str) -> None:
    cast, props = demo.cast, demo.props
    name = own.legal_name(entrepreneur.house)
    home, admission = deeds.ask_to_take_part(
        entrepreneur, props.scheme, name, FIRST_ENTREPRENEUR + number, iban
    )
    props.homes[entrepreneur] = home
    deeds.check(cast.bram, admission, iban)
    deeds.admit(cast.chantal, admission)


def look_back(demo: Demo) -> None:
    """Insist that the books are right."""
    ada = demo.cast.ada
    demo.wait("every entry has its position", lambda: _is_known(ada))
    found = ada.get(f"{demo.props.scheme}/reconciliation")
    demo.insist(found["agrees"], f"The books differ from the provider or the bank: {found}.")
    faults = demo.stage.check()
    demo.insist(not faults, "It is not as it must be: " + " ".join(faults))


def _is_known(reader: Person) -> bool:
    [last] = reader.get("/v1/ledger-entries?limit=1", told=False)["items"]
    return bool(last["position"])
