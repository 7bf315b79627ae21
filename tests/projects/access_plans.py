"""Who may do what with rounds, projects and plans."""

import hashlib
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import settings_of
from app.core.files import File
from app.core.ids import new_id
from app.organisations.models import User
from app.projects.models import (
    Objection,
    PlanAttachment,
    Project,
    ProjectDecisionKind,
    ProjectState,
    RoundState,
)
from app.projects.queries.projects import last_decision
from app.schemes.models import Scheme
from tests import make
from tests.make import contents
from tests.make.projects import dates
from tests.matrix import ANYBODY, FURNISHERS, STAFF, Body, Caller, Place, Rule, Tenant, World
from tests.organisations.access_table import OURS, REASON, always
from tests.schemes.access_table import DECIDING, INSPECTING, OPERATING, READING


async def furnish(session: AsyncSession, world: World, tenant: Tenant, _place: Place) -> None:
    """Let an organisation run a round with a project, and offer projects in a round of another."""
    scheme = await session.get_one(Scheme, tenant.things["scheme_id"])
    market = await make.a_scheme(session)
    await make.an_admission(session, market, tenant.organisation)
    of_round = await make.a_round(session, scheme)
    elsewhere = await make.a_round(session, market)
    project = await make.a_project(session, of_round, state=ProjectState.SUBMITTED)
    rejected = await make.a_project(session, of_round, state=ProjectState.REJECTED)
    own = await make.a_project(session, elsewhere, tenant.organisation, state=ProjectState.DRAFT)
    lost = await make.a_project(
        session, elsewhere, tenant.organisation, state=ProjectState.REJECTED
    )
    user = await session.get_one(User, world.users[Caller.STRANGER])
    contested = await last_decision(session, lost.id, *ProjectDecisionKind)
    assert contested is not None
    tenant.things |= {
        "round_id": of_round.id,
        "draft_round_id": (await make.a_round(session, scheme, state=RoundState.DRAFT)).id,
        "market_round_id": elsewhere.id,
        "project_id": project.id,
        "rejected_project_id": rejected.id,
        "objection_id": (await _an_objection(session, rejected, user)).id,
        "own_project_id": own.id,
        "lost_project_id": lost.id,
        "lost_decision_id": contested.id,
        "attachment_id": (await _an_attachment(session, own, user)).id,
        "number": "1",
    }


FURNISHERS.append(furnish)


async def _an_objection(session: AsyncSession, project: Project, user: User) -> Objection:
    contested = await last_decision(session, project.id, *ProjectDecisionKind)
    assert contested is not None
    objection = Objection(
        project_id=project.id,
        decision_id=contested.id,
        grounds="The place lies in the region.",
        lodged_by_id=user.id,
    )
    session.add(objection)
    await session.flush()
    return objection


async def _an_attachment(session: AsyncSession, project: Project, user: User) -> PlanAttachment:
    content = contents.a_pdf()
    file = File(
        id=new_id(),
        sha256=hashlib.sha256(content).digest(),
        size_bytes=len(content),
        media_type="application/pdf",
        name="plan.pdf",
        uploaded_by=f"user:{user.id}",
    )
    session.add(file)
    await session.flush()
    folder = settings_of(session).home / "files"
    folder.mkdir(exist_ok=True)
    (folder / str(file.id)).write_bytes(content)
    attachment = PlanAttachment(
        project_id=project.id, file_id=file.id, is_public=False, attached_by_id=user.id
    )
    session.add(attachment)
    await session.flush()
    return attachment


NEW_ROUND = {
    "name": {"nl": "Ronde 4", "en": "Round 4"},
    "plansOpenAt": (clock.now() + timedelta(days=1)).isoformat(),
    "plansCloseAt": (clock.now() + timedelta(days=31)).isoformat(),
    "scoresDueAt": (clock.now() + timedelta(days=60)).isoformat(),
    "saleBeginsAt": (clock.now() + timedelta(days=70)).isoformat(),
    "saleEndsAt": (clock.now() + timedelta(days=100)).isoformat(),
}
LATER = dates()["sale_ends_at"] + timedelta(days=1)
SCHEME = "/v1/schemes/{scheme_id}"
ROUND = "/v1/rounds/{round_id}"
PROJECT = "/v1/projects/{project_id}"
ORGANISATION = "/v1/organisations/{organisation_id}"
PLAN_IMPORTS = f"{ORGANISATION}/rounds/{{round_id}}/plan-imports"
ROUND_ROWS = {"rounds": [{"round": NEW_ROUND}]}
PLAN_ROWS = {"plans": [{"plan": {"notes": "Nieuw."}}]}
OWN = {"project_id": "own_project_id"}
MARKET = {"round_id": "market_round_id"}
DRAFTED = {"round_id": "draft_round_id"}


def _begun(world: World, place: Place) -> Body:
    return {"roundId": str(world[place].things["market_round_id"])}


def _contested(world: World, place: Place) -> Body:
    return {
        "decisionId": str(world[place].things["lost_decision_id"]),
        "grounds": "The place lies in the region.",
    }


TABLE: dict[str, Rule] = {
    # For everybody.
    f"GET {SCHEME}/rounds": Rule(ANYBODY, on=OURS),
    f"GET {ROUND}": Rule(ANYBODY, on=OURS),
    # The operator of a scheme.
    f"POST {SCHEME}/rounds": Rule(OPERATING, always(NEW_ROUND)),
    f"GET {SCHEME}/round-settings": Rule(INSPECTING),
    f"GET {ROUND}/settings": Rule(INSPECTING),
    f"PATCH {ROUND}/settings": Rule(
        OPERATING, always({"name": {"nl": "Ronde 5", "en": "Round 5"}}), other=DRAFTED
    ),
    f"GET {ROUND}/decisions": Rule(INSPECTING),
    f"POST {ROUND}/decisions": Rule(DECIDING, always({"kind": "closed-to-plans", **REASON})),
    f"POST {ROUND}/date-moves": Rule(DECIDING, always({"saleEndsAt": LATER.isoformat(), **REASON})),
    f"GET {ROUND}/projects": Rule(INSPECTING),
    f"POST {PROJECT}/eligibility-decisions": Rule(DECIDING, always({"kind": "accepted", **REASON})),
    f"POST {PROJECT}/objections/{{objection_id}}/decisions": Rule(
        DECIDING,
        always({"kind": "dismissed", **REASON}),
        other={"project_id": "rejected_project_id"},
    ),
    # Both sides.
    f"GET {PROJECT}": Rule(INSPECTING),
    f"GET {PROJECT}/decisions": Rule(INSPECTING),
    f"GET {PROJECT}/versions": Rule(INSPECTING),
    f"GET {PROJECT}/versions/{{number}}": Rule(INSPECTING),
    f"GET {PROJECT}/objections": Rule(READING, other=OWN),
    f"GET {SCHEME}/round-export": Rule(INSPECTING),
    f"POST {SCHEME}/round-imports/dry-run": Rule(OPERATING, always(ROUND_ROWS)),
    f"POST {SCHEME}/round-imports": Rule(OPERATING, always(ROUND_ROWS)),
    f"GET {ROUND}/plan-export": Rule(INSPECTING),
    # The entrepreneur.
    f"GET {ORGANISATION}/plan-export": Rule(READING),
    f"POST {PLAN_IMPORTS}/dry-run": Rule(OPERATING, always(PLAN_ROWS), other=MARKET),
    f"POST {PLAN_IMPORTS}": Rule(OPERATING, always(PLAN_ROWS), other=MARKET),
    f"GET {ORGANISATION}/projects": Rule(READING),
    f"GET {ORGANISATION}/desk": Rule(READING),
    f"POST {ORGANISATION}/projects": Rule(OPERATING, _begun),
    f"POST {PROJECT}/withdrawals": Rule(DECIDING, always(REASON), other=OWN),
    f"GET {PROJECT}/plan": Rule(READING, other=OWN),
    f"PATCH {PROJECT}/plan": Rule(OPERATING, always({"notes": "Nieuw."}), other=OWN),
    f"GET {PROJECT}/completeness": Rule(READING, other=OWN),
    f"POST {PROJECT}/submissions": Rule(DECIDING, other=OWN),
    f"GET {PROJECT}/attachments": Rule(READING, other=OWN),
    f"POST {PROJECT}/attachments": Rule(OPERATING, upload=True, other=OWN),
    f"DELETE {PROJECT}/attachments/{{attachment_id}}": Rule(OPERATING, other=OWN),
    f"GET {PROJECT}/attachments/{{attachment_id}}/content": Rule(READING - STAFF, other=OWN),
    f"POST {PROJECT}/objections": Rule(
        DECIDING, _contested, other={"project_id": "lost_project_id"}
    ),
}
