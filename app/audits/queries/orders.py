"""Orders and payouts, and the files that prove what came of a project."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.queries.fulfilments import FileRow, files_of
from app.core.paging import Page, PageRequest
from app.fulfilments.models import Fulfilment, FulfilmentState
from app.orders.models import Order, OrderState, SerialBlock
from app.organisations.models import Organisation
from app.payouts.models import Payout, PayoutState
from app.projects.models import Listing, Report, ReportEvidence, ReportVersion
from app.schemes.terms import Part


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order: what was bought, and its serials."""

    id: UUID
    scheme_id: UUID
    project_id: UUID
    project_title: dict[str, str]
    buyer_id: UUID
    buyer_name: str
    state: OrderState
    quantity_units: int
    undone_units: int
    price_cents: int
    first_serial: int | None
    last_serial: int | None
    ordered_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """A payout to an entrepreneur."""

    id: UUID
    scheme_id: UUID
    project_id: UUID
    project_title: dict[str, str]
    entrepreneur_id: UUID
    entrepreneur_name: str
    state: PayoutState
    part: Part
    tranche: int
    principal_cents: int
    vat_cents: int
    netted_cents: int
    planned_at: datetime
    approved_at: datetime | None


def _orders() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Order.id,
            Order.scheme_id,
            Order.project_id,
            Listing.title.label("project_title"),
            Order.buyer_id,
            Organisation.legal_name.label("buyer_name"),
            Order.state,
            Order.quantity_units,
            Order.undone_units,
            Order.price_cents,
            SerialBlock.first_serial,
            SerialBlock.last_serial,
            Order.ordered_at,
            Order.paid_at,
        )
        .join(Listing, Listing.project_id == Order.project_id)
        .join(Organisation, Organisation.id == Order.buyer_id)
        .outerjoin(SerialBlock, SerialBlock.order_id == Order.id)
        .order_by(Order.id)
    )


async def of_scheme(
    session: AsyncSession, scheme_id: UUID, project_id: UUID | None, paging: PageRequest
) -> Page[OrderRow]:
    """List the orders of a scheme, or of one project in it, the oldest first."""
    picked = sa.select(Order.id).where(Order.scheme_id == scheme_id)
    if project_id is not None:
        picked = picked.where(Order.project_id == project_id)
    if paging.after is not None:
        picked = picked.where(Order.id > paging.after)
    page = picked.order_by(Order.id).limit(paging.limit + 1).subquery("page")
    query = _orders().join(page, page.c.id == Order.id)
    rows = (await session.execute(query)).mappings()
    return Page([OrderRow(**row) for row in rows], paging.limit)


async def one(session: AsyncSession, order_id: UUID) -> OrderRow:
    """Read an order that is there."""
    query = _orders().where(Order.id == order_id)
    return OrderRow(**(await session.execute(query)).mappings().one())


def _payouts() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Payout.id,
            Payout.scheme_id,
            Payout.project_id,
            Listing.title.label("project_title"),
            Payout.entrepreneur_id,
            Organisation.legal_name.label("entrepreneur_name"),
            Payout.state,
            Payout.part,
            Payout.tranche,
            Payout.principal_cents,
            Payout.vat_cents,
            Payout.netted_cents,
            Payout.planned_at,
            Payout.approved_at,
        )
        .join(Listing, Listing.project_id == Payout.project_id)
        .join(Organisation, Organisation.id == Payout.entrepreneur_id)
        .order_by(Payout.id)
    )


async def payouts(
    session: AsyncSession, scheme_id: UUID, project_id: UUID | None, paging: PageRequest
) -> Page[PayoutRow]:
    """List the payouts of a scheme, or of one project in it, the oldest first."""
    picked = sa.select(Payout.id).where(Payout.scheme_id == scheme_id)
    if project_id is not None:
        picked = picked.where(Payout.project_id == project_id)
    if paging.after is not None:
        picked = picked.where(Payout.id > paging.after)
    page = picked.order_by(Payout.id).limit(paging.limit + 1).subquery("page")
    query = _payouts().join(page, page.c.id == Payout.id)
    rows = (await session.execute(query)).mappings()
    return Page([PayoutRow(**row) for row in rows], paging.limit)


async def payout(session: AsyncSession, payout_id: UUID) -> PayoutRow:
    """Read a payout that is there."""
    query = _payouts().where(Payout.id == payout_id)
    return PayoutRow(**(await session.execute(query)).mappings().one())


async def resting_authorities(session: AsyncSession, order_id: UUID) -> set[UUID]:
    """Say which authorities were sent claims that rest on an order."""
    query = sa.select(Fulfilment.authority_id).where(
        Fulfilment.order_id == order_id, Fulfilment.state != FulfilmentState.DRAFTED
    )
    return set(await session.scalars(query.distinct()))


async def evidence(
    session: AsyncSession, project_id: UUID, paging: PageRequest, *, public_only: bool
) -> Page[FileRow]:
    """List the files that reports about a project were ever submitted with."""
    query = files_of(ReportEvidence, ReportEvidence.report_id, paging)
    query = query.where(*_submitted(project_id, public_only=public_only))
    return Page([FileRow(**row) for row in (await session.execute(query)).mappings()], paging.limit)


async def one_file(
    session: AsyncSession, project_id: UUID, evidence_id: UUID, *, public_only: bool
) -> ReportEvidence | None:
    """Find one of these files."""
    found: ReportEvidence | None = await session.scalar(
        sa.select(ReportEvidence)
        .where(ReportEvidence.id == evidence_id, *_submitted(project_id, public_only=public_only))
        .options(sa.orm.joinedload(ReportEvidence.file))
    )
    return found


def _submitted(project_id: UUID, *, public_only: bool) -> list[sa.ColumnElement[bool]]:
    of_project = sa.exists().where(
        Report.id == ReportEvidence.report_id, Report.project_id == project_id
    )
    within = sa.func.jsonb_build_array(
        sa.func.jsonb_build_object("id", sa.cast(ReportEvidence.id, sa.Text))
    )
    submitted = sa.exists().where(
        ReportVersion.report_id == ReportEvidence.report_id,
        ReportVersion.evidence.contains(within),
    )
    anybody = sa.true() if not public_only else ReportEvidence.is_public.is_(True)
    return [of_project, submitted, anybody]
