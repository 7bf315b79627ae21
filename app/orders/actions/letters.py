"""The letters of this domain: what is mailed to whom about orders, in their language.

An action wants a letter by a row of its own transaction (`about_order`, `about_project`); a job
writes it, in one transaction with the mail, so that it is sent once and no lock waits for it.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs
from app.core.languages import Language
from app.ledger import balances
from app.ledger.chart import UNALLOCATED
from app.orders import queries
from app.orders.actions import decisions
from app.orders.models import Order, OrderDecisionKind, OrderState
from app.orders.queries.letters import REMINDED
from app.orders.serials import Serial
from app.organisations.actions.letters import about_task, to_deciders
from app.organisations.models import User
from app.organisations.queries import users
from app.payments.sepa import references
from app.projects.models import Project, ProjectState
from app.schemes.terms import Reallocating

WRITE = jobs.JobKind("orders.letter")
"""Write a letter about an order (`write`)."""

TELL = jobs.JobKind("orders.tell-project")
"""Tell everybody what became of a project (`tell`)."""

REMIND = jobs.JobKind("orders.remind")
"""Remind who has not paid an invoice (`remind`)."""


class OrderLetter(StrEnum):
    """What is written about an order; the name of its template."""

    TO_APPROVE = "to_approve"
    APPROVED = "approved"
    DECLINED = "declined"
    RESERVED = "reserved"
    """On invoice: how to pay, and until when."""
    EXPIRING = "expiring"
    EXPIRED = "expired"
    PART_RECEIVED = "part_received"
    PAYMENT_FAILED = "payment_failed"
    PAID = "paid"
    MOVED = "moved"
    """What was paid for another project is now for this one."""
    FIRM = "firm"
    MISSED = "missed"
    REFUND = "refund"
    REFUND_STRANDED = "refund_stranded"
    """Nobody knows to which account."""
    DISPUTED = "disputed"
    DISPUTE_LOST = "dispute_lost"


class ProjectLetter(StrEnum):
    """What is written to an entrepreneur; its buyers get the letter that belongs to it."""

    FUNDED = "funded"
    NOT_FUNDED = "not_funded"


TO_BUYERS = {
    ProjectLetter.FUNDED: OrderLetter.FIRM,
    ProjectLetter.NOT_FUNDED: OrderLetter.MISSED,
}
WAITING = {
    OrderLetter.TO_APPROVE: OrderState.AWAITING_APPROVAL,
    OrderLetter.RESERVED: OrderState.RESERVED,
    OrderLetter.EXPIRING: OrderState.RESERVED,
    OrderLetter.PART_RECEIVED: OrderState.RESERVED,
    OrderLetter.PAYMENT_FAILED: OrderState.RESERVED,
}
"""What asks for something is written only while it is still to be done."""

BOUGHT = (OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.DISPUTED)


async def about_order(
    session: AsyncSession, order: Order, letter: OrderLetter, amount_cents: int | None = None
) -> None:
    """Want a letter about an order, once this transaction is committed."""
    await jobs.enqueue(
        session, WRITE, order_id=order.id, letter=letter.value, amount_cents=amount_cents
    )


async def about_project(
    session: AsyncSession, project: Project, letter: ProjectLetter, by: Order | None = None
) -> None:
    """Want everybody to hear what became of a project; by whose order, its own letter says."""
    order_id = by.id if by else None
    await jobs.enqueue(session, TELL, project_id=project.id, letter=letter.value, by_id=order_id)


async def tell(session: AsyncSession, project_id: UUID, letter: str, by_id: UUID | None) -> None:
    """Write to an entrepreneur what became of its project, and want letters to its buyers."""
    about = await queries.letters.about(session, project_id)
    sold, _ = await queries.orders.sold(session, project_id)
    threshold = about.threshold_units

    def told(language: Language) -> dict[str, Any]:
        return {**about.named(language), "sold": sold, "threshold": threshold}

    await to_deciders(session, about.entrepreneur_id, f"orders/{letter}", told)
    to_buyers = TO_BUYERS[ProjectLetter(letter)]
    bought = await queries.orders.of_project(session, project_id, *BOUGHT)
    for order_id in (each for each in bought if each != by_id):
        await jobs.enqueue(
            session, WRITE, order_id=order_id, letter=to_buyers.value, amount_cents=None
        )


async def write(
    session: AsyncSession, order_id: UUID, letter: str, amount_cents: int | None
) -> None:
    """Write a letter about an order to who should read it."""
    order, kind = await session.get_one(Order, order_id), OrderLetter(letter)
    if WAITING.get(kind, order.state) is not order.state:
        return
    about = await queries.letters.about(session, order.project_id)
    said = {
        "organisation": await queries.letters.organisation_name(session, order.buyer_id),
        "units": order.quantity_units,
        "order": str(order.id),
        "total_cents": order.total_cents,
        "amount_cents": amount_cents,
        **await _facts(session, order, kind),
    }
    for user in await _readers(session, order, kind):
        told = {**said, **about.named(user.language)}
        await about_task(session, user, f"orders/{letter}", told)


async def _readers(session: AsyncSession, order: Order, kind: OrderLetter) -> Sequence[User]:
    """Find who ordered; where that is a machine or somebody who left, who decides there."""
    if kind is OrderLetter.TO_APPROVE:
        return await queries.letters.approvers(session, order)
    user = await queries.letters.orderer(session, order)
    if user is None:
        return await users.deciders(session, order.buyer_id)
    return [user]


async def _facts(session: AsyncSession, order: Order, kind: OrderLetter) -> dict[str, Any]:
    match kind:
        case OrderLetter.RESERVED | OrderLetter.EXPIRING | OrderLetter.PART_RECEIVED:
            return await _how_to_pay(session, order)
        case OrderLetter.DECLINED:
            reason = queries.letters.last_reason(session, order, OrderDecisionKind.DECLINED)
            return {"reason": await reason}
        case OrderLetter.PAID | OrderLetter.MOVED:
            block = await queries.units.given(session, order)
            project = await session.get_one(Project, order.project_id)
            return {
                "first": str(Serial.of(block.first_serial)),
                "last": str(Serial.of(block.last_serial)),
                "is_firm": project.state is not ProjectState.LISTED,
            }
        case OrderLetter.MISSED:
            return {"choose_until": await _choose_until(session, order)}
        case _:
            return {"until": order.reserved_until}


async def _how_to_pay(session: AsyncSession, order: Order) -> dict[str, Any]:
    account = await queries.invoices.account(session, order.scheme_id)
    payment = await queries.letters.bank_payment(session, order)
    came = await balances.now(session, UNALLOCATED.of(order.scheme_id, order.id))
    return {
        "lacking_cents": order.total_cents - came.posted,
        "iban": account.iban if account else None,
        "holder": account.holder_name if account else None,
        "reference": references.printed(payment.creditor_reference or "") if payment else None,
        "until": order.reserved_until,
    }


async def _choose_until(session: AsyncSession, order: Order) -> Any:  # noqa: ANN401  A moment or none.
    offer = await queries.buying.offer(session, order.project_id)
    missed = offer.terms.threshold_missed if offer else None
    if offer is None or not isinstance(missed, Reallocating):
        return None
    return offer.round_ends_at + timedelta(days=missed.within_days)


async def remind(session: AsyncSession) -> None:
    """Remind who has not paid an invoice, once, so many days before as the policy says."""
    now = clock.now()
    for policy_id in await queries.letters.policies_on_invoice(session):
        terms = await queries.buying.terms_of(session, policy_id)
        days = terms.invoicing.reminder_days
        for order_id in await queries.letters.to_remind(session, policy_id, now, days):
            order = await queries.orders.locked(session, order_id)
            if order.state is OrderState.RESERVED:
                events.record(session, REMINDED, order.id, decisions.CLOCK, days=days)
                await about_order(session, order, OrderLetter.EXPIRING)
