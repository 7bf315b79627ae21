"""Write what happened to an order: a row, and an event."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.events import Actor
from app.orders.models import Order, OrderDecision, OrderDecisionKind

CLOCK = Actor.system("clock")
PAYMENTS = Actor.system("payments")


def note(
    session: AsyncSession, actor: Actor, order: Order, kind: OrderDecisionKind, reason: str = ""
) -> None:
    """Write down what happened to an order, by whom and why."""
    session.add(OrderDecision(order_id=order.id, kind=kind, reason=reason, decided_by=str(actor)))
    events.record(
        session,
        f"order.{kind}",
        order.id,
        actor,
        schemeId=str(order.scheme_id),
        projectId=str(order.project_id),
        quantityUnits=order.quantity_units,
        totalCents=order.total_cents,
    )
