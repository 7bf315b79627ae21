"""Questions about frozen money, and what can be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import database
from app.core.money import split
from app.core.problems import NotFound
from app.ledger import balances
from app.ledger.chart import VAT_SALE
from app.ledger.models import LedgerAccount
from app.orders.models import Order, between
from app.orders.queries import money, orders
from app.payouts.models import Freeze, Payout, RemedyProposal, RemedyState
from app.payouts.models.payouts import OWED_AGAIN
from app.payouts.postings import KEPT_IN
from app.payouts.queries import payouts
from app.projects.models import Project


@dataclass(frozen=True, slots=True)
class FreezePage:
    """Frozen money, what of it can go back to buyers, and what was proposed."""

    freeze: Freeze
    undisbursed_cents: int
    """What is in the project's parts, frozen or not."""
    remaining_units: int
    """What its buyers still have."""
    refundable_units: int
    """So many whole units can go back out of what is there."""
    remedies: Sequence[RemedyProposal]


async def of_project(session: AsyncSession, project_id: UUID) -> Freeze | None:
    """Find what froze a project's money, whether it still does."""
    query = sa.select(Freeze).where(Freeze.project_id == project_id)
    found: Freeze | None = await session.scalar(query)
    return found


async def locked(session: AsyncSession, freeze_id: UUID) -> Freeze:
    """Keep a freeze as it is until this is done; its project must be locked before."""
    return await database.locked(session, Freeze, freeze_id)


async def read(session: AsyncSession, project: Project) -> FreezePage:
    """Lay out a project's frozen money.

    Raises:
        NotFound: nothing of it was ever frozen.
    """
    freeze = await of_project(session, project.id)
    if freeze is None:
        message = f"Nothing of the project {project.id} was ever frozen."
        raise NotFound(message)
    there = await undisbursed_cents(session, project)
    paid = await _paid(session, project.id)
    remedies = await session.scalars(
        sa.select(RemedyProposal)
        .where(RemedyProposal.freeze_id == freeze.id)
        .order_by(RemedyProposal.id)
    )
    return FreezePage(
        freeze=freeze,
        undisbursed_cents=there,
        remaining_units=sum(_left(paid)),
        refundable_units=refundable_units(paid, there, await _vat_there(session, project)),
        remedies=remedies.all(),
    )


async def undisbursed_cents(session: AsyncSession, project: Project) -> int:
    """Say what is in a project's parts, frozen or not."""
    return sum(
        [
            (await balances.now(session, kind.of(project.scheme_id, project.id))).posted
            for kind in KEPT_IN.values()
        ]
    )


async def refundable(session: AsyncSession, project: Project) -> int:
    """Say how many whole units can go back to buyers out of what is there."""
    there = await undisbursed_cents(session, project)
    vat = await _vat_there(session, project)
    return refundable_units(await _paid(session, project.id), there, vat)


async def _vat_there(session: AsyncSession, project: Project) -> int:
    account = VAT_SALE.of(project.scheme_id, project.entrepreneur_id)
    return await money.about_project(session, account, project.id)


async def _paid(session: AsyncSession, project_id: UUID) -> Sequence[Order]:
    query = (
        sa.select(Order)
        .where(Order.project_id == project_id, Order.state.in_(orders.SOLD))
        .order_by(Order.id)
    )
    return (await session.scalars(query)).all()


def _left(paid: Sequence[Order]) -> list[int]:
    return [order.remaining_units - order.set_aside_units for order in paid]


def refundable_units(paid: Sequence[Order], there_cents: int, vat_cents: int) -> int:
    """Say how many units can be shared over orders, so that what belongs to them is all there.

    The first guess is by the average; what is rounded in each order's share is seen to after it.
    """
    left = _left(paid)
    most = sum(left)
    if most == 0 or there_cents <= 0:
        return 0
    of_all, _vat = worth(paid, left)
    units = min(most, there_cents * most // max(of_all, 1) + len(paid))
    while units:
        proceeds, vat = worth(paid, split(units, left))
        if proceeds <= there_cents and vat <= vat_cents:
            break
        units -= 1
    return units


def worth(paid: Sequence[Order], shares: Sequence[int]) -> tuple[int, int]:
    """Add up the proceeds of the last units of orders, and the VAT on their sale."""
    quotes = [
        between(order.quote, order.undone_units, order.undone_units + share)
        for order, share in zip(paid, shares, strict=True)
        if share
    ]
    return (
        sum(quote.proceeds_cents for quote in quotes),
        sum(quote.vat_sale_cents for quote in quotes),
    )


async def proposal(
    session: AsyncSession, project: Project, remedy_id: UUID
) -> RemedyProposal | None:
    """Find what was proposed about a project's frozen money."""
    query = (
        sa.select(RemedyProposal)
        .join(Freeze, Freeze.id == RemedyProposal.freeze_id)
        .where(RemedyProposal.id == remedy_id, Freeze.project_id == project.id)
    )
    found: RemedyProposal | None = await session.scalar(query)
    return found


async def locked_proposal(session: AsyncSession, remedy_id: UUID) -> RemedyProposal:
    """Keep a proposal as it is until this is done; its freeze must be locked before."""
    return await database.locked(session, RemedyProposal, remedy_id)


async def has_proposal(session: AsyncSession, freeze: Freeze) -> bool:
    """Tell whether a proposal waits for its decision; the freeze is locked."""
    found = sa.exists().where(
        RemedyProposal.freeze_id == freeze.id, RemedyProposal.state == RemedyState.PROPOSED
    )
    return bool(await session.scalar(sa.select(found)))


async def undecided(session: AsyncSession, round_id: UUID) -> int:
    """Count the projects of a round whose money is frozen until somebody decides about it."""
    query = (
        sa.select(sa.func.count())
        .select_from(Freeze)
        .join(Project, Project.id == Freeze.project_id)
        .where(Project.round_id == round_id, Freeze.ended_at.is_(None))
    )
    return await session.scalar(query) or 0


async def leaking(session: AsyncSession) -> Sequence[UUID]:
    """Find projects whose money is frozen and that have some that is not held, or not earmarked."""
    not_held = sa.exists().where(
        LedgerAccount.owner_id == Freeze.project_id,
        LedgerAccount.kind.in_([kind.code for kind in KEPT_IN.values()]),
        LedgerAccount.posted > LedgerAccount.held,
    )
    not_earmarked = sa.exists().where(
        Payout.project_id == Freeze.project_id, Payout.state.in_(OWED_AGAIN), payouts.counts()
    )
    query = (
        sa.select(Freeze.project_id)
        .where(Freeze.ended_at.is_(None), sa.or_(not_held, not_earmarked))
        .order_by(Freeze.project_id)
    )
    return (await session.scalars(query)).all()
