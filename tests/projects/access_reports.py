"""Who may do what with reports."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.projects.models import (
    Project,
    ProjectState,
    Report,
    ReportEvidence,
    ReportState,
    RoundState,
)
from tests import make
from tests.make.reports import a_report, a_running_project, a_submitted_report
from tests.matrix import FURNISHERS, STAFF, Body, Caller, Place, Rule, Tenant, World
from tests.organisations.access_table import REASON, always
from tests.projects.access_market import a_file
from tests.schemes.access_table import DECIDING, INSPECTING, OPERATING, READING


async def furnish(session: AsyncSession, world: World, tenant: Tenant, _place: Place) -> None:
    """Let an organisation write a report, and be told of a project in its scheme."""
    author = world.users[Caller.STRANGER]
    elsewhere = await make.a_scheme(session, policy=make.GRANTS)
    await make.an_admission(session, elsewhere, tenant.organisation)
    in_round = await make.a_round(session, elsewhere, state=RoundState.ON_SALE)
    plan = make.a_plan(thresholdUnits=1)
    running = await a_running_project(session, in_round, tenant.organisation, plan=plan)
    draft = await a_submitted_report(session, running.project_id, author, state=ReportState.DRAFT)
    told_id = UUID(str(tenant.things["listed_project_id"]))
    files = [await a_file(session), await a_file(session)]
    told = await a_submitted_report(session, told_id, author)
    evidence = [
        ReportEvidence(report_id=report.id, file_id=file_id, is_public=True, attached_by_id=author)
        for report, file_id in zip((draft, told), files, strict=True)
    ]
    session.add_all(evidence)
    await session.flush()
    tenant.things |= {
        "own_running_project_id": running.project_id,
        "own_report_id": draft.id,
        "own_evidence_id": evidence[0].id,
        "report_id": told.id,
        "told_project_id": told_id,
    }


FURNISHERS.append(furnish)


async def _in_state(session: AsyncSession, world: World, state: ProjectState) -> None:
    for place in Place:
        project = await session.get_one(Project, world[place].things["told_project_id"])
        project.state = state
    await session.flush()


async def _funded(session: AsyncSession, world: World, _caller: Caller) -> Body:
    """Have the projects funded, and not started."""
    await _in_state(session, world, ProjectState.FUNDED)
    return REASON


async def _running(session: AsyncSession, world: World, _caller: Caller) -> Body:
    """Have the projects run."""
    await _in_state(session, world, ProjectState.RUNNING)
    return JUDGED


async def _unreported(session: AsyncSession, world: World, _caller: Caller) -> Body:
    """Have the reports accepted that waited, so that another can begin."""
    for place in Place:
        report = await session.get_one(Report, world[place].things["own_report_id"])
        report.state = ReportState.ACCEPTED
    await session.flush()
    return BEGUN


JUDGED = {"kind": "accepted", **REASON}
BEGUN = {"kind": "interim"}
COUNTED = {"counts": a_report()["counts"], **REASON}
PROJECT = "/v1/projects/{project_id}"
REPORT = f"{PROJECT}/reports/{{report_id}}"
TOLD = {"project_id": "told_project_id"}
OWN = {"project_id": "own_running_project_id", "report_id": "own_report_id"}
PROVEN = {**OWN, "evidence_id": "own_evidence_id"}
ORDER = "/v1/orders/{order_id}"

TABLE: dict[str, Rule] = {
    f"POST {PROJECT}/starts": Rule(DECIDING, always(REASON), _funded, other=TOLD),
    f"GET {PROJECT}/reports": Rule(INSPECTING, other=TOLD),
    f"GET {REPORT}": Rule(INSPECTING, other=TOLD),
    f"GET {REPORT}/versions": Rule(INSPECTING, other=TOLD),
    f"GET {REPORT}/decisions": Rule(INSPECTING, other=TOLD),
    f"POST {REPORT}/decisions": Rule(DECIDING, always(JUDGED), _running, other=TOLD),
    f"POST {REPORT}/measurements": Rule(DECIDING, always(COUNTED), other=TOLD),
    # The entrepreneur.
    f"POST {PROJECT}/reports": Rule(OPERATING, always(BEGUN), _unreported, other=OWN),
    f"GET {REPORT}/draft": Rule(READING, other=OWN),
    f"PATCH {REPORT}/draft": Rule(OPERATING, always({"confidential": "Nieuw."}), other=OWN),
    f"GET {REPORT}/completeness": Rule(READING, other=OWN),
    f"POST {REPORT}/submissions": Rule(DECIDING, other=OWN),
    f"POST {REPORT}/evidence": Rule(OPERATING, upload=True, other=OWN),
    f"DELETE {REPORT}/evidence/{{evidence_id}}": Rule(OPERATING, other=PROVEN),
    f"GET {REPORT}/evidence/{{evidence_id}}/content": Rule(READING - STAFF, other=PROVEN),
}
"""Who may do what: one line per operation."""
