"""Payments, receipts and outgoings, beside what the trail of events says of them."""

from app.core.invariants import Invariant
from app.payments.models import OutgoingStatus, PaymentStatus

_STATUSES = ", ".join(f"'payment.{each}'" for each in PaymentStatus)
_STEPS = ", ".join(f"'outgoing.{each.replace('_', '-')}'" for each in OutgoingStatus)

_PAYMENTS = f"""
WITH latest AS (
    SELECT DISTINCT ON (subject_id) subject_id, type, occurred_at
      FROM events WHERE type IN ({_STATUSES}) ORDER BY subject_id, id DESC
)
SELECT format('payment %s (%s): expected what was recorded of it (%s), found another',
              coalesce(p.id, e.subject_id), p.status, l.type)
  FROM payments p
  FULL JOIN (SELECT * FROM events WHERE type = 'payment.expected') e ON e.subject_id = p.id
  LEFT JOIN latest l ON l.subject_id = p.id
 WHERE ((p.created_by, p.purpose, p.amount_cents::text, p.way, 'payment.' || p.status)
        = (e.actor, e.data ->> 'purpose', e.data ->> 'amountCents', e.data ->> 'way', l.type)
        AND abs(extract(epoch FROM e.occurred_at - p.created_at)) <= 600
        AND CASE WHEN p.status = 'succeeded'
                 THEN abs(extract(epoch FROM l.occurred_at - p.succeeded_at)) <= 600
                 ELSE p.succeeded_at IS NULL END) IS NOT TRUE
"""  # noqa: S608  Names of our own.

_RECEIPTS = """
SELECT format('receipt %s: expected what was recorded of it, found another',
              coalesce(r.id, e.subject_id))
  FROM receipts r
  FULL JOIN (SELECT * FROM events WHERE type = 'receipt.taken') e ON e.subject_id = r.id
 WHERE ((r.rail, r.amount_cents::text) = (e.data ->> 'rail', e.data ->> 'amountCents')
        AND abs(extract(epoch FROM e.occurred_at - r.taken_at)) <= 600) IS NOT TRUE
 UNION ALL
SELECT format('receipt %s (%s): expected that somebody wants to send it back, found nobody', r.id,
              r.place)
  FROM receipts r
 WHERE r.place = 'sent_back'
   AND NOT EXISTS (SELECT FROM receipt_decisions d
                    WHERE d.receipt_id = r.id AND d.kind = 'sending_back')
"""

_OUTGOINGS = f"""
WITH latest AS (
    SELECT DISTINCT ON (subject_id) subject_id, type
      FROM events WHERE type IN ({_STEPS}) ORDER BY subject_id, id DESC
)
SELECT format('outgoing %s (%s): expected what was recorded of it (%s), found another',
              coalesce(o.id, e.subject_id), o.status, l.type)
  FROM outgoings o
  FULL JOIN (SELECT * FROM events WHERE type = 'outgoing.planned') e ON e.subject_id = o.id
  LEFT JOIN latest l ON l.subject_id = o.id
  LEFT JOIN events a ON a.subject_id = o.id AND a.type = 'outgoing.approved'
 WHERE ((o.planned_by, o.purpose, o.amount_cents::text,
         'outgoing.' || replace(o.status, '_', '-'))
        = (e.actor, e.data ->> 'purpose', e.data ->> 'amountCents', l.type)
        -- Those of before this was recorded tell it when they are sent, in the books.
        AND coalesce(e.data ->> 'kind', o.kind) = o.kind
        AND abs(extract(epoch FROM e.occurred_at - o.planned_at)) <= 600
        AND o.approved_by IS NOT DISTINCT FROM a.actor
        AND abs(extract(epoch FROM coalesce(a.occurred_at - o.approved_at, interval '0'))) <= 600
        AND (o.approved_at IS NULL) = (a.id IS NULL)
        AND (o.sent_at IS NULL) = (o.status IN ('planned', 'approved', 'withheld'))
        AND (o.settled_at IS NULL OR o.status NOT IN ('planned', 'approved', 'withheld', 'sent'))
       ) IS NOT TRUE
"""  # noqa: S608  Names of our own.

INVARIANTS = (
    Invariant(
        "payments-recorded",
        "How far a payment has come is what the trail of events says too.",
        _PAYMENTS,
    ),
    Invariant(
        "receipts-recorded",
        "What arrived is what the trail of events says too.",
        _RECEIPTS,
    ),
    Invariant(
        "outgoings-recorded",
        "Who planned and approved what leaves, and how far it is, is what the trail of events"
        " says too.",
        _OUTGOINGS,
    ),
)
