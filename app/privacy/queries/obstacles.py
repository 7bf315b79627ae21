"""What keeps a person from being erased: what nobody else could do in their place."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models import AuditFinding
from app.obligations.models import ObligationProposal, ProposalState
from app.organisations.models import (
    Membership,
    Organisation,
    OrganisationStatus,
    Role,
    StaffAppointment,
    User,
)
from app.payments.models import Outgoing, OutgoingStatus
from app.payouts.models import (
    Payout,
    PayoutState,
    RemedyProposal,
    RemedyState,
    WriteOff,
    WriteOffState,
)
from app.projects.models import Assignment, Recusal, SealedScores, Sitting
from app.schemes.models import PanelMember


async def of_user(session: AsyncSession, user: User) -> list[str]:
    """Say what somebody must take over first, a sentence each; none: the person can be erased.

    The person's organisations are locked: of two admins not both can leave.
    """
    return [
        *await _last_admin(session, user),
        *await _last_staff(session, user),
        *await _waiting(session, user),
        *await _unscored(session, user),
        *await _assigned(session, user),
    ]


async def _last_admin(session: AsyncSession, user: User) -> list[str]:
    own = sa.select(Membership.organisation_id).where(
        Membership.user_id == user.id, Membership.role == Role.ADMIN
    )
    # An organisation that is not active takes nobody in, and could never be left.
    query = (
        sa.select(Organisation)
        .where(Organisation.id.in_(own), Organisation.status == OrganisationStatus.ACTIVE)
        .order_by(Organisation.id)
        .with_for_update()
    )
    organisations = (await session.scalars(query)).all()
    others = set(
        await session.scalars(
            sa.select(Membership.organisation_id).where(
                Membership.organisation_id.in_([each.id for each in organisations]),
                Membership.role == Role.ADMIN,
                Membership.user_id != user.id,
            )
        )
    )
    return [
        f"The last admin of {each.legal_name}: make somebody else an admin there first."
        for each in organisations
        if each.id not in others
    ]


async def _last_staff(session: AsyncSession, user: User) -> list[str]:
    # As `actions.staff` does: the table is what two dismissals share.
    await session.execute(sa.text("LOCK TABLE staff_appointments IN SHARE ROW EXCLUSIVE MODE"))
    living = (
        await session.scalars(
            sa.select(StaffAppointment.user_id).where(StaffAppointment.ended_at.is_(None))
        )
    ).all()
    if set(living) == {user.id}:
        return ["The last of the platform's staff: appoint somebody else first."]
    return []


async def _waiting(session: AsyncSession, user: User) -> list[str]:
    """Name what the person proposed and somebody else has not decided: two people do that."""
    found: list[str] = []
    for what, query in _proposed(user):
        found += [
            f"The {what} {each} waits for a second person: have it decided or withheld first."
            for each in await session.scalars(query)
        ]
    return found


def _proposed(user: User) -> Iterator[tuple[str, sa.Select[object]]]:
    yield (
        "payout",
        sa.select(Payout.id).where(
            Payout.planned_by_id == user.id, Payout.state == PayoutState.PLANNED
        ),
    )
    yield (
        "remedy",
        sa.select(RemedyProposal.id).where(
            RemedyProposal.proposed_by_id == user.id,
            RemedyProposal.state == RemedyState.PROPOSED,
        ),
    )
    yield (
        "proposal about an obligation",
        sa.select(ObligationProposal.id).where(
            ObligationProposal.proposed_by_id == user.id,
            ObligationProposal.state == ProposalState.OPEN,
        ),
    )
    yield (
        "write-off",
        sa.select(WriteOff.id).where(
            WriteOff.proposed_by_id == user.id, WriteOff.state == WriteOffState.PROPOSED
        ),
    )
    yield (
        "outgoing payment",
        sa.select(Outgoing.id).where(
            Outgoing.planned_by == f"user:{user.id}", Outgoing.status == OutgoingStatus.PLANNED
        ),
    )


async def _unscored(session: AsyncSession, user: User) -> list[str]:
    query = (
        sa.select(Assignment.id)
        .join(PanelMember, PanelMember.id == Assignment.panel_member_id)
        .join(Sitting, Sitting.id == Assignment.sitting_id)
        .where(
            PanelMember.user_id == user.id,
            Sitting.opened_at.is_(None),
            ~sa.exists().where(Recusal.assignment_id == Assignment.id),
            ~sa.exists().where(SealedScores.assignment_id == Assignment.id),
        )
    )
    return [
        f"The expert of assignment {each} has not valued its plan: do so, or be recused first."
        for each in await session.scalars(query)
    ]


async def _assigned(session: AsyncSession, user: User) -> list[str]:
    query = sa.select(AuditFinding.id).where(
        AuditFinding.assigned_to_id == user.id, AuditFinding.closed_at.is_(None)
    )
    return [
        f"The finding {each} of an auditor is theirs to answer: assign it to somebody else first."
        for each in await session.scalars(query)
    ]
