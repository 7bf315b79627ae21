"""Findings, what happened to them, and what they may be about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models import (
    AuditFinding,
    AuditFindingFile,
    AuditFindingStep,
    AuditSample,
    AuditSampleItem,
    FindingState,
    Severity,
    SubjectKind,
)
from app.core.paging import Page, PageRequest, page
from app.fulfilments.models import Fulfilment, FulfilmentState
from app.ledger.models import Ledger, LedgerLine
from app.obligations.models import Contract, Obligation
from app.orders.models import Order
from app.organisations.models import Membership, User
from app.payouts.models import Payout
from app.schemes.models import AuditorAppointment, Authority, Scheme
from app.schemes.queries.keepers import today

WAITING = [state for state in FindingState if state.awaits_answer]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which findings of an organisation."""

    state: FindingState | None = None
    severity: Severity | None = None
    overdue_on: date | None = None
    """Only those that should have been answered before that day."""
    raised_by_id: UUID | None = None
    """Only what this auditor may see: their own, and those of `raised_for_ids`."""
    raised_for_ids: Sequence[UUID] = ()


async def listed(
    session: AsyncSession, organisation_id: UUID, narrowed: Narrowed, paging: PageRequest
) -> Page[AuditFinding]:
    """List the findings at an organisation, newest first."""
    query = sa.select(AuditFinding).where(AuditFinding.organisation_id == organisation_id)
    if narrowed.state is not None:
        query = query.where(AuditFinding.state == narrowed.state)
    if narrowed.severity is not None:
        query = query.where(AuditFinding.severity == narrowed.severity)
    if narrowed.overdue_on is not None:
        query = query.where(
            AuditFinding.due_on < narrowed.overdue_on, AuditFinding.state.in_(WAITING)
        )
    if narrowed.raised_by_id is not None:
        query = query.where(
            sa.or_(
                AuditFinding.raised_by_id == narrowed.raised_by_id,
                AuditFinding.raised_for_id.in_(narrowed.raised_for_ids),
            )
        )
    return await page(session, query, AuditFinding, paging, newest_first=True)


async def steps(
    session: AsyncSession, finding_id: UUID, paging: PageRequest
) -> Page[AuditFindingStep]:
    """List what happened to a finding, the oldest first."""
    query = sa.select(AuditFindingStep).where(AuditFindingStep.finding_id == finding_id)
    return await page(session, query, AuditFindingStep, paging)


async def files(session: AsyncSession, finding_id: UUID) -> Sequence[AuditFindingFile]:
    """List the files of a finding, the oldest first."""
    query = (
        sa.select(AuditFindingFile)
        .where(AuditFindingFile.finding_id == finding_id)
        .options(sa.orm.joinedload(AuditFindingFile.file))
        .order_by(AuditFindingFile.id)
    )
    return (await session.scalars(query)).all()


async def file(
    session: AsyncSession, finding_id: UUID, finding_file_id: UUID
) -> AuditFindingFile | None:
    """Find a file of a finding."""
    found = await files(session, finding_id)
    return next((each for each in found if each.id == finding_file_id), None)


async def is_member(session: AsyncSession, organisation_id: UUID, user_id: UUID) -> bool:
    """Tell whether a user acts for an organisation."""
    found = sa.exists().where(
        Membership.organisation_id == organisation_id, Membership.user_id == user_id
    )
    return bool(await session.scalar(sa.select(found)))


async def concluding(session: AsyncSession, finding: AuditFinding) -> Sequence[User]:
    """List who may conclude a finding: who audits there today, and is of its auditor's side."""
    side = sa.or_(
        User.id == finding.raised_by_id,
        sa.exists().where(
            Membership.organisation_id == finding.raised_for_id, Membership.user_id == User.id
        ),
    )
    audits = AuditorAppointment.organisation_id == finding.organisation_id
    query = (
        sa.select(User)
        .where(User.id.in_(sa.select(AuditorAppointment.user_id).where(audits, *today())), side)
        .order_by(User.id)
    )
    return (await session.scalars(query)).all()


async def to_remind(session: AsyncSession, today: date, most: int) -> Sequence[UUID]:
    """List the findings of which somebody is to be reminded by today."""
    query = (
        sa.select(AuditFinding.id)
        .where(AuditFinding.remind_on <= today)
        .order_by(AuditFinding.remind_on)
        .limit(most)
    )
    return (await session.scalars(query)).all()


async def sample_item(
    session: AsyncSession, organisation_id: UUID, item_id: UUID
) -> tuple[AuditSample, AuditSampleItem] | None:
    """Find a row of a sample of an organisation's books, with its sample."""
    query = (
        sa.select(AuditSample, AuditSampleItem)
        .join(AuditSampleItem, AuditSampleItem.sample_id == AuditSample.id)
        .where(AuditSampleItem.id == item_id, AuditSample.organisation_id == organisation_id)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


async def is_of(
    session: AsyncSession, organisation_id: UUID, kind: SubjectKind, subject_id: UUID
) -> bool:
    """Tell whether a thing is among what an organisation is audited for."""
    keepers = _Keepers(
        sa.select(Authority.id).where(Authority.organisation_id == organisation_id),
        sa.select(Scheme.id).where(Scheme.operator_id == organisation_id),
    )
    return bool(await session.scalar(sa.select(_IS_OF[kind](keepers, subject_id))))


@dataclass(frozen=True, slots=True)
class _Keepers:
    """The authorities and the schemes of an organisation."""

    authorities: sa.Select[UUID]
    schemes: sa.Select[UUID]


_IsOf: TypeAlias = Callable[[_Keepers, UUID], sa.ColumnElement[bool]]


def _contract(of: _Keepers, there: UUID) -> sa.ColumnElement[bool]:
    return sa.exists().where(Contract.id == there, Contract.authority_id.in_(of.authorities))


def _obligation(of: _Keepers, there: UUID) -> sa.ColumnElement[bool]:
    return sa.exists().where(Obligation.id == there, Obligation.authority_id.in_(of.authorities))


def _fulfilment(of: _Keepers, there: UUID) -> sa.ColumnElement[bool]:
    return sa.exists().where(Fulfilment.id == there, *_submitted_to(of))


def _submitted_to(of: _Keepers) -> tuple[sa.ColumnElement[bool], ...]:
    submitted = Fulfilment.state != FulfilmentState.DRAFTED
    return Fulfilment.authority_id.in_(of.authorities), submitted


def _order(of: _Keepers, there: UUID) -> sa.ColumnElement[bool]:
    sold = sa.exists().where(Order.id == there, Order.scheme_id.in_(of.schemes))
    return sa.or_(sold, sa.exists().where(Fulfilment.order_id == there, *_submitted_to(of)))


def _payout(of: _Keepers, there: UUID) -> sa.ColumnElement[bool]:
    return sa.exists().where(Payout.id == there, Payout.scheme_id.in_(of.schemes))


def _entry(of: _Keepers, there: UUID) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        LedgerLine.entry_id == there,
        LedgerLine.ledger_id == Ledger.id,
        sa.or_(Ledger.keeper_id.in_(of.authorities), Ledger.keeper_id.in_(of.schemes)),
    )


_IS_OF: dict[SubjectKind, _IsOf] = {
    SubjectKind.CONTRACT: _contract,
    SubjectKind.OBLIGATION: _obligation,
    SubjectKind.FULFILMENT: _fulfilment,
    SubjectKind.ORDER: _order,
    SubjectKind.PAYOUT: _payout,
    SubjectKind.ENTRY: _entry,
}
