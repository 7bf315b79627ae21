"""Keep what a decision depends on, in one order: project, order, obligation."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.fulfilments.models import Fulfilment
from app.fulfilments.problems import ObligationNotOpen, OrderNotFirm
from app.fulfilments.queries.splits import FIRM, PAID
from app.obligations import queries as of_obligations
from app.obligations.models import Obligation
from app.orders.models import Order
from app.orders.queries import orders
from app.projects.models import Project


async def order(session: AsyncSession, order_id: UUID) -> tuple[Project, Order]:
    """Keep an order and its project as they are until this is done."""
    found = await session.get_one(Order, order_id)
    project = await orders.locked_project(session, found.project_id)
    return project, await orders.locked(session, order_id)


def insist_on_firm(project: Project, order: Order) -> None:
    """Insist that an order's units can fulfil something.

    Raises:
        OrderNotFirm: it is not paid, or disputed; or its project is not funded, or was stopped.
    """
    if order.state not in PAID or project.state not in FIRM:
        message = (
            f"The order is {order.state} and its project {project.state}: units count when they"
            " are paid and the project is funded."
        )
        raise OrderNotFirm(message)


async def open_obligation(session: AsyncSession, obligation_id: UUID) -> Obligation:
    """Keep an obligation that can be fulfilled; its orders come before it.

    Raises:
        ObligationNotOpen: it is not imposed, or it is closed.
    """
    found = await of_obligations.obligations.kept(session, obligation_id)
    if not found.state.is_open:
        message = f"The obligation is {found.state}: nothing can be claimed for it."
        raise ObligationNotOpen(message)
    return found


async def obligations(
    session: AsyncSession, obligation_ids: Iterable[UUID]
) -> dict[UUID, Obligation]:
    """Keep obligations, in the order of their ids, whatever they are named in."""
    return {
        obligation_id: await of_obligations.obligations.kept(session, obligation_id)
        for obligation_id in sorted(set(obligation_ids))
    }


@dataclass(frozen=True, slots=True)
class Purchase:
    """What units were bought with, kept."""

    project: Project
    order: Order


@dataclass(frozen=True, slots=True)
class Kept:
    """A fulfilment that is kept, as an action about it asks for: made by `fulfilment` alone."""

    fulfilment: Fulfilment
    bought: Purchase | None
    """Of RIKX; those of other kinds were not bought here."""


async def fulfilment(session: AsyncSession, row: Fulfilment) -> Kept:
    """Keep a fulfilment, and read it as it is by then: RIKX by their order.

    Of the other kinds the obligation is kept first.
    """
    if row.order_id is None:
        await of_obligations.obligations.kept(session, row.obligation_id)
        await session.refresh(row, with_for_update=True)
        return Kept(row, None)
    purchase = Purchase(*await order(session, row.order_id))
    await session.refresh(row)
    return Kept(row, purchase)
