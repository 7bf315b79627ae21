"""Everything that must always be true, of all domains, in the order in which it is looked at."""

from app.core.invariants import Kept, protection, references, work
from app.fulfilments.invariants import INVARIANTS as FULFILMENTS
from app.ledger.invariants import INVARIANTS as BOOKS
from app.obligations.invariants import INVARIANTS as OBLIGATIONS
from app.orders.invariants import INVARIANTS as ORDERS
from app.payments.invariants import INVARIANTS as PAYMENTS
from app.payouts.invariants import INVARIANTS as PAYOUTS
from app.projects.invariants import INVARIANTS as PROJECTS
from app.transparency.invariants import INVARIANTS as LOG
from app.webhooks.invariants import INVARIANTS as EVENTS

SECTIONS: dict[str, tuple[Kept, ...]] = {
    "protection": (*protection.INVARIANTS, *references.INVARIANTS),
    "books": BOOKS,
    "log": LOG,
    "projects": PROJECTS,
    "orders": ORDERS,
    "payments": PAYMENTS,
    "payouts": PAYOUTS,
    "obligations": OBLIGATIONS,
    "fulfilments": FULFILMENTS,
    "events": EVENTS,
    "work": work.INVARIANTS,
}

INVARIANTS: tuple[Kept, ...] = tuple(each for section in SECTIONS.values() for each in section)
