"""Who may do what with audits: one line per operation."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.ids import new_id
from app.orders.models import Order
from app.projects.models import ReportEvidence, ReportState
from tests.fulfilments.access_table import FULFILMENT
from tests.make.reports import a_submitted_report
from tests.matrix import ANYBODY, FURNISHERS, PERSONS, Caller, Place, Rule, Tenant, World
from tests.organisations.access_table import INSPECTORS, ORGANISATION, OURS
from tests.projects.access_market import a_file
from tests.schemes.access_table import INSPECTING


async def furnish(session: AsyncSession, world: World, tenant: Tenant, _place: Place) -> None:
    """Let what came of the project of an order be proven by a file."""
    order = await session.get_one(Order, tenant.things["order_id"])
    author, evidence_id = world.users[Caller.STRANGER], new_id()
    proven = [{"id": str(evidence_id)}]
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


FURNISHERS.append(furnish)

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
    **{f"{AUDITS}/{step}": Rule(INSPECTING) for step in CHAIN},
}
"""The rules, by operation."""
