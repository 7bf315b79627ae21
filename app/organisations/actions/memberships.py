"""Change who acts for an organisation, and who stands in for whom."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.organisations.models import Deputy, Membership, Organisation, Role
from app.organisations.problems import DeputyNotPossible, LastAdmin
from app.organisations.schemas import DeputyRequest, MembershipChange


async def change(
    session: AsyncSession, caller: Caller, membership: Membership, request: MembershipChange
) -> Membership:
    """Give a member another role, another spending limit, or both.

    Raises:
        LastAdmin: nobody would be left to administer the organisation.
    """
    if request.role is not None:
        await _change_role(session, caller, membership, request.role)
    if "spending_limit_cents" in request.model_fields_set:
        before = membership.spending_limit_cents
        membership.spending_limit_cents = request.spending_limit_cents
        await session.flush()
        _note(session, caller, "spending-limit-changed", membership, before)
    return membership


async def _change_role(
    session: AsyncSession, caller: Caller, membership: Membership, role: Role
) -> None:
    before = membership.role
    if before is Role.ADMIN and role is not Role.ADMIN:
        await _keep_an_admin(session, membership)
    membership.role = role
    await session.flush()
    _note(session, caller, "role-changed", membership, before)


def _note(
    session: AsyncSession,
    caller: Caller,
    what: str,
    membership: Membership,
    before: Role | int | None,
) -> None:
    after = membership.role if what == "role-changed" else membership.spending_limit_cents
    trail.rights_changed(
        session,
        caller,
        f"membership.{what}",
        membership.id,
        user_id=membership.user_id,
        organisation_id=membership.organisation_id,
        organisationId=str(membership.organisation_id),
        before=before,
        after=after,
    )


async def end(session: AsyncSession, caller: Caller, membership: Membership) -> None:
    """End a membership, and with it what its holder deputises for.

    Raises:
        LastAdmin: nobody would be left to administer the organisation.
    """
    if membership.role is Role.ADMIN:
        await _keep_an_admin(session, membership)
    trail.rights_changed(
        session,
        caller,
        "membership.ended",
        membership.id,
        user_id=membership.user_id,
        organisation_id=membership.organisation_id,
        # The row is gone when somebody is told.
        organisationId=str(membership.organisation_id),
        role=membership.role,
    )
    await session.delete(membership)
    await session.flush()


async def _keep_an_admin(session: AsyncSession, leaving: Membership) -> None:
    # The organisation's row is the lock: two admins can't both be the one who may leave.
    await session.execute(
        sa.select(Organisation.id)
        .where(Organisation.id == leaving.organisation_id)
        .with_for_update()
    )
    others = sa.select(sa.func.count()).where(
        Membership.organisation_id == leaving.organisation_id,
        Membership.role == Role.ADMIN,
        Membership.id != leaving.id,
    )
    if not await session.scalar(others):
        message = "Make somebody else an admin first: an organisation keeps at least one."
        raise LastAdmin(message)


async def appoint_deputy(
    session: AsyncSession, caller: Caller, membership: Membership, request: DeputyRequest
) -> Deputy:
    """Let another member have this member's role too, for a period.

    Raises:
        DeputyNotPossible: it is no other member of the organisation, or the period has passed.
    """
    substitute = await session.get(Membership, request.deputy_membership_id)
    if substitute is None or substitute.organisation_id != membership.organisation_id:
        message = "The deputy must be a member of the same organisation."
        raise DeputyNotPossible(message)
    if substitute.id == membership.id:
        message = "Nobody is their own deputy."
        raise DeputyNotPossible(message)
    if request.ends_at <= clock.now():
        message = "The period has passed already."
        raise DeputyNotPossible(message)
    deputy = Deputy(membership_id=membership.id, **request.model_dump())
    session.add(deputy)
    await session.flush()
    _deputy_changed(session, caller, "deputy.appointed", deputy, substitute)
    return deputy


async def end_deputy(session: AsyncSession, caller: Caller, deputy: Deputy) -> None:
    """End a deputy's period now."""
    substitute = await session.get_one(Membership, deputy.deputy_membership_id)
    _deputy_changed(session, caller, "deputy.ended", deputy, substitute)
    await session.delete(deputy)
    await session.flush()


def _deputy_changed(
    session: AsyncSession, caller: Caller, kind: str, deputy: Deputy, substitute: Membership
) -> None:
    trail.rights_changed(
        session,
        caller,
        kind,
        deputy.id,
        user_id=substitute.user_id,
        organisation_id=substitute.organisation_id,
        organisationId=str(substitute.organisation_id),
        membershipId=str(deputy.membership_id),
        startsAt=deputy.starts_at.isoformat(),
        endsAt=deputy.ends_at.isoformat(),
    )
