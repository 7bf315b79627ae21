"""Who asks for an audit pack, and who may read it? What is in it follows from the same rights."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits import queries
from app.audits.actions.packs import Parts
from app.audits.models import AuditPack
from app.core.database import Session
from app.core.problems import NotFound
from app.organisations.access import Person
from app.organisations.callers import Caller
from app.organisations.models import Right
from app.organisations.problems import RoleTooSmall
from app.schemes.models import Authority, Scheme
from app.schemes.queries import keepers


async def find_parts(
    session: AsyncSession, caller: Caller, scheme_id: UUID, authority_id: UUID
) -> Parts:
    """Find of whom a pack is to be, and what of them the caller may read.

    Auditors ask, and administrators, of the authority or of the operator. What of the other the
    caller may not read is left out.

    Raises:
        NotFound: the authority counts nothing of that scheme, or the caller reads neither.
        RoleTooSmall: the caller reads their books, and does not audit or administer either.
    """
    scheme = await session.get(Scheme, scheme_id)
    authority = await session.get(Authority, authority_id)
    message = f"You know no scheme {scheme_id} of which an authority {authority_id} counts units."
    if (
        scheme is None
        or authority is None
        or not await queries.packs.recognises(session, scheme_id, authority_id)
    ):
        raise NotFound(message).for_trail()
    readable = (await keepers.readable_keepers(session, caller)).ids
    parts = Parts(
        scheme,
        authority,
        has_books=readable is None or scheme_id in readable,
        has_obligations=readable is None or authority_id in readable,
    )
    if not (parts.has_books or parts.has_obligations):
        raise NotFound(message).for_trail()
    asking = [scheme.operator_id, authority.organisation_id]
    if not any([await _may_ask(session, caller, each) for each in asking]):
        raise RoleTooSmall("Its auditors and its administrators ask for an audit pack.")
    return parts


async def _may_ask(session: AsyncSession, caller: Caller, organisation_id: UUID) -> bool:
    if Right.ADMINISTER in caller.rights_in(organisation_id):
        return True
    return await keepers.audits(session, caller, organisation_id)


async def _readable(session: AsyncSession, caller: Caller, pack_id: UUID) -> AuditPack:
    readable = await keepers.readable_keepers(session, caller)
    if pack := await queries.packs.one(session, readable.ids, pack_id):
        holds = {pack.scheme_id: pack.has_books, pack.authority_id: pack.has_obligations}
        readable.note([keeper_id for keeper_id, is_held in holds.items() if is_held])
        return pack
    message = f"You know no audit pack {pack_id}."
    raise NotFound(message).for_trail()


async def _seen(audit_pack_id: UUID, caller: Person, session: Session) -> AuditPack:
    return await _readable(session, caller, audit_pack_id)


async def _asked_again(audit_pack_id: UUID, caller: Person, session: Session) -> AuditPack:
    pack = await _readable(session, caller, audit_pack_id)
    await find_parts(session, caller, pack.scheme_id, pack.authority_id)
    return pack


SeenPack = Annotated[AuditPack, Depends(_seen)]
"""An audit pack that holds nothing that the person may not read."""
PackAskedAgain = Annotated[AuditPack, Depends(_asked_again)]
"""The same, where the person could ask for it."""
