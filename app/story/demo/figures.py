"""What stands in the demo: known of real schemes and cities where it is public, else invented.

Known: the kinds of projects, that DAM Nederland needs 108 RIKX, what cities ask and their tables
(`app.obligations.shipped`). Invented: people, sums, prices, dates, results; the names say so.
"""

from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.story import figures

LASTS = timedelta(days=330)
"""How far back the demo begins."""
NAME = "Rikx-style demo Rotterdam-Rijnmond"
SCHEME = {
    "code": "rikx-style-demo",
    "name": {"nl": "Demo naar het voorbeeld van Rikx: Rotterdam-Rijnmond", "en": NAME},
    "unitName": "RIKX",
    "region": [figures.ROTTERDAM, figures.SCHIEDAM],
    "languages": ["nl"],
}
PRICE_REASON = (
    "Demo. The price of EUR 100 per RIKX is an assumption: the real one is not public. So are the"
    " fee of 5 % and the rules of the panel."
)
ASSUMED = "Assumed for the demo"
DEN_HAAG = "GM0518"
OBJECTION_DAYS = 42
REPORTING: dict[str, Any] = {"smallestCount": 5, "ageingDays": [30, 90, 365]}


def legal_name(name: str) -> str:
    """Mark what is not real, whatever it is called after."""
    return f"{name} (demo)"


@dataclass(frozen=True, slots=True)
class City:
    """An authority, the shipped table that it began with, and what the demo assumes beside it."""

    name: str
    municipality: str
    table: str
    assumed: dict[str, Any]
    says: str
    """What of it is assumed, in words."""
    blocks_of: str | None = None
    """The shipped table whose building blocks it uses, if that is another."""

    def rules(self, tables: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """Put its rules together out of what is shipped."""
        rules: dict[str, Any] = deepcopy(tables[self.table]["rules"] | self.assumed)
        source = rules["source"]
        if self.blocks_of is not None:
            other = tables[self.blocks_of]["rules"]
            rules["buildingBlocks"] = other["buildingBlocks"] | {"longestMonths": 24}
            source += f". {other['source']}"
        rules["deadlines"] = rules["deadlines"] | {"objectionDays": OBJECTION_DAYS}
        rules["reporting"] = REPORTING
        small = f"no counts of fewer than {REPORTING['smallestCount']} people"
        told = f"{self.says}, {OBJECTION_DAYS} days to object, {small}"
        rules["source"] = f"{source}. {ASSUMED}: {told}."
        return rules


CITIES = (
    City(
        "Rotterdam",
        figures.ROTTERDAM,
        "rotterdam",
        figures.RULES["rotterdam"],
        "5 % of every contract's sum",
    ),
    City(
        "Schiedam",
        figures.SCHIEDAM,
        "schiedam",
        figures.RULES["schiedam"],
        "the contract's sum as base, RIKX count 1:1",
    ),
    City(
        "Den Haag",
        DEN_HAAG,
        "den-haag",
        {},
        "the region's building blocks for at most 24 months",
        "haaglanden-zuid-holland-centraal",
    ),
)


@dataclass(frozen=True, slots=True)
class Award:
    """A contract that a city awarded to a company."""

    city: str
    reference: str
    title: str
    kind: str
    sum_cents: int


AWARDS = {
    "lotte": (
        Award("Rotterdam", "RDM-001", "Onderzoek naar de jeugdzorg", "services", 4_000_000),
        Award("Schiedam", "SDM-001", "Advies over het doelgroepenvervoer", "services", 12_500_000),
    ),
    "karim": (
        Award("Rotterdam", "RDM-002", "Onderhoud van kademuren", "works", 30_000_000),
        Award("Schiedam", "SDM-002", "Nieuwbouw van een gymzaal", "works", 40_000_000),
        Award("Den Haag", "DHG-001", "Herinrichting van een winkelstraat", "works", 60_000_000),
    ),
}
"""By who works for the company."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an entrepreneur plans; costs are exactly what its threshold brings."""

    title: str
    english: str
    aim: str
    people: int
    group: str
    threshold_units: int
    months: int
    street: str
    estimates: tuple[int, ...] = ()
    """What four experts find of it."""

    def content(self, starts_on: date) -> dict[str, Any]:
        """Write it down, for a project that starts on that day."""
        ends_on = starts_on + timedelta(days=30 * self.months)
        costs = self.threshold_units * figures.UNIT_PRICE_CENTS
        return {
            "title": {"nl": self.title, "en": self.english},
            "summary": {"nl": f"{self.aim} (demo)"},
            "objectives": {"nl": self.aim},
            "activities": {"nl": "Lessen, werken onder begeleiding, en hulp bij het solliciteren."},
            "targetGroups": [{"group": self.group, "people": self.people}],
            "thresholdUnits": self.threshold_units,
            "startsOn": starts_on.isoformat(),
            "endsOn": ends_on.isoformat(),
            "milestones": [
                {
                    "on": (starts_on + timedelta(days=15 * self.months)).isoformat(),
                    "what": "De helft van de deelnemers heeft een certificaat",
                }
            ],
            "promisedEvidence": ["Arbeidscontracten", "Verslag van de begeleiding"],
            "place": {"municipality": figures.ROTTERDAM, "address": f"{self.street}, Rotterdam"},
            "costs": [
                {"kind": "materials", "description": "Materiaal", "amountCents": costs // 4},
                {"kind": "facilities", "description": "Ruimte", "amountCents": costs - costs // 4},
            ],
            "otherFinancing": [],
            "bank": "Rekening op naam van de onderneming.",
            "partners": "Twee werkgevers die mensen in dienst nemen.",
            "notes": "Demo: bedragen en aantallen zijn verzonnen.",
        }


DRIVERS = Plan(
    "Chauffeurs voor het doelgroepenvervoer",
    "Drivers for target-group transport",
    "Twaalf mensen halen hun rijbewijs en worden chauffeur.",
    12,
    "participatiewet",
    figures.THRESHOLD_UNITS,
    6,
    "Stationsplein 1",
    figures.ESTIMATES,
)
HUB = Plan(
    "Leerwerkhub voor jongeren",
    "A learn-work hub for youth",
    "Twintig jongeren leren een vak en vinden een leerbaan.",
    20,
    "participatiewet",
    40,
    6,
    "Zuidplein 5",
    (54, 58, 62, 66),
)
WORKSHOP = Plan(
    "Werkplaats voor timmerlieden en ijzerwerkers",
    "A workshop for carpenters and ironworkers",
    "Zes jongeren gaan aan het werk als timmerman of ijzerwerker.",
    6,
    "participatiewet",
    figures.OTHER_THRESHOLD_UNITS,
    6,
    "Dorpsweg 1",
    figures.OTHER_ESTIMATES,
)
MOTHERS = Plan(
    "Rijopleiding voor moeders",
    "A driver course for mothers",
    "Tien moeders halen hun rijbewijs en vinden werk.",
    10,
    "participatiewet",
    50,
    8,
    "Mathenesserweg 12",
    (80, 88, 92, 96),
)
TRAINEESHIP = Plan(
    "Technisch traineeship voor nieuwkomers",
    "A technical traineeship for newcomer women",
    "Acht vrouwen die nieuw zijn in Nederland worden technicus.",
    8,
    "participatiewet",
    80,
    9,
    "Heijplaatweg 3",
    (110, 120, 130, 140),
)
CATERING = Plan(
    "Opleiding in crisiscatering",
    "Crisis catering training",
    "Vijftien mensen leren koken voor wie in nood is.",
    15,
    "jobs-agreement",
    70,
    6,
    "Waalhaven 7",
    (84, 90, 100, 106),
)
REPAIRS = Plan(
    "Reparatiecafé als leerbedrijf",
    "A repair café that trains",
    "Negen mensen leren apparaten te herstellen.",
    9,
    "wia",
    45,
    6,
    "Katendrechtsestraat 2",
)


def report(plan: Plan, period: tuple[date, date], people: tuple[int, int]) -> dict[str, Any]:
    """Write what came of a plan in a period: how many took part, and how many found work."""
    begins, until = period
    took_part, found_work = people
    return {
        "summary": {"nl": "Verslag van de demo: de aantallen zijn verzonnen."},
        "periodFrom": begins.isoformat(),
        "periodUntil": until.isoformat(),
        "counts": [
            {"group": plan.group, "category": "took-part", "people": took_part},
            {"group": plan.group, "category": "found-work", "people": found_work},
        ],
        "milestones": [
            {"number": 1, "reachedOn": (begins + timedelta(days=85)).isoformat(), "remark": ""}
        ],
        "promises": [],
        "costsCents": plan.threshold_units * figures.UNIT_PRICE_CENTS // 2,
    }


def final_report(plan: Plan, period: tuple[date, date], people: tuple[int, int]) -> dict[str, Any]:
    """Write what came of it in the end."""
    return {
        **report(plan, period, people),
        "promises": [
            {"number": 1, "isKept": True, "remark": ""},
            {"number": 2, "isKept": True, "remark": ""},
        ],
        "costsCents": plan.threshold_units * figures.UNIT_PRICE_CENTS,
    }
