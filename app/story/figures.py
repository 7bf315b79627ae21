"""The figures of the story: what is known of the real round, and what is assumed."""

from datetime import date, timedelta
from typing import Any

KNOWN = (
    "Rikx runs in Rotterdam, with rounds since 2021; its third was in March 2023.",
    "DAM Nederland trains drivers for target-group transport; it needs 108 RIKX at least.",
    "Its project takes about six months. A workshop for carpenters and ironworkers is another.",
    "Five independent experts were the panel of the pilot. Stichting RIKX holds the money.",
)

ASSUMED = (
    "The price of a RIKX (EUR 100) and the service fee (5 %), which are not public.",
    "Both contracts; that Rotterdam asks 5 %; that Schiedam counts RIKX 1:1, as Rotterdam does.",
    "The costs of the projects, what the experts found, what was sold, and the panel's rules.",
    "All people, addresses and register numbers. The dates: the story begins today.",
)

THRESHOLD_UNITS = 108
UNIT_PRICE_CENTS = 10_000
ESTIMATES = (110, 118, 122, 130)
"""What four experts find; the fifth has a conflict of interest."""
IMPACT_UNITS = 120
"""Their median, rounded down."""
OTHER_THRESHOLD_UNITS = 60
OTHER_ESTIMATES = (70, 76, 84, 90)
"""What the same four find of the other project; 80 is their median."""

BY_CARD_UNITS, BY_BANK_UNITS = 70, 45
"""What two companies buy of it: together above the threshold."""
OTHER_UNITS = 5
"""What is sold of the other project: far below its threshold."""

SPLIT = {"rotterdam": 20, "schiedam": 50}
"""For which city's contract the first of them buys; together all that it buys."""
CONTRACT_EUROS = {"rotterdam": 40_000, "schiedam": 125_000}
"""What each city awards; 5 % of it is owed: EUR 2,000 and EUR 6,250."""

ROTTERDAM = "GM0599"
SCHIEDAM = "GM0606"

CHARGED = {"kind": "charged", "rateBasisPoints": 2_100}

COMPANY_NUMBER = 5
"""The first company's, in the trade register."""

UNITS_COUNT = {"factorBasisPoints": 10_000, "maximumShareBasisPoints": None, "region": None}
FIVE_PERCENT = {"kind": "at-least", "basisPoints": 500}
ALWAYS = {"kind": "always"}
RULES: dict[str, dict[str, Any]] = {
    "rotterdam": {
        "obligation": {
            "base": "contract-sum",
            "percentage": FIVE_PERCENT,
            "lowLabour": None,
            "thresholdSum": None,
            "thresholds": {"services": ALWAYS, "works": ALWAYS, "supplies": ALWAYS},
            "capCents": None,
        },
    },
    "schiedam": {
        "obligation": {
            "base": "contract-sum",
            "percentage": FIVE_PERCENT,
            "lowLabour": None,
            "thresholdSum": None,
            "thresholds": {
                "services": {"kind": "from", "amountCents": 12_500_000},
                "works": {"kind": "from", "amountCents": 22_500_000},
                "supplies": None,
            },
            "capCents": None,
        },
        "units": UNITS_COUNT,
    },
}
"""What the story adds to the shipped tables."""

TERMS: dict[str, Any] = {
    "termsVersion": 1,
    "unitPriceCents": UNIT_PRICE_CENTS,
    "fee": {"kind": "percentage", "rateBasisPoints": 500, "borneBy": "buyer", "vat": CHARGED},
    "saleVat": {"kind": "outside-scope", "reason": "No supply in return: a ruling is asked for."},
    "reservations": {"onlineMinutes": 30, "invoiceDays": 30},
    "buyers": {
        "who": "enrolled-companies",
        "enrolment": "free",
        "minimumUnits": 1,
        "maximumUnits": None,
    },
    "thresholdMissed": {"kind": "reallocation", "withinDays": 14},
    "unsold": {"kind": "lapse"},
    "valuation": {
        "kind": "panel",
        "size": 5,
        "quorum": 3,
        "aggregation": "median",
        "trimmedEachSide": 0,
        "rounding": "down",
        "rubric": [
            {
                "code": "work",
                "name": {"nl": "Uitzicht op werk", "en": "Prospect of work"},
                "description": "How likely is lasting work for the people in the project?",
                "weight": 3,
                "lowestScore": 1,
                "highestScore": 5,
                "anchors": [
                    {"score": 1, "meaning": {"nl": "geen", "en": "none"}},
                    {"score": 5, "meaning": {"nl": "een vaste baan", "en": "a permanent job"}},
                ],
            },
            {
                "code": "feasibility",
                "name": {"nl": "Haalbaarheid", "en": "Feasibility"},
                "description": "Can this entrepreneur do it in this time, for this money?",
                "weight": 2,
                "lowestScore": 1,
                "highestScore": 5,
                "anchors": [],
            },
        ],
    },
    "objectionDays": 42,
    "plans": {
        "earliestStartDays": 30,
        "latestStartDays": 365,
        "longestDurationDays": 365,
        "smallestThresholdUnits": 1,
        "largestThresholdUnits": 500,
        "largestOtherFinancingBasisPoints": 0,
    },
    "payout": {
        "startPart": [{"moment": "start", "percent": 100}],
        "resultPart": [
            {"moment": "interim-report", "percent": 40},
            {"moment": "final-report", "percent": 60},
        ],
        "paymentTermDays": 30,
        "debitWaitDays": 56,
        "bankAccountCoolingOffDays": 7,
        "shortResultRemedies": ["pro-rata-release", "refund", "substitute-project"],
    },
    "reports": {
        "interimDaysAfterStart": 90,
        "finalDaysAfterEnd": 30,
        "reminderDaysBefore": [14, 3, 0],
    },
    "recognition": {"factorBasisPoints": 10_000, "provisionalWhenFirm": True},
}
"""The policy of the scheme: what a panel values and companies buy."""


def package(today: date) -> dict[str, Any]:
    """Write the OCDS file in which both cities publish what they awarded."""
    return {
        "uri": "https://buying.example/contracts.json",
        "version": "1.1",
        "publishedDate": f"{today}T08:00:00Z",
        "publisher": {"name": "The cities' office of procurement"},
        "releases": [
            _release("rotterdam", 1, today, "Onderzoek naar de jeugdzorg"),
            _release("schiedam", 9, today, "Advies over het doelgroepenvervoer"),
        ],
    }


def _release(city: str, number: int, today: date, title: str) -> dict[str, Any]:
    supplier = {"scheme": "NL-KVK", "id": f"{COMPANY_NUMBER:08}", "legalName": "Maas Advies"}
    ends_on = today + timedelta(days=730)
    return {
        "ocid": f"ocds-story-{city}",
        "id": f"{city}-1",
        "date": f"{today}T08:00:00Z",
        "tag": ["award", "contract"],
        "initiationType": "tender",
        "buyer": {"id": "B", "identifier": {"scheme": "NL-KVK", "id": f"{number:08}"}},
        "tender": {"id": "T", "title": title, "mainProcurementCategory": "services"},
        "awards": [
            {
                "id": "A",
                "status": "active",
                "date": f"{today}T08:00:00Z",
                "suppliers": [{"identifier": supplier}],
            }
        ],
        "contracts": [
            {
                "id": "C",
                "awardID": "A",
                "title": title,
                "status": "active",
                "period": {"startDate": f"{today}T08:00:00Z", "endDate": f"{ends_on}T08:00:00Z"},
                "value": {"amount": CONTRACT_EUROS[city], "currency": "EUR"},
            }
        ],
    }


def plan(today: date) -> dict[str, Any]:
    """Write DAM Nederland's plan for a round that opens today."""
    return {
        "title": {"nl": "Chauffeurs voor het doelgroepenvervoer"},
        "summary": {"nl": "Twaalf mensen worden in een half jaar chauffeur."},
        "objectives": {"nl": "Twaalf mensen halen hun rijbewijs en vinden werk."},
        "activities": {"nl": "Rijlessen, meerijden en begeleiding."},
        "targetGroups": [
            {"group": "participatiewet", "people": 9},
            {"group": "jobs-agreement", "people": 3},
        ],
        "thresholdUnits": THRESHOLD_UNITS,
        "startsOn": (today + timedelta(days=120)).isoformat(),
        "endsOn": (today + timedelta(days=300)).isoformat(),
        "milestones": [
            {"on": (today + timedelta(days=200)).isoformat(), "what": "Zes rijbewijzen gehaald"}
        ],
        "promisedEvidence": ["Arbeidscontracten", "Verslag van de begeleiding"],
        "place": {"municipality": ROTTERDAM, "address": "Stationsplein 1, Rotterdam"},
        "costs": [
            {"kind": "facilities", "description": "Lesauto's", "amountCents": 500_000},
            {"kind": "hours", "description": "Begeleiding", "hours": 100, "rateCents": 5_000},
            {"kind": "materials", "description": "Lesmateriaal", "amountCents": 80_000},
        ],
        "otherFinancing": [],
        "bank": "Rekening op naam van de stichting.",
        "partners": "Een vervoerder die mensen in dienst neemt.",
        "notes": "",
    }


def other_plan(today: date) -> dict[str, Any]:
    """Write the plan of Werkplaats Charlois, which is much like the other."""
    return {
        **plan(today),
        "title": {"nl": "Werkplaats voor timmerlieden en ijzerwerkers"},
        "summary": {"nl": "Zes jongeren leren een vak in een werkplaats."},
        "objectives": {"nl": "Zes jongeren gaan aan het werk als timmerman of ijzerwerker."},
        "activities": {"nl": "Leren op de werkvloer, met een vakman naast zich."},
        "targetGroups": [{"group": "participatiewet", "people": 6}],
        "thresholdUnits": OTHER_THRESHOLD_UNITS,
        "place": {"municipality": ROTTERDAM, "address": "Dorpsweg 1, Rotterdam"},
        "costs": [{"kind": "facilities", "description": "Werkplaats", "amountCents": 600_000}],
        "partners": "Twee bouwbedrijven.",
    }


def report(begins: date, until: date, reached: int) -> dict[str, Any]:
    """Write what came of DAM Nederland's project until a day."""
    return {
        "summary": {"nl": "De lessen lopen; de eerste rijbewijzen zijn gehaald."},
        "periodFrom": begins.isoformat(),
        "periodUntil": until.isoformat(),
        "counts": [
            {"group": "participatiewet", "category": "took-part", "people": 9},
            {"group": "jobs-agreement", "category": "took-part", "people": 3},
            {"group": "participatiewet", "category": "found-work", "people": reached},
        ],
        "milestones": [
            {"number": 1, "reachedOn": (begins + timedelta(days=80)).isoformat(), "remark": ""}
        ],
        "promises": [],
        "costsCents": 540_000,
    }


def final_report(begins: date, ends: date) -> dict[str, Any]:
    """Write what came of it in the end."""
    return {
        **report(begins, ends, reached=9),
        "summary": {"nl": "Elf van de twaalf mensen zijn nu chauffeur."},
        "promises": [
            {"number": 1, "isKept": True, "remark": ""},
            {"number": 2, "isKept": True, "remark": ""},
        ],
        "costsCents": 1_080_000,
    }


def sheet(estimate: int) -> dict[str, Any]:
    """Write what an expert finds of that plan."""
    return {
        "scores": {"work": 4, "feasibility": 3},
        "estimateUnits": estimate,
        "remarks": "Een goed plan, maar zoek een tweede vervoerder.",
        "panelRemarks": "De begroting is krap.",
    }
