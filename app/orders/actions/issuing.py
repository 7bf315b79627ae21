"""Issue units: the next serials of a project to an order that is paid; and annul them."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.orders import queries
from app.orders.models import Annulment, Order, SerialBlock
from app.projects.models import Project


async def issue(session: AsyncSession, project: Project, order: Order) -> SerialBlock:
    """Give an order the next serials of its project, which is locked: gap-free, never twice."""
    last = await queries.units.last_serial(session, project)
    block = SerialBlock(
        project_id=project.id,
        order_id=order.id,
        first_serial=last + 1,
        last_serial=last + order.quantity_units,
    )
    session.add(block)
    return block


async def annul(session: AsyncSession, order: Order, reason: str) -> None:
    """Let an order's units count for nothing any more; the order is locked."""
    block = await queries.units.given(session, order)
    session.add(
        Annulment(
            block_id=block.id,
            first_serial=block.first_serial,
            last_serial=block.last_serial,
            reason=reason,
        )
    )
