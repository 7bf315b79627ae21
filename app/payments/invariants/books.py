"""Money that comes and goes, beside what the books say of it."""

from app.core.invariants import Invariant
from app.ledger.invariants import entered

_WORKED = """
SELECT format('event %s (%s): expected to be worked on within an hour, found it waiting since %s',
              id, type, taken_at)
  FROM provider_events
 WHERE worked_at IS NULL AND taken_at < :now - interval '1 hour'
"""

_RECEIVED = """
WITH evidence AS MATERIALIZED (
    SELECT e.id, e.occurred_at, e.recorded_at, e.kind, proof
      FROM ledger_entries e CROSS JOIN unnest(e.evidence) proof
), came AS (
    SELECT v.proof, l.ledger_id, sum(l.amount) AS cents, min(v.occurred_at) AS occurred_at,
           min(v.recorded_at) AS recorded_at, bool_or(v.kind = 'receipt.suspended') AS suspended
      FROM evidence v
      JOIN ledger_lines l ON l.entry_id = v.id AND l.side = 'debit'
      JOIN ledger_accounts a ON a.id = l.account_id AND a.kind IN ('provider_balance', 'bank')
     GROUP BY v.proof, l.ledger_id
)
SELECT format('receipt %s (%s): expected %s cents in the books of its scheme at %s, found %s', r.id,
              r.place, r.amount_cents, r.received_at,
              coalesce(format('%s at %s', c.cents, c.occurred_at), 'none'))
  FROM receipts r
  JOIN ledgers g ON g.keeper_id = r.scheme_id AND g.book = 'money'
  LEFT JOIN came c ON c.ledger_id = g.id
   AND c.proof = concat(CASE r.rail WHEN 'provider' THEN 'stripe:' ELSE 'camt:' END, r.external_id)
 WHERE CASE WHEN r.place = 'arrived'
            THEN c.proof IS NOT NULL OR r.taken_at < :now - interval '1 hour'
            ELSE (c.cents, c.occurred_at) IS DISTINCT FROM (r.amount_cents, r.received_at)
                 OR abs(extract(epoch FROM c.recorded_at - r.booked_at)) > 600
                 OR r.place <> 'booked' AND NOT c.suspended END
"""
"""What arrived and is not entered waits for a job, and not for long."""

_SUCCEEDED = """
SELECT format('payment %s (%s): expected at least %s cents to have arrived, found %s', p.id,
              p.status, p.amount_cents, coalesce(r.cents, 0))
  FROM payments p
  LEFT JOIN (SELECT payment_id, sum(amount_cents) AS cents FROM receipts GROUP BY payment_id) r
    ON r.payment_id = p.id
 WHERE p.status = 'succeeded' AND coalesce(r.cents, 0) < p.amount_cents
"""

_LEFT = """
WITH entered AS (
    SELECT o.id, o.scheme_id, o.status, o.amount_cents,
           coalesce(string_agg(w.what, ' ' ORDER BY w.place) FILTER (WHERE r.id IS NOT NULL), '')
               AS found,
           bool_and(l.cents = o.amount_cents
                    AND CASE w.what WHEN 'sent' THEN e.occurred_at = o.sent_at
                                    WHEN 'settled' THEN e.occurred_at = o.settled_at
                                    ELSE true END IS TRUE)
               FILTER (WHERE r.id IS NOT NULL) AS is_whole
      FROM outgoings o
     CROSS JOIN (VALUES (1, 'sent'), (2, 'settled'), (3, 'failed'), (4, 'returned'),
                        (5, 'clawed-back')) w(place, what)
      LEFT JOIN ledger_references r
        ON r.reference = concat('outgoing/', o.id, '/', w.what)
      LEFT JOIN ledger_entries e ON e.id = r.id
      LEFT JOIN LATERAL (SELECT sum(amount) AS cents FROM ledger_lines
                          WHERE entry_id = r.id AND side = 'debit') l ON true
     GROUP BY o.id
)
SELECT format('outgoing %s (%s): expected its entries of %s cents each, at their times, as far as'
              ' it is, found %s', id, status, amount_cents,
              CASE found WHEN '' THEN 'none' ELSE found END)
  FROM entered
 WHERE NOT coalesce(is_whole, true)
    OR NOT found = ANY (CASE status
       WHEN 'sent' THEN ARRAY['sent']
       WHEN 'settled' THEN ARRAY['sent settled']
       WHEN 'failed' THEN ARRAY['sent failed', 'sent settled returned']
       WHEN 'clawed_back' THEN ARRAY['sent settled clawed-back']
       ELSE ARRAY[''] END)
"""

_WHOSE = """
SELECT format('outgoing %s (%s): expected to leave from what its owner has, found others', o.id,
              o.kind)
  FROM outgoings o
  JOIN ledger_references r ON r.reference = concat('outgoing/', o.id, '/sent')
 WHERE NOT EXISTS (
       SELECT FROM ledger_lines l
         JOIN ledger_accounts a ON a.id = l.account_id
         JOIN ledgers g ON g.id = a.ledger_id
        WHERE l.entry_id = r.id AND l.side = 'debit'
          AND (a.kind, a.owner_id, g.keeper_id)
              = (CASE o.kind WHEN 'refund' THEN 'refund_due' WHEN 'payout' THEN 'payable'
                             WHEN 'fee' THEN 'fee_income' WHEN 'vat' THEN 'vat_fee'
                             ELSE 'suspense' END,
                 coalesce(o.account_owner_id, o.scheme_id), o.scheme_id))
"""

_NAMED = """
SELECT format('outgoing %s (%s): expected the name that its entries know it by, found another',
              o.id, o.status)
  FROM outgoings o
 CROSS JOIN LATERAL (
       SELECT concat(CASE o.rail WHEN 'provider' THEN 'stripe:' ELSE 'camt:' END, o.external_id)
           AS proof) n
 WHERE o.external_id IS NOT NULL AND o.status IN ('planned', 'approved', 'withheld')
    OR o.status IN ('settled', 'clawed_back') AND o.external_id IS NULL
    OR EXISTS (SELECT FROM ledger_references r JOIN ledger_entries e ON e.id = r.id
                WHERE r.reference IN (concat('outgoing/', o.id, '/settled'),
                                      concat('outgoing/', o.id, '/failed'),
                                      concat('outgoing/', o.id, '/returned'),
                                      concat('outgoing/', o.id, '/clawed-back'))
                  AND e.evidence <> CASE WHEN o.external_id IS NULL THEN ARRAY[]::text[]
                                         ELSE ARRAY[n.proof] END)
"""

_UNDER_WAY = """
SELECT format('ledger %s: expected %s cents to be under way, as what was sent says, found %s', g.id,
              coalesce(o.cents, 0), coalesce(a.posted, 0))
  FROM ledgers g
  LEFT JOIN (SELECT scheme_id, sum(amount_cents) AS cents FROM outgoings
              WHERE status = 'sent' GROUP BY scheme_id) o ON o.scheme_id = g.keeper_id
  LEFT JOIN ledger_accounts a ON a.ledger_id = g.id AND a.kind = 'outgoing'
 WHERE g.book = 'money' AND coalesce(o.cents, 0) <> coalesce(a.posted, 0)
"""

INVARIANTS = (
    Invariant(
        "inbox-worked",
        "What the payment provider told us is worked on within an hour.",
        _WORKED,
    ),
    Invariant(
        "receipts-in-books",
        "Money that arrived is in the books, once, for just that much.",
        _RECEIVED,
    ),
    Invariant("payments-received", "A payment has succeeded when its money arrived.", _SUCCEEDED),
    Invariant(
        "outgoings-in-books",
        "Money that leaves is in the books for as far as it is on its way.",
        _LEFT,
    ),
    Invariant(
        "outgoings-of-owners",
        "Money leaves from the account of whoever it is owed to.",
        _WHOSE,
    ),
    Invariant(
        "outgoings-named",
        "What the other side calls money that left is what the books say of it.",
        _NAMED,
    ),
    Invariant(
        "outgoings-under-way",
        "What the books have under way is what was sent and has not arrived.",
        _UNDER_WAY,
    ),
    entered("outgoing", "outgoings"),
    entered("receipt", "receipts"),
)
