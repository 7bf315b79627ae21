"""Who may do what with period reports: one line per operation."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models import PeriodReport
from app.audits.periods import Figures, canonical, digest, named, written
from tests.ledger.access_table import WITH_SCOPE
from tests.matrix import FURNISHERS, Place, Rule, Standing, Tenant, World
from tests.organisations.access_table import OURS
from tests.schemes.access_table import INSPECTING


async def furnish(session: AsyncSession, _world: World, tenant: Tenant, _place: Place) -> None:
    """Have a report of its scheme frozen."""
    keeper_id = tenant.things["scheme_id"]
    assert isinstance(keeper_id, UUID)
    content = canonical(written(keeper_id, named("2026"), 0, None, Figures([], [], {})))
    report = PeriodReport(
        keeper_id=keeper_id,
        period="2026",
        position=0,
        log_size=None,
        content=content,
        sha256=digest(content),
        frozen_by="system:test",
    )
    session.add(report)
    await session.flush()
    tenant.things |= {"period_report_id": report.id, "sheet_format": "csv"}


FURNISHERS.append(furnish)


def _asking(world: World, place: Place) -> dict[str, object]:
    return {"keeperId": str(world[place].things["scheme_id"]), "period": "2026"}


REPORTS = "/v1/period-reports"
REPORT = f"GET {REPORTS}/{{period_report_id}}"

TABLE: dict[str, Rule] = {
    f"POST {REPORTS}": Rule(INSPECTING - {Standing.KEY}, _asking),
    f"GET {REPORTS}": Rule(WITH_SCOPE, on=OURS),
    REPORT: Rule(INSPECTING),
    f"{REPORT}/content": Rule(INSPECTING),
    f"{REPORT}/document.html": Rule(INSPECTING),
    f"{REPORT}/rows.{{sheet_format}}": Rule(INSPECTING),
    f"{REPORT}/recomputation": Rule(INSPECTING),
    f"{REPORT}/restatements": Rule(INSPECTING),
}
"""The rules, by operation."""
