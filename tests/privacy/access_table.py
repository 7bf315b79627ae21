"""Who may do what with what is held of people: one line per operation."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models import AuditFinding
from app.obligations.models import ObligationProposal
from app.organisations.models import Membership, Organisation, Role
from app.payouts.models import Payout, RemedyProposal, WriteOff
from tests import make
from tests.make import PASSWORD
from tests.matrix import PERSONS, STAFF, Body, Caller, Place, Rule, World

OURS = (Place.OURS,)


async def _replaceable(session: AsyncSession, world: World, caller: Caller) -> Body:
    """Let somebody else be able to do all that the caller does."""
    user_id = world.users[caller]
    memberships = await session.scalars(sa.select(Membership).where(Membership.user_id == user_id))
    for membership in memberships.all():
        organisation = await session.get_one(Organisation, membership.organisation_id)
        await make.a_membership(session, organisation, await make.a_user(session), Role.ADMIN)
    other = (await make.a_user(session)).id
    for proposal in (ObligationProposal, RemedyProposal, WriteOff):
        theirs = sa.update(proposal).where(proposal.proposed_by_id == user_id)
        await session.execute(theirs.values(proposed_by_id=other))
    assigned = sa.update(AuditFinding).where(AuditFinding.assigned_to_id == user_id)
    await session.execute(assigned.values(assigned_to_id=other))
    planned = sa.update(Payout).where(Payout.planned_by_id == user_id)
    await session.execute(planned.values(planned_by_id=other))
    return {"password": PASSWORD, "isFinal": True}


async def _a_request(session: AsyncSession, _world: World, _caller: Caller) -> Body:
    return {
        "email": (await make.a_user(session)).email,
        "reason": "Their letter of 1 May.",
        "isFinal": True,
    }


def _proving(_world: World, _place: Place) -> dict[str, object]:
    return {"password": PASSWORD, "isFinal": True}


def _asking(_world: World, _place: Place) -> dict[str, object]:
    return {"email": "nobody@baat.example", "reason": "Their letter.", "isFinal": True}


TABLE: dict[str, Rule] = {
    "POST /v1/me/exports": Rule(PERSONS, lambda _world, _place: {"password": PASSWORD}, on=OURS),
    "POST /v1/me/erasures": Rule(PERSONS, _proving, _replaceable, on=OURS),
    "POST /v1/erasures": Rule(STAFF, _asking, _a_request, on=OURS),
    "GET /v1/erasures": Rule(STAFF, on=OURS),
}
