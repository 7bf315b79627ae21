"""Let an order be paid: its units, its serials, and the threshold that it may reach."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import Actor
from app.ledger.drafts import Draft, Line
from app.orders import postings, queries
from app.orders.actions import decisions, issuing, letters
from app.orders.actions.letters import OrderLetter, ProjectLetter
from app.orders.models import Order, OrderDecisionKind, OrderState, SerialBlock
from app.orders.postings import Funded
from app.orders.queries.buying import Offer
from app.projects.actions import outcomes
from app.projects.models import Project, ProjectState


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the books are told of an order that is paid, beside its money."""

    order: Order
    project: Project
    drafts: tuple[Draft, ...]
    """Its units; and the threshold, if it is reached."""
    sold_units: int
    is_reached: bool


def goes_to(order: Order, project: Project, offer: Offer) -> tuple[Line, ...]:
    """Say where the money of an order goes that is paid: its project is locked."""
    is_funded = project.state is not ProjectState.LISTED
    return postings.credited(order, offer.entrepreneur_id if is_funded else None)


async def settlement(
    session: AsyncSession, order: Order, project: Project, offer: Offer, *, settles_hold: bool
) -> Settlement:
    """See what the payment of an order does; its project is locked, and it is not paid yet."""
    now, is_funded = clock.now(), project.state is not ProjectState.LISTED
    before, amounts = await queries.orders.sold(session, project.id)
    sold = before + order.quantity_units
    drafts = [postings.issued(order, now, settles_hold=settles_hold)]
    is_reached = not is_funded and sold >= offer.threshold_units
    if is_reached:
        funded = Funded(
            scheme_id=offer.scheme_id,
            project_id=offer.project_id,
            entrepreneur_id=offer.entrepreneur_id,
            threshold_cents=offer.threshold_units * offer.terms.unit_price_cents,
            amounts=amounts + postings.amounts_of(order),
        )
        drafts.append(postings.threshold_reached(funded, now))
    return Settlement(order, project, tuple(drafts), sold, is_reached)


async def write(
    session: AsyncSession, actor: Actor, done: Settlement, kind: OrderDecisionKind
) -> SerialBlock:
    """Write down that an order is paid, and issue its serials."""
    done.order.state, done.order.paid_at = OrderState.PAID, clock.now()
    decisions.note(session, actor, done.order, kind)
    block = await issuing.issue(session, done.project, done.order)
    if done.is_reached:
        outcomes.fund(session, done.project, done.sold_units)
        await letters.about_project(session, done.project, ProjectLetter.FUNDED, done.order)
    moved = kind is OrderDecisionKind.MOVED_HERE
    await letters.about_order(session, done.order, OrderLetter.MOVED if moved else OrderLetter.PAID)
    await session.flush()
    return block
