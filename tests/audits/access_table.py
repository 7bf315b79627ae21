"""Who may do what with audits: one line per operation."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models import (
    AuditFinding,
    AuditFindingFile,
    AuditSample,
    AuditSampleItem,
    FindingSide,
    FindingState,
    Population,
    SamplingMethod,
    Severity,
)
from app.core import clock
from app.core.ids import new_id
from app.orders.models import Order
from app.organisations.models import User
from app.projects.models import ReportEvidence, ReportState
from tests import make
from tests.audits import access_packs
from tests.fulfilments.access_table import FULFILMENT
from tests.make.reports import a_submitted_report
from tests.matrix import (
    ADMINS,
    ANYBODY,
    FURNISHERS,
    INSIDERS,
    PERSONS,
    STAFF,
    Body,
    Caller,
    Place,
    Rule,
    Standing,
    Tenant,
    World,
)
from tests.organisations.access_table import INSPECTORS, ORGANISATION, OURS, always
from tests.projects.access_market import a_file
from tests.schemes.access_table import DECIDING, INSPECTING


async def furnish(session: AsyncSession, world: World, tenant: Tenant, _place: Place) -> None:
    """Let what came of the project of an order be proven by a file."""
    order = await session.get_one(Order, tenant.things["order_id"])
    author, evidence_id = world.users[Caller.STRANGER], new_id()
    proven = [
        {
            "id": str(evidence_id),
            "name": "opkomst.pdf",
            "mediaType": "application/pdf",
            "sizeBytes": 1_000,
            "sha256": "00" * 32,
            "promise": 1,
            "isPublic": True,
        }
    ]
    accepted = ReportState.ACCEPTED
    report = await a_submitted_report(
        session, order.project_id, author, state=accepted, evidence=proven
    )
    session.add(
        ReportEvidence(
            id=evidence_id,
            report_id=report.id,
            file_id=await a_file(session),
            is_public=True,
            attached_by_id=author,
        )
    )
    await session.flush()
    tenant.things["report_evidence_id"] = evidence_id
    sample = await _a_sample(session, world, tenant)
    tenant.things["audit_sample_id"] = sample.id
    await _a_finding(session, tenant, sample)


async def _a_finding(session: AsyncSession, tenant: Tenant, sample: AuditSample) -> None:
    """Let the auditor have found something, and proven it."""
    finding = AuditFinding(
        organisation_id=tenant.organisation.id,
        appointment_id=sample.appointment_id,
        raised_by_id=sample.drawn_by_id,
        severity=Severity.LOW,
        title="It is older",
        description="It is older than the contract.",
        due_on=clock.today(),
    )
    session.add(finding)
    await session.flush()
    file = AuditFindingFile(
        finding_id=finding.id,
        file_id=await a_file(session),
        side=FindingSide.AUDITOR,
        attached_by_id=sample.drawn_by_id,
    )
    session.add(file)
    await session.flush()
    tenant.things |= {"finding_id": finding.id, "finding_file_id": file.id}


async def _a_sample(session: AsyncSession, world: World, tenant: Tenant) -> AuditSample:
    """Let the auditor have drawn something of the organisation's books."""
    auditor = await session.get_one(User, world.users[Caller.AUDITOR])
    past = clock.today() - timedelta(days=400)
    appointment = await make.an_auditor(
        session, tenant.organisation, auditor, starts_on=past, ends_on=past
    )
    row = AuditSampleItem(place=1, thing_id=new_id(), amount_cents=5, is_certain=False)
    sample = AuditSample(
        organisation_id=tenant.organisation.id,
        appointment_id=appointment.id,
        drawn_by_id=auditor.id,
        keeper_id=tenant.things["scheme_id"],
        population=Population.ENTRIES,
        begins_at=EVER[0],
        ends_at=EVER[1],
        position=1,
        method=SamplingMethod.RANDOM,
        seed="20237331128159211123",
        size=1,
        population_count=1,
        population_cents=5,
        population_sha256=bytes(32),
    )
    session.add(sample)
    await session.flush()
    row.sample_id = sample.id
    session.add(row)
    await session.flush()
    return sample


EVER = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC))


async def _answered(session: AsyncSession, world: World, _caller: Caller) -> Body:
    """Have the findings answered."""
    for tenant in world.tenants.values():
        finding = await session.get_one(AuditFinding, tenant.things["finding_id"])
        finding.state = FindingState.ANSWERED
    await session.flush()
    return SAID | {"dueOn": str(clock.today())}


def _a_member(world: World, place: Place) -> Body:
    return SAID | {"userId": str(world.users[_ADMINS[place]])}


_ADMINS = {
    Place.OURS: Caller.ADMIN,
    Place.ELSEWHERE: Caller.ELSEWHERE,
    Place.SUSPENDED: Caller.SUSPENDED,
}


def _of_entries(world: World, place: Place) -> Body:
    return {
        "keeperId": str(world[place].things["scheme_id"]),
        "population": "entries",
        "beginsAt": "2020-01-01T00:00:00Z",
        "endsAt": "2099-01-01T00:00:00Z",
        "method": "random",
        "size": 1,
    }


FURNISHERS.append(furnish)

AUDITORS = frozenset({Standing.AUDITOR})
SEEING = INSIDERS - STAFF | AUDITORS
"""Who is audited, and who found it: staff sees no findings."""
FINDINGS = f"{ORGANISATION}/findings"
FINDING = "/v1/findings/{finding_id}"
SAID = {"text": "As it should be."}
FOUND = {
    "severity": "low",
    "title": "It is older",
    "description": "It is older than the contract.",
    "dueOn": "2099-01-01",
}
AUDITS = "GET /v1/audits"
CLAIM = FULFILMENT.removeprefix("/v1/")
CHAIN = (
    *("authorities/{authority_id}", "authorities/{authority_id}/contracts"),
    *("authorities/{authority_id}/obligations", "authorities/{authority_id}/entries"),
    *("contracts/{contract_id}", "obligations/{obligation_id}"),
    *("obligations/{obligation_id}/fulfilments", "obligations/{obligation_id}/entries"),
    *(f"{CLAIM}{step}" for step in ("", "/entries", "/decisions", "/evidence")),
    *("schemes/{scheme_id}", "schemes/{scheme_id}/orders", "schemes/{scheme_id}/payouts"),
    *("schemes/{scheme_id}/entries", "payouts/{payout_id}", "payouts/{payout_id}/entries"),
    *("orders/{order_id}", "orders/{order_id}/entries", "orders/{order_id}/evidence"),
    "orders/{order_id}/evidence/{report_evidence_id}/content",
    *("entries/{entry_id}", "entries/{entry_id}/proof"),
)

TABLE: dict[str, Rule] = {
    "GET /v1/integrity": Rule(ANYBODY),
    f"GET {ORGANISATION}/audit-readings": Rule(INSPECTORS),
    "GET /v1/me/audit-readings": Rule(PERSONS, on=OURS),
    AUDITS: Rule(PERSONS, on=OURS),
    f"POST {ORGANISATION}/audit-samples": Rule(AUDITORS, _of_entries),
    f"GET {ORGANISATION}/audit-samples": Rule(AUDITORS),
    **{
        f"{AUDITS}/samples/{{audit_sample_id}}{what}": Rule(AUDITORS)
        for what in ("", "/items", "/population", "/redraw")
    },
    f"POST {FINDINGS}": Rule(AUDITORS, always(FOUND)),
    f"GET {FINDINGS}": Rule(SEEING),
    f"GET {FINDING}": Rule(SEEING),
    f"GET {FINDING}/steps": Rule(SEEING),
    f"GET {FINDING}/files": Rule(SEEING),
    f"GET {FINDING}/files/{{finding_file_id}}/content": Rule(SEEING),
    f"POST {FINDING}/files": Rule(AUDITORS | DECIDING, upload=True),
    f"POST {FINDING}/assignments": Rule(ADMINS, _a_member),
    f"POST {FINDING}/answers": Rule(DECIDING, always(SAID)),
    f"POST {FINDING}/conclusions": Rule(AUDITORS, always(SAID)),
    f"POST {FINDING}/reopenings": Rule(AUDITORS, arrange=_answered),
    **{f"{AUDITS}/{step}": Rule(INSPECTING) for step in CHAIN},
    **access_packs.TABLE,
}
"""The rules, by operation."""
