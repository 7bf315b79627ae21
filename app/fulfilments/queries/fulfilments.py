"""Questions about fulfilments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.paging import Page, PageRequest, page
from app.fulfilments.models import (
    Fulfilment,
    FulfilmentDecision,
    FulfilmentDecisionKind,
    FulfilmentKind,
    FulfilmentObjection,
    FulfilmentState,
)
from app.obligations.models import ContestState
from app.organisations.models import Organisation
from app.schemes.models import Authority

LIVE = (FulfilmentState.SUBMITTED, FulfilmentState.APPROVED)


async def one(session: AsyncSession, fulfilment_id: UUID) -> Fulfilment | None:
    """Find a fulfilment."""
    return await session.get(Fulfilment, fulfilment_id)


async def live_of_order(session: AsyncSession, order_id: UUID) -> Sequence[Fulfilment]:
    """List the live fulfilments of an order, which is kept, by their serials."""
    query = (
        sa.select(Fulfilment)
        .where(Fulfilment.order_id == order_id, Fulfilment.state.in_(LIVE))
        .order_by(Fulfilment.first_serial)
    )
    return (await session.scalars(query.execution_options(populate_existing=True))).all()


async def approved_cents(session: AsyncSession, obligation_id: UUID, *kinds: FulfilmentKind) -> int:
    """Say what counts of one kind, or of several that share a limit, for an obligation."""
    gone = Fulfilment.revoked_cents + Fulfilment.lowered_cents
    counts = sa.func.sum(Fulfilment.value_cents - gone)
    query = sa.select(sa.func.coalesce(counts, 0)).where(
        Fulfilment.obligation_id == obligation_id,
        Fulfilment.kind.in_(kinds),
        Fulfilment.state == FulfilmentState.APPROVED,
    )
    return int(await session.scalar(query) or 0)


async def waiting(session: AsyncSession, obligation_id: UUID, last_day: date) -> bool:
    """Tell whether claims for an obligation that came in by a day wait, or objections about them.

    Called by obligations (`obligations.hooks`), before what is owed is sanctioned.
    """
    ends_at = clock.midnight(last_day + timedelta(days=1))
    found = sa.exists().where(
        Fulfilment.obligation_id == obligation_id,
        Fulfilment.submitted_at < ends_at,
        sa.or_(Fulfilment.state == FulfilmentState.SUBMITTED, is_contested()),
    )
    return bool(await session.scalar(sa.select(found)))


def is_contested() -> sa.ColumnElement[bool]:
    """Say about which fulfilments an objection waits."""
    return sa.exists().where(
        FulfilmentObjection.fulfilment_id == Fulfilment.id,
        FulfilmentObjection.state == ContestState.LODGED,
    )


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Only those in a state, or about which an objection waits; or does not."""

    state: FulfilmentState | None = None
    contested: bool | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Say which."""
        conditions: list[sa.ColumnElement[bool]] = []
        if self.state is not None:
            conditions.append(Fulfilment.state == self.state)
        if self.contested is not None:
            conditions.append(is_contested() if self.contested else ~is_contested())
        return conditions


EVERYTHING = Narrowed()


async def turned_down_units(
    session: AsyncSession, order_id: UUID, obligation_id: UUID, lost_by: str
) -> int:
    """Say how many units of an order were claimed for an obligation, and rejected or revoked.

    Those that the order lost are gone, and not turned down: `lost_by` names who says that.
    """
    lost = (
        sa.select(sa.func.coalesce(sa.func.sum(FulfilmentDecision.quantity_units), 0))
        .where(
            FulfilmentDecision.fulfilment_id == Fulfilment.id,
            FulfilmentDecision.kind == FulfilmentDecisionKind.REVOKED,
            FulfilmentDecision.decided_by == lost_by,
        )
        .scalar_subquery()
    )
    query = sa.select(sa.func.coalesce(sa.func.sum(Fulfilment.quantity_units - lost), 0)).where(
        Fulfilment.order_id == order_id,
        Fulfilment.obligation_id == obligation_id,
        Fulfilment.state.in_((FulfilmentState.REJECTED, FulfilmentState.REVOKED)),
    )
    return int(await session.scalar(query) or 0)


async def of_claimant(
    session: AsyncSession,
    organisation: Organisation,
    paging: PageRequest,
    narrowed: Narrowed = EVERYTHING,
) -> Page[Fulfilment]:
    """List what an organisation claims, newest first."""
    query = sa.select(Fulfilment).where(Fulfilment.claimant_id == organisation.id)
    query = query.where(*narrowed.conditions())
    return await page(session, query, Fulfilment, paging, newest_first=True)


async def of_authority(
    session: AsyncSession,
    authority: Authority,
    paging: PageRequest,
    narrowed: Narrowed = EVERYTHING,
) -> Page[Fulfilment]:
    """List what was submitted to an authority, newest first: drafts are the claimant's own."""
    query = sa.select(Fulfilment).where(
        Fulfilment.authority_id == authority.id, Fulfilment.state != FulfilmentState.DRAFTED
    )
    query = query.where(*narrowed.conditions())
    return await page(session, query, Fulfilment, paging, newest_first=True)


async def claims_of_invoice(session: AsyncSession, invoice: str) -> bool:
    """Tell whether an invoice is claimed, or counts, whoever claims it and at whichever authority.

    What stays global here, over all authorities: the invoices of social suppliers.
    """
    query = sa.select(Fulfilment.id).where(
        Fulfilment.invoice == invoice,
        Fulfilment.state.in_([FulfilmentState.SUBMITTED, FulfilmentState.APPROVED]),
    )
    return await session.scalar(query.limit(1)) is not None


CLAIMING = (
    FulfilmentDecisionKind.DRAFTED,
    FulfilmentDecisionKind.REWRITTEN,
    FulfilmentDecisionKind.SUBMITTED,
    FulfilmentDecisionKind.WITHDRAWN,
)


async def claimed_by(session: AsyncSession, fulfilment: Fulfilment) -> set[str]:
    """Name who wrote a claim or submitted it, as events name them."""
    query = sa.select(FulfilmentDecision.decided_by).where(
        FulfilmentDecision.fulfilment_id == fulfilment.id, FulfilmentDecision.kind.in_(CLAIMING)
    )
    return set(await session.scalars(query))


async def decisions(
    session: AsyncSession, fulfilment: Fulfilment, paging: PageRequest
) -> Page[FulfilmentDecision]:
    """List what happened to a fulfilment."""
    query = sa.select(FulfilmentDecision).where(FulfilmentDecision.fulfilment_id == fulfilment.id)
    return await page(session, query, FulfilmentDecision, paging)
