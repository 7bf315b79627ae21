"""Which columns a plan and a round have."""

from app.core.sheets import Form, day, number
from app.projects.contents import PlanChangeRequest
from app.projects.exchange.cells import LISTS
from app.projects.schemas.rounds import RoundRequest

PLANS = Form(
    plural="plans",
    item="plan",
    model=PlanChangeRequest,
    columns=(
        *(f"{text}.{language}" for text in ("title", "summary") for language in ("nl", "en")),
        *("objectives.nl", "objectives.en", "activities.nl", "activities.en"),
        *("targetGroups", "thresholdUnits", "startsOn", "endsOn", "milestones"),
        *("promisedEvidence", "place.municipality", "place.address"),
        *("costs", "otherFinancing", "bank", "partners", "notes"),
    ),
    about=("projectId", "number", "entrepreneur", "state", "version"),
    readers={
        "thresholdUnits": number,
        "startsOn": day,
        "endsOn": day,
        **{name: cell.read for name, cell in LISTS.items()},
    },
    writers={name: cell.written for name, cell in LISTS.items()},
)

ROUNDS = Form(
    plural="rounds",
    item="round",
    model=RoundRequest,
    columns=(
        *("name.nl", "name.en", "plansOpenAt", "plansCloseAt", "scoresDueAt"),
        *("saleBeginsAt", "saleEndsAt"),
    ),
    about=("roundId", "number", "state", "policyId"),
)
