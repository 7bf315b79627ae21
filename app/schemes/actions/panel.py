"""Join the panel of a scheme, and leave it."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import violates
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.organisations.models import User
from app.schemes.actions import invitations
from app.schemes.models import InvitationOutcome, InvitedAs, PanelMember, Scheme, SchemeState
from app.schemes.problems import (
    AlreadyExpert,
    ExpertLeft,
    InvitedSomebodyElse,
    SchemeStateForbids,
    TenureOver,
)


async def accept(session: AsyncSession, caller: Caller, token: str) -> PanelMember:
    """Become an expert of the scheme that the token is of.

    Raises:
        TokenRefused: the token is unknown, used or too old.
        InvitedSomebodyElse: it went to another address, or to an entrepreneur.
        SchemeStateForbids: the scheme was closed meanwhile.
        TenureOver: the last day of the tenure passed meanwhile.
        AlreadyExpert: they sit on the panel.
    """
    invitation = await invitations.redeem(session, token)
    user = await session.get_one(User, caller.user_id)
    if invitation.email != user.email or invitation.invited_as is not InvitedAs.EXPERT:
        message = "This invitation is for another address, or not to a panel."
        raise InvitedSomebodyElse(message)
    scheme = await session.get_one(Scheme, invitation.scheme_id)
    if scheme.state is SchemeState.CLOSED:
        message = "The scheme is closed: nobody comes in any more."
        raise SchemeStateForbids(message, current_state=scheme.state)
    if invitation.tenure_ends_on is not None and invitation.tenure_ends_on < clock.today():
        message = "The last day of the tenure has passed already."
        raise TenureOver(message)
    invitations.close(invitation, InvitationOutcome.ACCEPTED)
    await _free_the_seat(session, scheme, user)
    member = PanelMember(
        scheme_id=scheme.id,
        user_id=user.id,
        invitation_id=invitation.id,
        tenure_ends_on=invitation.tenure_ends_on,
    )
    session.add(member)
    try:
        await session.flush()
    except IntegrityError as error:
        if violates(error, "uq_panel_members_living"):
            message = "You are on the panel already."
            raise AlreadyExpert(message) from error
        raise
    _note(session, caller, "expert.joined", member, scheme)
    return member


async def _free_the_seat(session: AsyncSession, scheme: Scheme, user: User) -> None:
    """Let a tenure that is over be ended, so that its expert can have another one."""
    await session.execute(
        sa.update(PanelMember)
        .where(
            PanelMember.scheme_id == scheme.id,
            PanelMember.user_id == user.id,
            PanelMember.ended_at.is_(None),
            PanelMember.tenure_ends_on < clock.today(),
        )
        .values(ended_at=clock.now(), end_reason="The tenure was over.")
    )


async def end(
    session: AsyncSession, caller: Caller, member: PanelMember, reason: str
) -> PanelMember:
    """Take an expert off the panel: themselves, or somebody who decides for the operator.

    Raises:
        ExpertLeft: they left before.
    """
    await session.refresh(member, ["ended_at"], with_for_update=True)
    if member.ended_at is not None:
        message = "The expert left the panel before."
        raise ExpertLeft(message)
    member.ended_at = clock.now()
    member.ended_by_id = caller.user_id
    member.end_reason = reason
    await session.flush()
    scheme = await session.get_one(Scheme, member.scheme_id)
    _note(session, caller, "expert.left", member, scheme)
    return member


def _note(
    session: AsyncSession, caller: Caller, kind: str, member: PanelMember, scheme: Scheme
) -> None:
    trail.rights_changed(
        session,
        caller,
        kind,
        member.id,
        user_id=member.user_id,
        organisation_id=scheme.operator_id,
        schemeId=str(scheme.id),
    )
