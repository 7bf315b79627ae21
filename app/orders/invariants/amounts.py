"""Amounts of orders: by the terms, by their parts, and in the money book."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.invariants import Faults, Invariant, Proof, recorded
from app.ledger.invariants import entered
from app.orders.models import Order, OrderDecisionKind, OrderPart, between
from app.schemes.models import Policy
from app.schemes.terms import PolicyTerms, Quote

AT_ONCE = 2_000
_NO_ID = UUID(int=0)

_AMOUNTS = ("price_cents", "vat_sale_cents", "fee_cents", "vat_fee_cents", "total_cents")


async def quote_faults(session: AsyncSession) -> Faults:
    """Quote every order anew by its terms; what was moved, and its parts, by shares of it."""
    terms: dict[UUID, PolicyTerms] = {}
    last = _NO_ID
    while rows := await _orders(session, last):
        parts = await _parts(session, [row.id for row in rows])
        for row in rows:
            if row.policy_id not in terms:
                # Not as a process remembers them: as they stand there now.
                policy = await session.get_one(Policy, row.policy_id)
                terms[row.policy_id] = policy.read_terms()
            for fault in _order_faults(row, terms[row.policy_id], parts.get(row.id, [])):
                yield fault
        last = rows[-1].id


async def _orders(session: AsyncSession, after: UUID) -> Sequence[sa.Row[Any]]:
    moved = sa.select(OrderPart).where(OrderPart.moved_to_id.is_not(None)).subquery()
    query = (
        sa.select(
            Order.id,
            Order.policy_id,
            Order.quantity_units,
            Order.fee_borne_by,
            Order.moved_from_id,
            *(getattr(Order, name) for name in _AMOUNTS),
            *(moved.c[name].label(f"moved_{name}") for name in ("quantity_units", *_AMOUNTS)),
        )
        .outerjoin(moved, moved.c.moved_to_id == Order.id)
        .where(Order.id > after)
    )
    return (await session.execute(query.order_by(Order.id).limit(AT_ONCE))).all()


async def _parts(session: AsyncSession, order_ids: list[UUID]) -> dict[UUID, list[sa.Row[Any]]]:
    query = sa.select(
        OrderPart.id,
        OrderPart.order_id,
        OrderPart.quantity_units,
        *(getattr(OrderPart, name) for name in _AMOUNTS),
    ).where(OrderPart.order_id.in_(order_ids))
    found: dict[UUID, list[sa.Row[Any]]] = {}
    for row in await session.execute(query.order_by(OrderPart.last_serial.desc())):
        found.setdefault(row.order_id, []).append(row)
    return found


def _order_faults(
    order: sa.Row[Any], terms: PolicyTerms, parts: Sequence[sa.Row[Any]]
) -> Iterator[str]:
    if order.moved_from_id is not None:
        units = order.moved_quantity_units
        wanted = [getattr(order, f"moved_{name}") for name in _AMOUNTS]
    else:
        quote = terms.quote(order.quantity_units)
        if order.fee_borne_by != quote.fee_borne_by:
            yield f"order {order.id}: expected its fee borne by the {quote.fee_borne_by}"
        units, wanted = order.quantity_units, [getattr(quote, name) for name in _AMOUNTS]
    if units != order.quantity_units or wanted != _amounts(order):
        yield f"order {order.id}: expected {units} units for {wanted}, found {_amounts(order)}"
    whole = Quote(
        quantity_units=order.quantity_units,
        **{name: getattr(order, name) for name in _AMOUNTS[:-1]},
        fee_borne_by=order.fee_borne_by,
    )
    undone = 0
    for part in parts:
        rest = undone + part.quantity_units
        if rest > order.quantity_units:
            return
        share = between(whole, undone, rest)
        wanted = [getattr(share, name) for name in _AMOUNTS]
        if wanted != _amounts(part):
            yield f"part {part.id} of order {order.id}: expected {wanted}, found {_amounts(part)}"
        undone = rest


def _amounts(row: sa.Row[Any]) -> list[int]:
    return [getattr(row, name) for name in _AMOUNTS]


_IN_BOOKS = """
SELECT format('order %s: expected %s cents paid at %s, found %s', o.id, o.total_cents, o.paid_at,
              coalesce(format('%s at %s', m.cents, i.recorded_at), 'no entry'))
  FROM orders o
  LEFT JOIN ledger_references r ON r.reference = concat('order/', o.id, '/paid')
  LEFT JOIN LATERAL (
       SELECT sum(l.amount) AS cents
         FROM ledger_lines l JOIN ledger_accounts a ON a.id = l.account_id
        WHERE l.entry_id = r.id AND l.side = 'credit'
          AND a.kind IN ('deposit', 'result_part', 'fee_income', 'vat_fee', 'vat_sale')) m ON true
  LEFT JOIN ledger_references u ON u.reference = concat('order/', o.id, '/issued')
  LEFT JOIN ledger_entries i ON i.id = u.id
 WHERE CASE WHEN o.paid_at IS NULL THEN r.id IS NOT NULL OR u.id IS NOT NULL
            ELSE abs(extract(epoch FROM i.recorded_at - o.paid_at)) <= 600 IS NOT TRUE
                 OR o.moved_from_id IS NULL AND m.cents IS DISTINCT FROM o.total_cents END
"""

_REFUNDED = """
SELECT format('outgoing %s: expected to go back to the buyer of order %s, found another', g.id,
              o.id)
  FROM outgoings g JOIN orders o ON g.purpose = concat('order/', o.id)
 WHERE g.kind = 'refund'
   AND (g.scheme_id, g.account_owner_id) IS DISTINCT FROM (o.scheme_id, o.buyer_id)
"""

_DECIDED = """
WITH led AS (
    SELECT DISTINCT ON (order_id) order_id, kind, decided_at
      FROM order_decisions
     WHERE kind NOT IN ('reserved-anew', 'set-aside')
     ORDER BY order_id, id DESC
)
SELECT format('order %s: expected a state to which its last decision leads (%s), found %s', o.id,
              coalesce(d.kind, 'none'), o.state)
  FROM orders o LEFT JOIN led d ON d.order_id = o.id
 WHERE NOT o.state = ANY (CASE d.kind
       WHEN 'ordered' THEN ARRAY['awaiting_approval', 'reserved']
       WHEN 'approved' THEN ARRAY['reserved']
       WHEN 'declined' THEN ARRAY['cancelled']
       WHEN 'cancelled' THEN ARRAY['cancelled']
       WHEN 'expired' THEN ARRAY['expired']
       WHEN 'payment-under-way' THEN ARRAY['processing']
       WHEN 'payment-failed' THEN ARRAY['reserved']
       WHEN 'paid' THEN ARRAY['paid']
       WHEN 'moved-here' THEN ARRAY['paid']
       WHEN 'disputed' THEN ARRAY['disputed']
       WHEN 'dispute-won' THEN ARRAY['paid', 'partly_refunded']
       WHEN 'partly-refunded' THEN ARRAY['partly_refunded']
       WHEN 'refunded' THEN ARRAY['refunded']
       WHEN 'reallocated' THEN ARRAY['reallocated', 'partly_refunded']
       ELSE ARRAY[]::text[] END)
 UNION ALL
SELECT format('order %s: expected to be made by %s at %s, as was decided, found %s at %s', o.id,
              d.decided_by, d.decided_at, o.ordered_by_id, o.ordered_at)
  FROM orders o
 CROSS JOIN LATERAL (SELECT decided_by, decided_at FROM order_decisions
                      WHERE order_id = o.id AND kind IN ('ordered', 'moved-here')
                      ORDER BY id LIMIT 1) d
 WHERE d.decided_by LIKE 'user:%' AND d.decided_by <> concat('user:', o.ordered_by_id)
       AND o.moved_from_id IS NULL
    OR abs(extract(epoch FROM d.decided_at - o.ordered_at)) <= 600 IS NOT TRUE
"""

INVARIANTS = (
    Proof(
        "orders-quoted",
        "The amounts of every order are those of the terms it was quoted by, and what it lost is a"
        " share of them.",
        quote_faults,
    ),
    Invariant(
        "orders-paid",
        "An order is paid when the books have its money and its units, and for just that much.",
        _IN_BOOKS,
    ),
    Invariant("orders-refunded", "What is refunded of an order goes back to its buyer.", _REFUNDED),
    recorded("order", OrderDecisionKind),
    Invariant("orders-decided", "An order stands as the last decision about it left it.", _DECIDED),
    entered("order", "orders"),
)
