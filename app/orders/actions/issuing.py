"""Issue units: the next serials of a project to an order that is paid; and annul them."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.orders import queries
from app.orders.models import Annulment, Order, OrderPart, PartKind, SerialBlock
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


PUBLIC = {
    PartKind.REFUNDED: "Its money went back.",
    PartKind.LOST: "Its payment was taken back.",
    PartKind.REALLOCATED: "Its money moved to another project.",
}
"""What everybody reads in the register: what the operator decided, and why, is for the buyer."""


def annul(session: AsyncSession, block: SerialBlock, part: OrderPart) -> None:
    """Let a part of an order's serials count for nothing any more; the order is locked."""
    session.add(
        Annulment(
            block_id=block.id,
            first_serial=part.first_serial,
            last_serial=part.last_serial,
            reason=PUBLIC[part.kind],
            annulled_at=part.decided_at,
        )
    )
