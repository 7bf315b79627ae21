"""Who may ask for audit packs, and read them: one line per operation."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.actions import packs
from app.audits.actions.packs import Parts, Wanted
from app.audits.models import AuditPack, AuditPackState
from app.core import clock
from app.core.events import Actor
from app.schemes.models import Authority, Scheme
from tests.fulfilments import access_table as fulfilments
from tests.make import logs
from tests.make.busy_books import sequence
from tests.matrix import (
    ADMINS,
    FURNISHERS,
    INSIDERS,
    PERSONS,
    Body,
    Caller,
    Place,
    Rule,
    Standing,
    Tenant,
    World,
)
from tests.organisations.access_table import OURS
from tests.projects.access_market import a_file


async def furnish(session: AsyncSession, _world: World, tenant: Tenant, _place: Place) -> None:
    """Let an organisation have a pack of its own scheme and of itself as an authority."""
    await sequence(session)
    await logs.sealed(session)
    scheme = await session.get_one(Scheme, tenant.things["scheme_id"])
    authority = await session.get_one(Authority, tenant.things["authority_id"])
    parts = Parts(scheme, authority, has_books=True, has_obligations=True)
    pack = await packs.fix(session, Actor.system("test"), parts, Wanted(clock.today().year))
    pack.state, pack.file_id = AuditPackState.READY, await a_file(session)
    await session.flush()
    tenant.things["audit_pack_id"] = pack.id


assert fulfilments.furnish in FURNISHERS  # What it is owed stands in the books before.
FURNISHERS.append(furnish)


def _wanted(world: World, place: Place) -> Body:
    things = world[place].things
    return {
        "schemeId": str(things["scheme_id"]),
        "authorityId": str(things["authority_id"]),
        "year": clock.today().year,
    }


async def _expired(session: AsyncSession, _world: World, _caller: Caller) -> Body:
    """Have the files of all packs gone."""
    gone = {"state": AuditPackState.EXPIRED, "file_id": None}
    await session.execute(sa.update(AuditPack).values(gone))
    return {}


READING = INSIDERS | {Standing.AUDITOR}
"""Who reads the books: the people of who keeps them, auditors and staff."""
ASKING = ADMINS | {Standing.AUDITOR}

PACK = "/v1/audits/packs/{audit_pack_id}"

TABLE = {
    "GET /v1/audits/packs": Rule(PERSONS, on=OURS),
    "POST /v1/audits/packs": Rule(ASKING, _wanted),
    f"GET {PACK}": Rule(READING),
    f"POST {PACK}/makings": Rule(ASKING, None, _expired),
    f"GET {PACK}/file": Rule(READING),
}
"""The rules, by operation."""
