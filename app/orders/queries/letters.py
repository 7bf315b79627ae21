"""What letters about orders say, and who reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import Event
from app.core.languages import Language
from app.orders.models import Order, OrderDecision, OrderDecisionKind, OrderState, PayBy
from app.organisations.models import Membership, Organisation, Role, User
from app.payments.models import Payment, Way
from app.projects.models import Listing
from app.schemes.models import Scheme


@dataclass(frozen=True, slots=True)
class About:
    """A project that is sold, by the names that people know."""

    title: dict[str, Any]
    scheme: dict[str, str]
    unit_name: str
    entrepreneur_id: UUID
    threshold_units: int

    def named(self, language: Language) -> dict[str, str]:
        """Give its names in a language."""
        title = self.title.get(language) or self.title.get("nl") or self.title.get("en") or "?"
        return {"project": title, "scheme": self.scheme[language], "unit": self.unit_name}


async def about(session: AsyncSession, project_id: UUID) -> About:
    """Find what a project on the market is called."""
    query = (
        sa.select(
            Listing.title,
            Listing.entrepreneur_id,
            Listing.threshold_units,
            Scheme.name_nl,
            Scheme.name_en,
            Scheme.unit_name,
        )
        .join(Scheme, Scheme.id == Listing.scheme_id)
        .where(Listing.project_id == project_id)
    )
    row = (await session.execute(query)).one()
    return About(
        title=row.title,
        scheme={"nl": row.name_nl, "en": row.name_en},
        unit_name=row.unit_name,
        entrepreneur_id=row.entrepreneur_id,
        threshold_units=row.threshold_units,
    )


async def organisation_name(session: AsyncSession, organisation_id: UUID) -> str:
    """Say what an organisation is called."""
    query = sa.select(Organisation.legal_name).where(Organisation.id == organisation_id)
    return (await session.scalars(query)).one()


async def orderer(session: AsyncSession, order: Order) -> User | None:
    """Find who ordered, if they still act for the buyer."""
    query = (
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(User.id == order.ordered_by_id, Membership.organisation_id == order.buyer_id)
    )
    found: User | None = await session.scalar(query)
    return found


async def approvers(session: AsyncSession, order: Order) -> Sequence[User]:
    """List who can approve an order: not who ordered, nor who may not spend so much either."""
    limit = Membership.spending_limit_cents
    query = (
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == order.buyer_id,
            Membership.role.in_([Role.APPROVER, Role.ADMIN]),
            sa.or_(limit.is_(None), limit >= order.total_cents),
            User.id.is_distinct_from(order.ordered_by_id),
            User.wants_task_mail,
        )
        .order_by(User.id)
    )
    return (await session.scalars(query)).all()


async def bank_payment(session: AsyncSession, order: Order) -> Payment | None:
    """Find the latest payment of an order that is made by bank."""
    query = (
        sa.select(Payment)
        .where(Payment.purpose == order.purpose, Payment.way == Way.BANK)
        .order_by(Payment.id.desc())
        .limit(1)
    )
    found: Payment | None = await session.scalar(query)
    return found


async def last_reason(session: AsyncSession, order: Order, kind: OrderDecisionKind) -> str:
    """Say why the latest decision of a kind about an order was made."""
    query = (
        sa.select(OrderDecision.reason)
        .where(OrderDecision.order_id == order.id, OrderDecision.kind == kind)
        .order_by(OrderDecision.id.desc())
        .limit(1)
    )
    return await session.scalar(query) or ""


REMINDED = "order.reminded"


async def policies_on_invoice(session: AsyncSession) -> Sequence[UUID]:
    """List the policies by which units are reserved on invoice now."""
    query = sa.select(Order.policy_id).where(_WAITING).distinct()
    return (await session.scalars(query)).all()


async def to_remind(
    session: AsyncSession, policy_id: UUID, now: datetime, days: int
) -> Sequence[UUID]:
    """Find orders on invoice whose time is up within days, and who were not reminded."""
    reminded = sa.exists().where(Event.subject_id == Order.id, Event.type == REMINDED)
    query = sa.select(Order.id).where(
        _WAITING,
        Order.policy_id == policy_id,
        Order.reserved_until > now,
        Order.reserved_until <= now + timedelta(days=days),
        # Who has just got the letter with the invoice needs no other one.
        Order.ordered_at <= now - timedelta(days=1),
        ~reminded,
    )
    return (await session.scalars(query.order_by(Order.id))).all()


_WAITING = sa.and_(Order.state == OrderState.RESERVED, Order.pay_by == PayBy.INVOICE)
