"""Whose claim is it, and who decides it? Dependencies that prove it."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Security
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Session
from app.core.problems import NotFound
from app.fulfilments import queries
from app.fulfilments.models import Fulfilment, FulfilmentState
from app.obligations.access import READ_OBLIGATIONS, sees
from app.organisations.access import Person, find_organisation, identify
from app.organisations.callers import Caller
from app.organisations.models import Right
from app.organisations.problems import RoleTooSmall
from app.schemes.models import Authority

FulfilmentReader = Annotated[Caller, Security(identify, scopes=[READ_OBLIGATIONS])]
"""A person, or a machine that may read obligations."""


async def find_fulfilment(session: AsyncSession, caller: Caller, fulfilment_id: UUID) -> Fulfilment:
    """Find a fulfilment that the caller may read: its claimant's people, its authority's, staff.

    A draft is the claimant's own.

    Raises:
        NotFound: it does not exist, or the caller has nothing to do with it.
    """
    found = await queries.fulfilments.one(session, fulfilment_id)
    if found is None or not await _is_theirs(session, caller, found):
        message = f"You have nothing to do with a fulfilment {fulfilment_id}."
        raise NotFound(message).for_trail()
    return found


async def _is_theirs(session: AsyncSession, caller: Caller, found: Fulfilment) -> bool:
    if Right.READ in caller.rights_in(found.claimant_id):
        return True
    authority = await session.get_one(Authority, found.authority_id)
    return found.state is not FulfilmentState.DRAFTED and await sees(session, caller, authority)


async def _readable(fulfilment_id: UUID, caller: FulfilmentReader, session: Session) -> Fulfilment:
    return await find_fulfilment(session, caller, fulfilment_id)


async def _claimed(fulfilment_id: UUID, caller: Person, session: Session) -> Fulfilment:
    found = await find_fulfilment(session, caller, fulfilment_id)
    return await _of(session, caller, found, (found.claimant_id, Right.WRITE, "claimant"))


async def _decided(fulfilment_id: UUID, caller: Person, session: Session) -> Fulfilment:
    found = await find_fulfilment(session, caller, fulfilment_id)
    authority = await session.get_one(Authority, found.authority_id)
    needed = (authority.organisation_id, Right.APPROVE, "authority")
    return await _of(session, caller, found, needed)


async def _of(
    session: AsyncSession, caller: Caller, found: Fulfilment, needed: tuple[UUID, Right, str]
) -> Fulfilment:
    organisation_id, right, whose = needed
    if not caller.rights_in(organisation_id):
        message = f"This is for the people of the {whose}."
        raise RoleTooSmall(message)
    await find_organisation(session, caller, organisation_id, right)
    return found


ReadableFulfilment = Annotated[Fulfilment, Depends(_readable)]
"""A fulfilment that the caller, person or machine, may read."""
ClaimedFulfilment = Annotated[Fulfilment, Depends(_claimed)]
"""A fulfilment for whose claimant the person works."""
DecidedFulfilment = Annotated[Fulfilment, Depends(_decided)]
"""A fulfilment for whose authority the person decides."""
