"""What the impact book says of projects: issued, sold, reserved, for sale."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger import balances
from app.ledger.chart import ANNULLED, FOR_SALE, ISSUED, LAPSED, Kind
from app.ledger.journal import Balance
from app.projects.models import Project

KINDS = (ISSUED, ANNULLED, LAPSED, FOR_SALE)

_BALANCES = f"""
    {balances.NOW}, a.owner_id, a.kind
      FROM ledger_accounts a JOIN ledger_kinds k ON k.code = a.kind
     WHERE a.ledger_id = ANY(:ledgers) AND a.kind = ANY(:kinds) AND a.owner_id = ANY(:owners)
"""


@dataclass(frozen=True, slots=True)
class Units:
    """What the impact book says of a project, in whole units; nothing before it is listed."""

    issued: int = 0
    sold: int = 0
    reserved: int = 0
    for_sale: int = 0


async def of_projects(session: AsyncSession, projects: Sequence[Project]) -> dict[UUID, Units]:
    """Read the units of projects that were listed, in one statement."""
    accounts = [kind.of(each.scheme_id, each.id) for each in projects for kind in KINDS]
    found = await session.execute(
        sa.text(_BALANCES),
        {
            "now": clock.now(),
            "ledgers": list({account.ledger_id for account in accounts}),
            "kinds": [kind.code for kind in KINDS],
            "owners": [project.id for project in projects],
        },
    )
    read: defaultdict[UUID, dict[str, Balance]] = defaultdict(dict)
    for row in found:
        read[row.owner_id][row.kind] = Balance(int(row.posted), int(row.held))
    return {project_id: _units(of_project) for project_id, of_project in read.items()}


def _units(of_project: dict[str, Balance]) -> Units:
    def of(kind: Kind) -> Balance:
        return of_project.get(kind.code, Balance(0))

    issued, for_sale = of(ISSUED).posted, of(FOR_SALE)
    gone = of(ANNULLED).posted + of(LAPSED).posted
    return Units(
        issued=issued,
        sold=issued - gone - for_sale.posted,
        reserved=for_sale.held,
        for_sale=for_sale.available,
    )
