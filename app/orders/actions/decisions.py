"""Write what happened to an order: a row, and an event."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.events import Actor
from app.orders.models import Order, OrderDecision, OrderDecisionKind, OrderPart

CLOCK = Actor.system("clock")
PAYMENTS = Actor.system("payments")


def note(
    session: AsyncSession, actor: Actor, order: Order, kind: OrderDecisionKind, reason: str = ""
) -> None:
    """Write down what happened to an order, by whom and why."""
    session.add(OrderDecision(order_id=order.id, kind=kind, reason=reason, decided_by=str(actor)))
    _record(session, actor, order, kind)


def note_part(
    session: AsyncSession, actor: Actor, order: Order, kind: OrderDecisionKind, part: OrderPart
) -> None:
    """Write down that an order lost a part, and why; the event tells the part's units and total."""
    session.add(
        OrderDecision(order_id=order.id, kind=kind, reason=part.reason, decided_by=str(actor))
    )
    _record(session, actor, order, kind, part)


def _record(
    session: AsyncSession,
    actor: Actor,
    order: Order,
    kind: OrderDecisionKind,
    part: OrderPart | None = None,
) -> None:
    told = part or order
    events.record(
        session,
        f"order.{kind}",
        order.id,
        actor,
        schemeId=str(order.scheme_id),
        projectId=str(order.project_id),
        quantityUnits=told.quantity_units,
        totalCents=told.total_cents,
        **({"partId": str(part.id)} if part else {}),
    )
