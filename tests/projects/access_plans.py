"""Who may do what with rounds, projects and plans."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.projects.models import ProjectState, RoundState
from app.schemes.models import Scheme
from tests import make
from tests.matrix import FURNISHERS, Place, Rule, Tenant, World


async def furnish(session: AsyncSession, _world: World, tenant: Tenant, _place: Place) -> None:
    """Let an organisation run a round with a project, and offer one in a round of another."""
    scheme = await session.get_one(Scheme, tenant.things["scheme_id"])
    market = await make.a_scheme(session)
    await make.an_admission(session, market, tenant.organisation)
    of_round = await make.a_round(session, scheme)
    elsewhere = await make.a_round(session, market)
    project = await make.a_project(session, of_round, state=ProjectState.SUBMITTED)
    own = await make.a_project(session, elsewhere, tenant.organisation, state=ProjectState.DRAFT)
    tenant.things |= {
        "round_id": of_round.id,
        "draft_round_id": (await make.a_round(session, scheme, state=RoundState.DRAFT)).id,
        "market_round_id": elsewhere.id,
        "project_id": project.id,
        "own_project_id": own.id,
    }


FURNISHERS.append(furnish)

TABLE: dict[str, Rule] = {}
