"""Who may do what with listings and the market."""

import io
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import settings_of
from app.core.files import File, store
from app.core.ids import new_id
from app.projects import actions
from app.projects.models import Project, ProjectState, Round, RoundState
from app.schemes.models import Scheme
from tests import make
from tests.make import contents
from tests.make.listings import CLERK, found_worth
from tests.matrix import ANYBODY, FURNISHERS, Body, Caller, Place, Rule, Tenant, World
from tests.organisations.access_table import OURS, REASON, always
from tests.schemes.access_table import DECIDING, INSPECTING


async def furnish(session: AsyncSession, _world: World, tenant: Tenant, _place: Place) -> None:
    """Let an organisation have a project on the market of its scheme, and a valued one."""
    scheme = await session.get_one(Scheme, tenant.things["scheme_id"])
    on_sale = await make.a_round(session, scheme, state=RoundState.ON_SALE)
    file_id = await a_file(session)
    listed = await make.a_valued_project(
        session, on_sale, attachments=[{"id": str(file_id), "fileId": str(file_id), **SHOWN}]
    )
    await actions.listings.publish(session, CLERK, listed, "As the panel found.")
    tenant.things |= {
        "listed_project_id": listed.id,
        "listed_attachment_id": file_id,
    }


FURNISHERS.append(furnish)

SHOWN = {
    "name": "folder.pdf",
    "mediaType": "application/pdf",
    "sizeBytes": len(contents.a_pdf()),
    "sha256": "00" * 32,
    "isPublic": True,
}


async def a_file(session: AsyncSession) -> UUID:
    """Put a file of whatever project into the store."""
    content = contents.a_pdf()
    digest = await session.scalar(sa.select(sa.func.sha256(content)))
    file = File(
        id=new_id(),
        sha256=digest,
        size_bytes=len(content),
        media_type="application/pdf",
        name="folder.pdf",
        uploaded_by=str(CLERK),
    )
    session.add(file)
    await session.flush()
    await store.choose(settings_of(session)).put(file.id, io.BytesIO(content))
    return file.id


async def _valued(session: AsyncSession, world: World, _caller: Caller) -> Body:
    """Have the projects valued that wait for a decision."""
    for place in Place:
        things = world[place].things
        project = await session.get_one(Project, things["project_id"])
        in_round = await session.get_one(Round, things["round_id"])
        in_round.state = RoundState.VALUING
        project.state = ProjectState.VALUED
        await found_worth(session, project)
    return REASON


MARKET = "/v1/market/projects"
LISTED = f"{MARKET}/{{listed_project_id}}"

TABLE = {
    f"GET {MARKET}": Rule(ANYBODY, on=OURS),
    f"GET {LISTED}": Rule(ANYBODY, on=OURS),
    f"GET {LISTED}/attachments/{{listed_attachment_id}}": Rule(ANYBODY, on=OURS),
    "POST /v1/projects/{project_id}/listings": Rule(DECIDING, always(REASON), _valued),
    "GET /v1/rounds/{round_id}/listings": Rule(INSPECTING),
}
"""Who may do what: one line per operation."""
