"""Invite entrepreneurs and experts to a scheme."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.database import settings_of, violates
from app.core.events import Actor
from app.organisations import credentials
from app.organisations.actions import attempts, trail
from app.organisations.actions.letters import page
from app.organisations.callers import Caller
from app.organisations.models import User
from app.organisations.problems import AlreadyInvited, InvitationClosed, TokenRefused
from app.schemes.actions import letters
from app.schemes.models import (
    InvitationOutcome,
    InvitedAs,
    PanelMember,
    Scheme,
    SchemeInvitation,
    SchemeState,
)
from app.schemes.problems import AlreadyExpert, SchemeStateForbids, TenureOver
from app.schemes.schemas import SchemeInvitationRequest

LIFETIME = timedelta(days=30)

LETTERS = {
    InvitedAs.ENTREPRENEUR: "invited_entrepreneur",
    InvitedAs.EXPERT: "invited_expert",
}


async def invite(
    session: AsyncSession, caller: Caller, scheme: Scheme, request: SchemeInvitationRequest
) -> SchemeInvitation:
    """Mail somebody a token with which they take part, or decline.

    Raises:
        SchemeStateForbids: the scheme is closed, or not open yet for entrepreneurs.
        TenureOver: the last day of the tenure has passed.
        AlreadyExpert: they sit on the panel.
        AlreadyInvited: an invitation is open.
        TooManyRequests: this address or network had enough mail for now.
    """
    await _insist_on_sense(session, scheme, request)
    await attempts.count_letter(caller.visitor, request.email)
    await _close_expired(session, scheme, request)
    token = credentials.new_token(credentials.ONE_TIME_PREFIX)
    invitation = SchemeInvitation(
        scheme_id=scheme.id,
        token_hash=credentials.digest(token),
        invited_by_id=caller.user_id,
        expires_at=clock.now() + LIFETIME,
        **request.model_dump(),
    )
    session.add(invitation)
    try:
        await session.flush()
    except IntegrityError as error:
        if violates(error, "uq_scheme_invitations_open"):
            message = f"An invitation to {request.email} is open. Revoke it first."
            raise AlreadyInvited(message) from error
        raise
    _note(session, caller, "scheme-invitation.made", invitation, scheme)
    await letters.to_address(
        session,
        request.email,
        request.language,
        LETTERS[request.invited_as],
        scheme=letters.named(scheme, request.language),
        link=page(settings_of(session), "scheme-invitation", token),
        token=token,
    )
    return invitation


async def _insist_on_sense(
    session: AsyncSession, scheme: Scheme, request: SchemeInvitationRequest
) -> None:
    is_expert = request.invited_as is InvitedAs.EXPERT
    if scheme.state is SchemeState.CLOSED or (scheme.state is SchemeState.DRAFT and not is_expert):
        message = f"The scheme is {scheme.state}: nobody can come in as {request.invited_as}."
        raise SchemeStateForbids(message, current_state=scheme.state)
    if request.tenure_ends_on is not None and request.tenure_ends_on < clock.today():
        message = "The last day of the tenure has passed already."
        raise TenureOver(message)
    if not is_expert:
        return
    seated = sa.exists().where(
        PanelMember.scheme_id == scheme.id,
        PanelMember.user_id == User.id,
        User.email == request.email,
        *PanelMember.sitting(),
    )
    if await session.scalar(sa.select(seated)):
        message = f"{request.email} is on the panel already."
        raise AlreadyExpert(message)


async def _close_expired(
    session: AsyncSession, scheme: Scheme, request: SchemeInvitationRequest
) -> None:
    now = clock.now()
    await session.execute(
        sa.update(SchemeInvitation)
        .where(
            SchemeInvitation.scheme_id == scheme.id,
            SchemeInvitation.invited_as == request.invited_as,
            SchemeInvitation.email == request.email,
            SchemeInvitation.closed_at.is_(None),
            SchemeInvitation.expires_at <= now,
        )
        .values(closed_at=now, outcome=InvitationOutcome.EXPIRED)
    )


async def revoke(
    session: AsyncSession, caller: Caller, scheme: Scheme, invitation: SchemeInvitation
) -> None:
    """Take an invitation back.

    Raises:
        InvitationClosed: it was answered or revoked before.
    """
    await session.refresh(invitation, with_for_update=True)
    if invitation.closed_at is not None:
        message = "The invitation was answered or revoked before."
        raise InvitationClosed(message)
    close(invitation, InvitationOutcome.REVOKED)
    _note(session, caller, "scheme-invitation.revoked", invitation, scheme)


async def decline(session: AsyncSession, token: str) -> None:
    """Answer an invitation with no; the token proves who says it.

    Raises:
        TokenRefused: the token is unknown, used or too old.
    """
    invitation = await redeem(session, token)
    close(invitation, InvitationOutcome.DECLINED)
    events.record(
        session,
        "scheme-invitation.declined",
        invitation.id,
        Actor.system("invitation"),
        schemeId=str(invitation.scheme_id),
        invitedAs=invitation.invited_as,
    )


async def redeem(session: AsyncSession, token: str) -> SchemeInvitation:
    """Find the open invitation of a token, for this transaction alone.

    Raises:
        TokenRefused: the token is unknown, used or too old.
    """
    invitation: SchemeInvitation | None = await session.scalar(
        sa.select(SchemeInvitation)
        .where(
            SchemeInvitation.token_hash == credentials.digest(token),
            SchemeInvitation.closed_at.is_(None),
            SchemeInvitation.expires_at > clock.now(),
        )
        .with_for_update()
    )
    if invitation is None:
        message = "The invitation is unknown, closed or has expired. Ask for a new one."
        raise TokenRefused(message)
    return invitation


def close(invitation: SchemeInvitation, outcome: InvitationOutcome) -> None:
    """Let nobody use an invitation any more."""
    invitation.closed_at = clock.now()
    invitation.outcome = outcome


def _note(
    session: AsyncSession, caller: Caller, kind: str, invitation: SchemeInvitation, scheme: Scheme
) -> None:
    trail.rights_changed(
        session,
        caller,
        kind,
        invitation.id,
        organisation_id=scheme.operator_id,
        schemeId=str(scheme.id),
        invitedAs=invitation.invited_as,
    )
