"""The rows of open data: what is public now, and what became known in a closed quarter."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.open_data.writing import Cell
from app.audits.periods import Period
from app.audits.queries.open_data import quarterly, reached, register
from app.core.installation import Installation

Rows: TypeAlias = Sequence[Sequence[Cell]]

REGISTER: dict[str, Callable[[AsyncSession], Awaitable[Rows]]] = {
    "schemes": register.schemes,
    "rounds": register.rounds,
    "authorities": register.authorities,
    "projects": register.projects,
}
QUARTERLY: dict[str, Callable[[AsyncSession, Period], Awaitable[Rows]]] = {
    "purchases": quarterly.purchases,
    "obligations": quarterly.obligations,
    "fulfilments": quarterly.fulfilments,
    "reach": reached.reach,
    "results": reached.results,
}


async def began_at(session: AsyncSession) -> datetime:
    """Say since when there is something to publish."""
    return (await session.scalars(sa.select(Installation.created_at))).one()
