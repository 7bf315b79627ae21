"""What was recognised for good: by fulfilment, and by kind.

The book of social return says it: every line of what is fulfilled names its fulfilment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import LateralFromClause

from app.core.paging import Page, PageRequest
from app.fulfilments.dashboards.figures import OfKind
from app.fulfilments.models import Certificate, Fulfilment, FulfilmentKind, FulfilmentState
from app.ledger.chart import FULFILLED
from app.ledger.models import LedgerAccount, LedgerLine
from app.obligations.models import Contract, Obligation
from app.obligations.queries.contracts import binding
from app.obligations.queries.standings import Clock, among, signed
from app.orders.models import Order

DECIDED = (FulfilmentState.APPROVED, FulfilmentState.REVOKED)


@dataclass(frozen=True, slots=True)
class Whose:
    """Recognised by an authority, or for an organisation; as of when."""

    clock: Clock
    authority_id: UUID | None = None
    organisation_id: UUID | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Say which obligations it is about; they are joined with their contracts."""
        conditions: list[sa.ColumnElement[bool]] = []
        if self.authority_id is not None:
            conditions.append(Obligation.authority_id == self.authority_id)
        if self.organisation_id is not None:
            conditions.append(binding([self.organisation_id]))
        return conditions


@dataclass(frozen=True, slots=True)
class Recognised:
    """What one fulfilment counts for."""

    id: UUID
    """Of the fulfilment."""
    kind: FulfilmentKind
    obligation_id: UUID
    claimant_id: UUID
    project_id: UUID | None
    cents: int


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Of which kind, and for which obligation."""

    kind: FulfilmentKind | None = None
    obligation_id: UUID | None = None


async def listed(
    session: AsyncSession, whose: Whose, narrowing: Narrowing, paging: PageRequest
) -> Page[Recognised]:
    """List what counts, fulfilment by fulfilment, newest first; what was revoked is gone."""
    cents = _of_one(whose.clock)
    query = (
        sa.select(
            Fulfilment.id,
            Fulfilment.kind,
            Fulfilment.obligation_id,
            Fulfilment.claimant_id,
            Order.project_id,
            cents.c.cents,
        )
        .select_from(Fulfilment)
        .join(Obligation, Obligation.id == Fulfilment.obligation_id)
        .join(Contract, Contract.id == Obligation.contract_id)
        .outerjoin(Order, Order.id == Fulfilment.order_id)
        .join(cents, sa.true())
        .where(*whose.conditions(), Fulfilment.state.in_(DECIDED), cents.c.cents != 0)
    )
    if narrowing.kind is not None:
        query = query.where(Fulfilment.kind == narrowing.kind)
    if narrowing.obligation_id is not None:
        query = query.where(Fulfilment.obligation_id == narrowing.obligation_id)
    if paging.after is not None:
        query = query.where(Fulfilment.id < paging.after)
    query = query.order_by(Fulfilment.id.desc()).limit(paging.limit + 1)
    rows = (await session.execute(query)).mappings()
    return Page([Recognised(**row) for row in rows], paging.limit)


def _of_one(clock: Clock) -> LateralFromClause:
    """Say what a fulfilment counts for: the lines about it on its obligation's account."""
    query = (
        sa.select(sa.func.coalesce(sa.func.sum(signed()), 0).cast(sa.BigInteger).label("cents"))
        .select_from(LedgerAccount)
        .join(LedgerLine, LedgerLine.account_id == LedgerAccount.id)
        .where(
            LedgerAccount.owner_id == Fulfilment.obligation_id,
            LedgerAccount.kind == FULFILLED.code,
            LedgerLine.about_id == Fulfilment.id,
        )
    )
    return among(query, clock).lateral("recognised")


def of_all(whose: Whose) -> sa.Subquery:
    """Say what every fulfilment counts for, in one pass over the lines."""
    query = (
        sa.select(
            LedgerLine.about_id.label("fulfilment_id"),
            sa.func.sum(signed()).cast(sa.BigInteger).label("cents"),
        )
        .select_from(Obligation)
        .join(Contract, Contract.id == Obligation.contract_id)
        .join(LedgerAccount, LedgerAccount.owner_id == Obligation.id)
        .join(LedgerLine, LedgerLine.account_id == LedgerAccount.id)
        .where(*whose.conditions(), LedgerAccount.kind == FULFILLED.code)
        .group_by(LedgerLine.about_id)
        .having(sa.func.sum(signed()) != 0)
    )
    return among(query, whose.clock).subquery("recognised")


async def by_kind(session: AsyncSession, whose: Whose) -> list[OfKind]:
    """Add up what counts by kind; the largest first."""
    recognised = of_all(whose)
    total = sa.func.sum(recognised.c.cents).cast(sa.BigInteger)
    query = (
        sa.select(Fulfilment.kind, sa.func.count().label("fulfilments"), total.label("cents"))
        .join(recognised, recognised.c.fulfilment_id == Fulfilment.id)
        .group_by(Fulfilment.kind)
        .order_by(total.desc(), Fulfilment.kind)
    )
    rows = (await session.execute(query)).mappings()
    return [OfKind(**row) for row in rows]


async def certificates(
    session: AsyncSession, obligation_ids: Sequence[UUID], claimant_id: UUID | None
) -> dict[UUID, int]:
    """Count the certificates of obligations: all, or those of one claimant."""
    query = (
        sa.select(Fulfilment.obligation_id, sa.func.count().label("certificates"))
        .join(Certificate, Certificate.fulfilment_id == Fulfilment.id)
        .where(Fulfilment.obligation_id.in_(obligation_ids))
        .group_by(Fulfilment.obligation_id)
    )
    if claimant_id is not None:
        query = query.where(Fulfilment.claimant_id == claimant_id)
    return {row.obligation_id: row.certificates for row in await session.execute(query)}
