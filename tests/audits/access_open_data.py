"""Everybody may read open data: one line per operation."""

from sqlalchemy.ext.asyncio import AsyncSession

from tests.matrix import ANYBODY, FURNISHERS, Place, Rule, Tenant, World
from tests.organisations.access_table import OURS


async def furnish(_session: AsyncSession, _world: World, tenant: Tenant, _place: Place) -> None:
    """Name what is published."""
    tenant.things |= {
        "dataset_name": "schemes",
        "quarterly_dataset_name": "results",
        "quarter": "2025-Q1",
        "format": "csv",
    }


FURNISHERS.append(furnish)

OF_QUARTER = "GET /v1/open-data/{dataset_name}/{quarter}/rows.{format}"

TABLE: dict[str, Rule] = {
    "GET /v1/open-data": Rule(ANYBODY, on=OURS),
    "GET /v1/open-data/{dataset_name}/rows.{format}": Rule(ANYBODY, on=OURS),
    OF_QUARTER: Rule(ANYBODY, on=OURS, other={"dataset_name": "quarterly_dataset_name"}),
}
