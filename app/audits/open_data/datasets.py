"""What is published: each file with what its columns mean."""

from dataclasses import dataclass
from enum import StrEnum


class ColumnKind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    INTEGER = "integer"
    DATE = "date"
    """As in 2026-05-01."""
    MOMENT = "moment"
    """RFC 3339, in UTC."""
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file."""

    name: str
    kind: ColumnKind
    meaning: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A file, or one for each closed quarter."""

    name: str
    title: str
    meaning: str
    columns: tuple[Column, ...]
    is_quarterly: bool

    @property
    def header(self) -> list[str]:
        """The names of its columns."""
        return [column.name for column in self.columns]


def _text(name: str, meaning: str) -> Column:
    return Column(name, ColumnKind.TEXT, meaning)


def _number(name: str, meaning: str) -> Column:
    return Column(name, ColumnKind.INTEGER, meaning)


def _moment(name: str, meaning: str) -> Column:
    return Column(name, ColumnKind.MOMENT, meaning)


QUARTER = _text("quarter", "The quarter in which it became known, such as 2026-Q2.")
SCHEME = _text("schemeId", "The marketplace.")
AUTHORITY = _text("authorityId", "The contracting authority.")
AUTHORITY_NAME = _text(
    "authorityName", "What it was called when this was written: a name changes, a figure never."
)
SUPPRESSED = Column(
    "isSuppressed",
    ColumnKind.BOOLEAN,
    "What was counted is left out: it is of too few people to show, or would give that away.",
)

SCHEMES = Dataset(
    "schemes",
    "Marketplaces",
    "Every marketplace that is or was open.",
    (
        _text("id", "Names it elsewhere."),
        _text("code", "What addresses of pages call it."),
        _text("nameNl", "Its name in Dutch."),
        _text("nameEn", "Its name in English."),
        _text("unitName", "What one unit of impact is called."),
        _text("operatorName", "The foundation that runs it."),
        _text("municipalities", "Its region: codes of Statistics Netherlands, by spaces."),
        _text("state", "`open` or `closed`."),
    ),
    is_quarterly=False,
)
ROUNDS = Dataset(
    "rounds",
    "Rounds",
    "Every round of those marketplaces, drafts left out.",
    (
        _text("id", "Names it elsewhere."),
        SCHEME,
        _number("number", "Counts the rounds of the marketplace, from 1."),
        _text("nameNl", "Its name in Dutch."),
        _text("nameEn", "Its name in English."),
        _text("state", "Where it stands."),
        _moment("plansOpenAt", "From then on plans are taken."),
        _moment("plansCloseAt", "Until then plans are taken."),
        _moment("saleBeginsAt", "From then on units are sold."),
        _moment("saleEndsAt", "Until then units are sold."),
    ),
    is_quarterly=False,
)
AUTHORITIES = Dataset(
    "authorities",
    "Contracting authorities",
    "Every authority that is or was registered.",
    (
        _text("id", "Names it elsewhere."),
        _text("name", "What it is called."),
        _text("municipalities", "Codes of Statistics Netherlands, by spaces."),
        _moment("registeredAt", "Since when."),
        _moment("endedAt", "Until when; empty while it goes on."),
    ),
    is_quarterly=False,
)
PROJECTS = Dataset(
    "projects",
    "Projects on the market",
    "Every project that was listed, with what everybody may read of it.",
    (
        _text("id", "Names it elsewhere."),
        SCHEME,
        _text("roundId", "The round in which it is or was for sale."),
        _text("titleNl", "Its title in Dutch."),
        _text("titleEn", "Its title in English."),
        _text("entrepreneurName", "Who does it."),
        _text("municipality", "Where: a code of Statistics Netherlands."),
        _text("targetGroups", "For whom, by spaces."),
        _number("thresholdUnits", "So many units must be sold for it to start."),
        _number("impactUnits", "What the panel found it worth; the most that can be sold."),
        _number("unitPriceCents", "The price of a unit, without VAT and fee."),
        _text("state", "Where it stands."),
        _moment("listedAt", "Since when it is on the market."),
    ),
    is_quarterly=False,
)
PURCHASES = Dataset(
    "purchases",
    "Units bought",
    "Units that were paid, and taken back, by project; of companies together.",
    (
        QUARTER,
        SCHEME,
        _text("roundId", "The round."),
        _text("projectId", "The project."),
        _number("boughtUnits", "Units that became a buyer's."),
        _number("returnedUnits", "Units that were refunded or moved to another project."),
        _number("retiredUnits", "Units used up for an obligation, less what was given free again."),
        _number("priceCents", "Bought less returned, at the price of a unit."),
    ),
    is_quarterly=True,
)
OBLIGATIONS = Dataset(
    "obligations",
    "Obligations of authorities",
    "What each authority's obligations together changed by; amounts in cents of social return.",
    (
        QUARTER,
        AUTHORITY,
        AUTHORITY_NAME,
        _text("account", "`imposed`, `owed`, `provisional`, `fulfilled`, `waived`, `sanctioned`…"),
        _number("addedCents", "What was added to it; empty where that is suppressed."),
        _number("takenOffCents", "What was taken off it; the same."),
        SUPPRESSED,
    ),
    is_quarterly=True,
)
FULFILMENTS = Dataset(
    "fulfilments",
    "What counted",
    "What each authority recognised for good, by kind; revocations take off. Nothing is told of the"
    " placements of too few people, nor of what would give them away.",
    (
        QUARTER,
        AUTHORITY,
        AUTHORITY_NAME,
        _text("kind", "`rikx`, `building-block`, `social-purchase`, …"),
        _number("fulfilments", "So many fulfilments had something added; empty where suppressed."),
        _number("addedCents", "What was added, in cents of social return; the same."),
        _number("takenOffCents", "What was taken off; the same."),
        SUPPRESSED,
    ),
    is_quarterly=True,
)
REACH = Dataset(
    "reach",
    "Whom it was for",
    "People for whom what was newly recognised is, by target group or by municipality: of projects"
    " as their plans promise, of placements as they were counted.",
    (
        QUARTER,
        AUTHORITY,
        AUTHORITY_NAME,
        _text("dimension", "`target-group`, `municipality`, or `total`."),
        _text("name", "Which group or municipality; empty for the total."),
        _number("people", "How many; empty where that is suppressed."),
        SUPPRESSED,
    ),
    is_quarterly=True,
)
RESULTS = Dataset(
    "results",
    "What came of it",
    "People of projects whose final reports were accepted, as reported and measured.",
    (
        QUARTER,
        SCHEME,
        _text("category", "`took-part`, `completed`, `found-work` or `found-training`."),
        _text("targetGroup", "For whom; empty for the total."),
        _number("people", "How many; empty where that is suppressed."),
        SUPPRESSED,
    ),
    is_quarterly=True,
)

DATASETS: dict[str, Dataset] = {
    each.name: each
    for each in (
        *(SCHEMES, ROUNDS, AUTHORITIES, PROJECTS),
        *(PURCHASES, OBLIGATIONS, FULFILMENTS, REACH, RESULTS),
    )
}
