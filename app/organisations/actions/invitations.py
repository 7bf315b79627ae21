"""Invite people to act for an organisation."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.database import violates
from app.core.events import Actor
from app.organisations import credentials
from app.organisations.actions import attempts, letters, registrations, trail
from app.organisations.callers import Caller, Visitor
from app.organisations.models import (
    Invitation,
    Membership,
    Organisation,
    OrganisationStatus,
    Role,
    User,
)
from app.organisations.problems import (
    AccountNeeded,
    AlreadyInvited,
    AlreadyMember,
    InvitationClosed,
    OrganisationInactive,
    TokenRefused,
)
from app.organisations.schemas import AcceptanceRequest, InvitationRequest

LIFETIME = timedelta(days=14)


async def invite(
    session: AsyncSession, caller: Caller, organisation: Organisation, request: InvitationRequest
) -> Invitation:
    """Mail somebody a token that makes them a member.

    Raises:
        AlreadyMember: they act for the organisation already.
        AlreadyInvited: an invitation is open.
        TooManyRequests: this address or network had enough mail for now.
    """
    await attempts.count_letter(caller.visitor, request.email)
    if await _is_member(session, organisation, request.email):
        message = f"{request.email} acts for {organisation.legal_name} already."
        raise AlreadyMember(message)
    await _close_expired(session, organisation, request.email)
    token = credentials.new_token(credentials.ONE_TIME_PREFIX)
    invitation = Invitation(
        organisation_id=organisation.id,
        token_hash=credentials.digest(token),
        invited_by=str(caller.actor),
        expires_at=clock.now() + LIFETIME,
        **request.model_dump(),
    )
    session.add(invitation)
    try:
        await session.flush()
    except IntegrityError as error:
        if violates(error, "uq_invitations_open"):
            message = f"An invitation to {request.email} is open. Revoke it first."
            raise AlreadyInvited(message) from error
        raise
    _note(session, caller, "invitation.made", invitation)
    await letters.to_address(
        session,
        request.email,
        request.language,
        "invitation",
        organisation=organisation.legal_name,
        link=letters.page(caller.visitor.settings, "invitation", token),
        token=token,
    )
    return invitation


async def _is_member(session: AsyncSession, organisation: Organisation, email: str) -> bool:
    found = sa.select(
        sa.exists()
        .where(Membership.organisation_id == organisation.id, Membership.user_id == User.id)
        .where(User.email == email)
    )
    return bool(await session.scalar(found))


async def _close_expired(session: AsyncSession, organisation: Organisation, email: str) -> None:
    now = clock.now()
    await session.execute(
        sa.update(Invitation)
        .where(
            Invitation.organisation_id == organisation.id,
            Invitation.email == email,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at <= now,
        )
        .values(revoked_at=now)
    )


async def revoke(session: AsyncSession, caller: Caller, invitation: Invitation) -> None:
    """Take an invitation back.

    Raises:
        InvitationClosed: it was accepted or revoked before.
    """
    closed = await session.scalar(
        sa.update(Invitation)
        .where(
            Invitation.id == invitation.id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(revoked_at=clock.now())
        .returning(Invitation.id)
    )
    if closed is None:
        message = "The invitation was accepted or revoked before."
        raise InvitationClosed(message)
    _note(session, caller, "invitation.revoked", invitation)


def _note(session: AsyncSession, caller: Caller, kind: str, invitation: Invitation) -> None:
    trail.rights_changed(
        session,
        caller,
        kind,
        invitation.id,
        organisation_id=invitation.organisation_id,
        role=invitation.role,
    )


async def accept(session: AsyncSession, visitor: Visitor, request: AcceptanceRequest) -> Membership:
    """Become a member. The token proves the address, so it also makes an account where none is.

    Raises:
        TokenRefused: the token is unknown, used or too old.
        AccountNeeded: the address has no account, and name or password is missing.
        AlreadyMember: the person became one in another way.
        OrganisationInactive: an organisation that was stopped takes nobody in.
    """
    invitation: Invitation | None = await session.scalar(
        sa.select(Invitation)
        .where(
            Invitation.token_hash == credentials.digest(request.token),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > clock.now(),
        )
        .with_for_update()
    )
    if invitation is None:
        message = "The invitation is unknown, closed or has expired. Ask for a new one."
        raise TokenRefused(message)
    await _insist_on_active(session, invitation.organisation_id)
    user = await _user_for(session, visitor, invitation, request)
    invitation.accepted_at = clock.now()
    return await _join(session, visitor, invitation, user)


async def _insist_on_active(session: AsyncSession, organisation_id: UUID) -> None:
    organisation = await session.get_one(Organisation, organisation_id)
    if organisation.status is not OrganisationStatus.ACTIVE:
        message = f"{organisation.legal_name} is {organisation.status}: it takes nobody in."
        raise OrganisationInactive(message)


async def _user_for(
    session: AsyncSession, visitor: Visitor, invitation: Invitation, request: AcceptanceRequest
) -> User:
    user: User | None = await session.scalar(sa.select(User).where(User.email == invitation.email))
    if user is not None:
        return user
    if request.name is None or request.password is None:
        message = "This address has no account yet: send a name and a password with the token."
        raise AccountNeeded(message)
    return await registrations.make_user(
        session, visitor, invitation.email, request.name, request.password, invitation.language
    )


async def _join(
    session: AsyncSession, visitor: Visitor, invitation: Invitation, user: User
) -> Membership:
    membership = Membership(
        organisation_id=invitation.organisation_id, user=user, role=Role(invitation.role)
    )
    session.add(membership)
    try:
        await session.flush()
    except IntegrityError as error:
        if violates(error, "uq_memberships_organisation_id_user_id"):
            message = "You act for this organisation already."
            raise AlreadyMember(message) from error
        raise
    actor = Actor.user(user.id)
    events.record(
        session,
        "membership.made",
        membership.id,
        actor,
        organisationId=str(membership.organisation_id),
        role=membership.role,
    )
    trail.note(
        session,
        visitor,
        "membership.made",
        actor=actor,
        user_id=user.id,
        organisation_id=invitation.organisation_id,
        subjectId=str(membership.id),
        role=invitation.role,
        invitationId=str(invitation.id),
    )
    return membership
