"""Erase a person: everything that they can do ends at once, and their row is emptied."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, idempotency, jobs, mail
from app.core.events import Actor
from app.core.problems import NotFound
from app.organisations import credentials
from app.organisations.actions import passwords, trail
from app.organisations.callers import Caller
from app.organisations.models import (
    ApiKey,
    Invitation,
    Membership,
    OneTimeToken,
    RecoveryCode,
    StaffAppointment,
    User,
    UserSession,
)
from app.privacy.actions.masking import FINISH, MASK, Words
from app.privacy.models import Erasure
from app.privacy.problems import ErasureNotPossible
from app.privacy.queries import obstacles
from app.privacy.schemas import ErasureRequest, OwnErasureRequest
from app.schemes.models import AuditorAppointment, InvitationOutcome, PanelMember, SchemeInvitation

REASON = "The person was erased."


async def erase_oneself(
    session: AsyncSession, caller: Caller, user: User, request: OwnErasureRequest
) -> Erasure:
    """Erase the person who calls.

    Raises:
        PasswordWrong: it is not their present one.
        ErasureNotPossible: something rests on them that somebody else must take over.
    """
    await passwords.prove(session, caller, user, request.password)
    words = Words(everywhere=[user.email], own=[user.name])
    return await _erase(session, caller, user, words, reason=None)


async def erase_on_request(
    session: AsyncSession, caller: Caller, request: ErasureRequest
) -> Erasure:
    """Erase somebody who asked the platform for it.

    Raises:
        NotFound: nobody has an account with this address, or this id.
        ErasureNotPossible: something rests on them that somebody else must take over.
    """
    wanted = User.email == request.email if request.email else User.id == request.user_id
    user: User | None = await session.scalar(
        sa.select(User).where(wanted, User.erased_at.is_(None)).with_for_update()
    )
    if user is None:
        message = "Nobody has an account with this address, or this id (any more)."
        raise NotFound(message)
    words = Words(everywhere=[user.email, *request.names], own=[user.name])
    return await _erase(session, caller, user, words, request.reason)


async def _erase(
    session: AsyncSession, caller: Caller, user: User, words: Words, reason: str | None
) -> Erasure:
    if found := await obstacles.of_user(session, user):
        raise ErasureNotPossible(" ".join(found), obstacles=found)
    await _end_rights(session, caller, user)
    await _close_invitations(session, user)
    await _remove_credentials(session, user)
    await mail.withdraw(session, user.email)
    await idempotency.erase(session, str(Actor.user(user.id)))
    account = credentials.account_key(caller.visitor.settings, user.email)
    _empty(user)
    erasure = Erasure(
        user_id=user.id,
        asked_by=str(caller.actor),
        reason=reason,
        sealed_words=words.sealed(session),
    )
    session.add(erasure)
    trail.rights_changed(session, caller, "user.erased", user.id, user_id=user.id)
    await session.flush()
    await session.execute(sa.select(sa.func.privacy_unlink(erasure.id, account)))
    await jobs.enqueue(session, FINISH, erasure_id=erasure.id)
    return erasure


async def _end_rights(session: AsyncSession, caller: Caller, user: User) -> None:
    """End what the person may do; each membership and key is an event."""
    now = clock.now()
    left = sa.delete(Membership).where(Membership.user_id == user.id).returning(Membership)
    for membership in (await session.scalars(left)).all():
        trail.rights_changed(
            session,
            caller,
            "membership.ended",
            membership.id,
            user_id=user.id,
            organisation_id=membership.organisation_id,
            organisationId=str(membership.organisation_id),
            role=membership.role,
        )
    made = sa.and_(ApiKey.created_by == str(Actor.user(user.id)), ApiKey.revoked_at.is_(None))
    revoked = sa.update(ApiKey).where(made).values(revoked_at=now).returning(ApiKey)
    for key in (await session.scalars(revoked)).all():
        trail.rights_changed(
            session,
            caller,
            "api-key.revoked",
            key.id,
            organisation_id=key.organisation_id,
            scopes=list(key.scopes),
        )
    ended_by = {"ended_at": now, "ended_by_id": caller.user_id}
    for kind, values in (
        (StaffAppointment, {"ended_at": now, "ended_by": str(caller.actor)}),
        (AuditorAppointment, ended_by),
        (PanelMember, ended_by | {"end_reason": REASON}),
    ):
        living = sa.and_(kind.user_id == user.id, kind.ended_at.is_(None))
        await session.execute(sa.update(kind).where(living).values(values))


async def _close_invitations(session: AsyncSession, user: User) -> None:
    now, nobody = clock.now(), _nobody(user.id)
    await session.execute(
        sa.update(Invitation)
        .where(Invitation.email == user.email)
        .values(
            email=nobody,
            revoked_at=sa.case(
                (Invitation.accepted_at.is_(None), sa.func.coalesce(Invitation.revoked_at, now)),
                else_=Invitation.revoked_at,
            ),
        )
    )
    await session.execute(
        sa.update(SchemeInvitation)
        .where(SchemeInvitation.email == user.email, SchemeInvitation.closed_at.is_(None))
        .values(outcome=InvitationOutcome.REVOKED, closed_at=now)
    )
    await session.execute(
        sa.update(SchemeInvitation).where(SchemeInvitation.email == user.email).values(email=nobody)
    )


async def _remove_credentials(session: AsyncSession, user: User) -> None:
    for kind in (UserSession, RecoveryCode, OneTimeToken):
        await session.execute(sa.delete(kind).where(kind.user_id == user.id))
    # A registration from before there was the account, or somebody who wants its address.
    mailed = sa.delete(OneTimeToken).where(OneTimeToken.email == user.email)
    await session.execute(mailed)


def _empty(user: User) -> None:
    user.email, user.name = _nobody(user.id), MASK
    user.wants_task_mail = user.wants_news_mail = False
    user.password_hash = user.totp_sealed = None
    user.totp_confirmed_at = user.totp_last_step = None
    user.erased_at = clock.now()


def _nobody(user_id: UUID) -> str:
    """Give an address that leads nowhere, one for each."""
    return f"{user_id}@{mail.NOBODY}"
