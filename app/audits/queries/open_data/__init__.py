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
from app.ledger.models import LedgerPosition


async def began_at(session: AsyncSession) -> datetime:
    """Say since when there is something to publish: a demo's books begin before it was made."""
    first = sa.select(LedgerPosition.known_at).where(LedgerPosition.position == 1)
    began = sa.func.least(Installation.created_at, first.scalar_subquery())
    found: datetime = (await session.scalars(sa.select(began))).one()
    return found


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
