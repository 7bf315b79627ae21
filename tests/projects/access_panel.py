"""Who may do what with the panel, its scores and valuations."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.projects.models import ProjectState, Round
from app.schemes.models import PanelMember, Scheme
from tests import make
from tests.matrix import FURNISHERS, PERSONS, Body, Place, Rule, Standing, Tenant, World
from tests.organisations.access_table import OURS, REASON, always
from tests.projects import access_plans
from tests.schemes.access_table import DECIDING, INSPECTING, OPERATING, SEATED

EXTENSION = {"dueAt": (clock.now() + timedelta(days=60)).isoformat(), **REASON}
ASKED = {"project_id": "asked_project_id"}
FOUND = {"project_id": "found_project_id"}
VALUED = {"project_id": "valued_project_id"}


async def furnish(session: AsyncSession, _world: World, tenant: Tenant, _place: Place) -> None:
    """Have one project asked about, one whose scores are open, and one that is valued."""
    expert = await session.get_one(PanelMember, tenant.things["panel_member_id"])
    of_round = await session.get_one(Round, tenant.things["round_id"])
    asked = await make.a_project(session, of_round)
    attachment = await make.a_version_with_a_file(session, asked.id)
    assignment = await make.an_assignment(session, await make.a_sitting(session, asked), expert)
    await make.sealed_scores(session, assignment)
    other = await make.an_expert(session, await session.get_one(Scheme, of_round.scheme_id))
    found = await make.a_project(session, of_round)
    await make.an_opened_sitting(session, found)
    valued = await make.a_project(session, of_round, state=ProjectState.VALUED)
    await make.an_opened_sitting(session, valued)
    await make.a_valuation(session, valued)
    tenant.things |= {
        "assignment_id": assignment.id,
        "submitted_attachment_id": attachment,
        "other_expert_id": other.id,
        "asked_project_id": asked.id,
        "found_project_id": found.id,
        "valued_project_id": valued.id,
    }


# What this needs is furnished when the other table is imported: that must come before.
assert access_plans.furnish in FURNISHERS
FURNISHERS.append(furnish)


def _another(world: World, place: Place) -> Body:
    return {"panelMemberId": str(world[place].things["other_expert_id"])}


ASSIGNMENT = "/v1/assignments/{assignment_id}"
PROJECT = "/v1/projects/{project_id}"
NOBODY: frozenset[Standing] = frozenset()

TABLE: dict[str, Rule] = {
    "GET /v1/me/assignments": Rule(PERSONS, on=OURS),
    # The expert alone, about what they were asked.
    f"GET {ASSIGNMENT}": Rule(NOBODY, own=SEATED),
    f"GET {ASSIGNMENT}/attachments/{{submitted_attachment_id}}/content": Rule(NOBODY, own=SEATED),
    f"GET {ASSIGNMENT}/scores": Rule(NOBODY, own=SEATED),
    f"POST {ASSIGNMENT}/scores": Rule(NOBODY, always(make.a_sheet()), own=SEATED),
    f"POST {ASSIGNMENT}/recusals": Rule(OPERATING, always(REASON), own=SEATED),
    # The operator.
    f"GET {PROJECT}/panel": Rule(INSPECTING, other=ASKED),
    f"POST {PROJECT}/assignments": Rule(OPERATING, _another, other=ASKED),
    "POST /v1/rounds/{round_id}/assignments": Rule(OPERATING),
    f"POST {PROJECT}/score-extensions": Rule(DECIDING, always(EXTENSION), other=ASKED),
    f"GET {PROJECT}/valuation/proposal": Rule(INSPECTING, other=FOUND),
    f"POST {PROJECT}/valuations": Rule(DECIDING, always(REASON), other=FOUND),
    # And the entrepreneur.
    f"GET {PROJECT}/valuation": Rule(INSPECTING, other=VALUED),
    f"GET {PROJECT}/valuations": Rule(INSPECTING, other=VALUED),
}
