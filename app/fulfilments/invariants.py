"""What must always be true of what counts: in the books, in the log, and by its certificate."""

from app.core.invariants import Invariant, recorded
from app.fulfilments.models import FulfilmentDecisionKind
from app.ledger.invariants import entered

_COUNTED = """
WITH book AS (
    SELECT l.about_id,
           sum(CASE WHEN a.kind <> 'fulfilled' THEN 0 WHEN l.side = 'debit' THEN l.amount
                    ELSE -l.amount END) AS cents,
           sum(CASE WHEN a.kind <> 'retired' THEN 0 WHEN l.side = 'debit' THEN l.amount
                    ELSE -l.amount END) AS units
      FROM ledger_accounts a JOIN ledger_lines l ON l.account_id = a.id
     WHERE a.kind IN ('fulfilled', 'retired') GROUP BY l.about_id
)
SELECT format('fulfilment %s (%s): expected %s cents and %s units to count in the books, found %s'
              ' and %s', coalesce(f.id, b.about_id), f.state, coalesce(f.cents, 0),
              coalesce(f.units, 0), coalesce(b.cents, 0), coalesce(b.units, 0))
  FROM (SELECT id, state, value_cents - revoked_cents - lowered_cents AS cents,
               quantity_units - revoked_units AS units
          FROM fulfilments WHERE state = 'approved') f
  FULL JOIN book b ON b.about_id = f.id
 WHERE (coalesce(f.cents, 0), coalesce(f.units, 0)) <> (coalesce(b.cents, 0), coalesce(b.units, 0))
"""

_WHERE = """
SELECT format('fulfilment %s: expected to count for its own obligation and order, found %s of %s',
              f.id, a.kind, a.owner_id)
  FROM ledger_accounts a
  JOIN ledger_lines l ON l.account_id = a.id
  JOIN fulfilments f ON f.id = l.about_id
  JOIN ledgers g ON g.id = a.ledger_id
 WHERE a.kind = 'fulfilled' AND (a.owner_id, g.keeper_id) <> (f.obligation_id, f.authority_id)
    OR a.kind = 'retired' AND a.owner_id IS DISTINCT FROM f.order_id
 UNION ALL
SELECT format('fulfilment %s: expected the authority of its obligation, found %s', f.id,
              f.authority_id)
  FROM fulfilments f JOIN obligations o ON o.id = f.obligation_id
 WHERE o.authority_id <> f.authority_id
 UNION ALL
SELECT format('fulfilment %s: expected a claim of its kind, %s, and of its %s units, found others',
              f.id, f.kind, f.quantity_units)
  FROM fulfilments f
 WHERE f.claim ->> 'kind' IS DISTINCT FROM f.kind
    OR f.kind = 'rikx'
       AND f.claim ->> 'quantityUnits' IS DISTINCT FROM CAST(f.quantity_units AS text)
 UNION ALL
SELECT format('fulfilment %s: expected to keep the invoice that it claims, found another', f.id)
  FROM fulfilments f
 CROSS JOIN LATERAL (SELECT CASE WHEN f.claim ->> 'invoiceNumber' <> 'not asked' THEN
       concat(f.claim ->> 'supplierNumber', ' ',
              regexp_replace(upper(f.claim ->> 'invoiceNumber'), '[^A-Z0-9]', '', 'g')) END AS name
       ) w
 WHERE f.kind <> 'social-purchase' AND f.invoice IS NOT NULL
    -- Letters of other scripts are compared nowhere but where the claim was taken.
    OR f.kind = 'social-purchase' AND f.invoice IS DISTINCT FROM w.name
       AND f.claim ->> 'invoiceNumber' ~ '^[ -~]*$' AND f.claim::text NOT LIKE '%[erased]%'
"""

_PROVISIONAL = """
SELECT format('obligation %s: expected %s cents to count provisionally, as its allocations say,'
              ' found %s', coalesce(m.obligation_id, a.owner_id), coalesce(m.cents, 0),
              coalesce(a.posted, 0))
  FROM (SELECT obligation_id, sum(provisional_cents) AS cents FROM order_allocations
         GROUP BY obligation_id) m
  FULL JOIN (SELECT owner_id, posted FROM ledger_accounts WHERE kind = 'provisional') a
    ON a.owner_id = m.obligation_id
 WHERE coalesce(m.cents, 0) <> coalesce(a.posted, 0)
 UNION ALL
SELECT format('order %s: expected no more units to be meant for obligations than the %s it has,'
              ' found %s', o.id, o.quantity_units - o.undone_units, sum(m.quantity_units))
  FROM orders o JOIN order_allocations m ON m.order_id = o.id
 GROUP BY o.id HAVING sum(m.quantity_units) > o.quantity_units - o.undone_units
"""

_WITHIN = """
SELECT format('fulfilment %s: expected serials that order %s has, found %s to %s', f.id, f.order_id,
              f.first_serial, f.last_serial - f.revoked_units)
  FROM fulfilments f LEFT JOIN serial_blocks b ON b.order_id = f.order_id
  LEFT JOIN orders o ON o.id = f.order_id
 WHERE (f.first_serial IS NULL) <> (f.last_serial IS NULL)
    OR f.first_serial IS NOT NULL AND f.state IN ('submitted', 'approved')
   AND (b.id IS NULL OR f.first_serial < b.first_serial
        OR f.last_serial - f.revoked_units > b.last_serial - o.undone_units)
"""

_DECIDED = """
WITH led AS (
    SELECT DISTINCT ON (fulfilment_id) fulfilment_id, kind
      FROM fulfilment_decisions WHERE kind NOT LIKE 'objection-%'
     ORDER BY fulfilment_id, id DESC
)
SELECT format('fulfilment %s: expected a state to which its last decision leads (%s), found %s',
              f.id, coalesce(d.kind, 'none'), f.state)
  FROM fulfilments f LEFT JOIN led d ON d.fulfilment_id = f.id
 WHERE NOT f.state = ANY (CASE d.kind
       WHEN 'drafted' THEN ARRAY['drafted']
       WHEN 'rewritten' THEN ARRAY['drafted', 'returned']
       WHEN 'submitted' THEN ARRAY['submitted']
       WHEN 'withdrawn' THEN ARRAY['returned']
       WHEN 'approved' THEN ARRAY['approved']
       WHEN 'rejected' THEN ARRAY['rejected']
       WHEN 'returned' THEN ARRAY['returned']
       WHEN 'revoked' THEN ARRAY['approved', 'revoked']
       WHEN 'adjusted' THEN ARRAY['approved']
       ELSE ARRAY[]::text[] END)
 UNION ALL
SELECT format('fulfilment %s: expected to be decided when its entry was made (%s), found %s', f.id,
              coalesce(CAST(e.recorded_at AS text), 'none'), f.decided_at)
  FROM fulfilments f
  LEFT JOIN ledger_references r
    ON r.reference = concat('fulfilment/', f.id, '/approved',
                            CASE WHEN f.times_reinstated > 0 THEN '/again/' || f.times_reinstated
                            END)
  LEFT JOIN ledger_entries e ON e.id = r.id
 WHERE f.state IN ('approved', 'revoked')
   AND abs(extract(epoch FROM e.recorded_at - f.decided_at)) <= 600 IS NOT TRUE
 UNION ALL
SELECT format('fulfilment %s: expected %s by %s at %s, as was decided, found %s by %s at %s', f.id,
              w.kind, d.decided_by, d.decided_at, w.kind, w.by_id, w.at)
  FROM fulfilments f
 CROSS JOIN LATERAL (VALUES
       ('{drafted}'::text[], f.drafted_by_id, f.drafted_at),
       ('{submitted}', f.submitted_by_id, f.submitted_at),
       ('{approved,rejected}', f.decided_by_id, f.decided_at)) w(kind, by_id, at)
 CROSS JOIN LATERAL (
       SELECT decided_by, decided_at FROM fulfilment_decisions
        WHERE fulfilment_id = f.id AND kind = ANY (w.kind) ORDER BY id DESC LIMIT 1) d
 WHERE d.decided_by LIKE 'user:%' AND d.decided_by <> concat('user:', w.by_id)
    OR abs(extract(epoch FROM d.decided_at - w.at)) <= 600 IS NOT TRUE
 UNION ALL
SELECT format('fulfilment %s (%s): expected %s units and %s cents, as was decided, found %s and %s',
              f.id, f.state, d.quantity_units, d.value_cents, f.quantity_units, f.value_cents)
  FROM fulfilments f
 CROSS JOIN LATERAL (
       SELECT quantity_units, value_cents FROM fulfilment_decisions
        WHERE fulfilment_id = f.id AND kind = f.state ORDER BY id DESC LIMIT 1) d
 WHERE f.state IN ('submitted', 'rejected')
   AND (d.quantity_units, d.value_cents) <> (f.quantity_units, f.value_cents)
 UNION ALL
SELECT format('fulfilment %s (%s): expected the value that was approved last (%s), found %s', f.id,
              f.state, d.value_cents, f.value_cents)
  FROM fulfilments f
 CROSS JOIN LATERAL (
       SELECT value_cents FROM fulfilment_decisions
        WHERE fulfilment_id = f.id AND kind = 'approved' ORDER BY id DESC LIMIT 1) d
 WHERE f.state IN ('approved', 'revoked')
    -- What counts again was lowered or lost before, which its decision leaves out.
   AND (f.value_cents < d.value_cents
        OR f.value_cents > d.value_cents AND f.times_reinstated = 0)
 UNION ALL
SELECT format('fulfilment %s: expected to be reinstated as often as an objection was upheld (%s),'
              ' found %s', f.id, d.times, f.times_reinstated)
  FROM fulfilments f
 CROSS JOIN LATERAL (SELECT count(*) AS times FROM fulfilment_decisions
                      WHERE fulfilment_id = f.id AND kind = 'objection-upheld') d
 WHERE f.times_reinstated <> d.times
 UNION ALL
SELECT format('fulfilment %s (%s): expected %s, found %s of %s cents revoked, and %s lowered', f.id,
              f.state, fault, f.revoked_cents, f.value_cents, f.lowered_cents)
  FROM fulfilments f
 CROSS JOIN LATERAL (VALUES
       (f.state = 'revoked' AND (f.revoked_cents, f.lowered_cents) <> (f.value_cents, 0),
        'all of its value revoked'),
       (f.state NOT IN ('approved', 'revoked') AND f.revoked_cents > 0, 'nothing revoked'),
       (f.lowered_cents > 0 AND f.report_id IS NULL, 'a final report by which it was lowered')
       ) v(found, fault)
 WHERE found
"""

_CERTIFIED = """
SELECT format('certificate %s: expected %s', c.id, fault)
  FROM certificates c
  JOIN fulfilments f ON f.id = c.fulfilment_id
  LEFT JOIN LATERAL (
       SELECT array_agg(e.cents) AS cents, min(abs(extract(epoch FROM e.recorded_at - c.issued_at)))
                  AS seconds
         FROM (SELECT e.recorded_at, sum(l.amount) AS cents
                 FROM ledger_lines l
                 JOIN ledger_accounts a ON a.id = l.account_id AND a.kind = 'fulfilled'
                 JOIN ledger_entries e ON e.id = l.entry_id
                WHERE l.about_id = f.id AND l.side = 'debit'
                  AND a.owner_id = f.obligation_id
                GROUP BY e.id, e.recorded_at) e) b ON true
 CROSS JOIN LATERAL (VALUES
       (c.content ->> 'code' IS DISTINCT FROM c.code, 'its own number in what it states'),
       ((c.content ->> 'fulfilmentId', c.content ->> 'obligationId', c.content ->> 'kind',
         c.content #>> '{authority,id}', c.content #>> '{holder,id}', c.content #>> '{rules,id}')
        IS DISTINCT FROM (f.id::text, f.obligation_id::text, f.kind::text, f.authority_id::text,
                          f.claimant_id::text, f.rules_id::text)
        OR f.first_serial IS NULL AND c.content -> 'claim' IS DISTINCT FROM f.claim
           -- Whose words were erased from a claim, they stay in what was certified.
           AND f.claim::text NOT LIKE '%[erased]%',
        'to state the fulfilment that it is of, found another'),
       (f.first_serial IS NOT NULL AND
        (c.content #>> '{units,quantityUnits}', c.content #>> '{units,firstSerial}',
         c.content #>> '{units,lastSerial}')
        IS DISTINCT FROM (f.quantity_units::text,
         concat(f.first_serial >> 32, '-', f.first_serial & 4294967295),
         concat(f.last_serial >> 32, '-', f.last_serial & 4294967295)),
        'to state the units of its fulfilment, found others'),
       ((c.content ->> 'valueCents')::bigint = ANY (b.cents) IS NOT TRUE
        AND (c.content ->> 'valueCents')::bigint > 0,
        format('to state what was entered (%s), found %s', b.cents, c.content ->> 'valueCents')),
       (c.is_named <> coalesce((SELECT o.is_named FROM orders o WHERE o.id = f.order_id), false),
        'to name its buyer only if its order may'),
       (b.seconds > 600, format('to be issued when it was entered, found %s', c.issued_at))
       ) v(found, fault)
 WHERE found
 UNION ALL
SELECT format('fulfilment %s (%s): expected a certificate, found none', f.id, f.state)
  FROM fulfilments f LEFT JOIN certificates c ON c.fulfilment_id = f.id
 WHERE f.state = 'approved' AND c.id IS NULL
   AND f.decided_at > (SELECT min(issued_at) FROM certificates)
"""

_PUBLISHED = """
SELECT format('decision %s of fulfilment %s: expected its leaf within minutes, found %s', d.id,
              d.fulfilment_id, CASE WHEN a.subject_id IS NULL THEN 'nothing that waits for it'
                                    ELSE 'none' END)
  FROM fulfilment_decisions d
  LEFT JOIN log_leaves l ON l.source = 'fulfilments' AND l.subject_id = d.id
  LEFT JOIN log_arrivals a ON a.source = 'fulfilments' AND a.subject_id = d.id
 WHERE l."index" IS NULL
   AND (a.subject_id IS NULL OR d.decided_at < :now - interval '10 minutes')
"""

_LOGGED = """
WITH said AS (
    SELECT (e ->> 'fulfilmentId')::uuid AS id,
           sum(CASE e ->> 'event' WHEN 'approved' THEN 1 ELSE -1 END
               * (e ->> 'valueCents')::bigint) AS cents,
           sum(CASE e ->> 'event' WHEN 'approved' THEN 1 WHEN 'revoked' THEN -1 ELSE 0 END
               * (e ->> 'quantityUnits')::bigint) AS units
      FROM log_leaves l CROSS JOIN LATERAL (SELECT convert_from(l.entry, 'UTF8')::jsonb AS e) c
     WHERE l.source = 'fulfilments' AND e ->> 'event' IN ('approved', 'revoked', 'adjusted')
     GROUP BY 1
)
SELECT format('fulfilment %s: expected that the public log adds up to %s cents and %s units, found'
              ' %s and %s', coalesce(f.id, s.id), coalesce(f.cents, 0), coalesce(f.units, 0),
              coalesce(s.cents, 0), coalesce(s.units, 0))
  FROM (SELECT f.id, f.value_cents - f.revoked_cents - f.lowered_cents AS cents,
               f.quantity_units - f.revoked_units AS units
          FROM fulfilments f WHERE f.state = 'approved') f
  FULL JOIN said s ON s.id = f.id
 WHERE (coalesce(f.cents, 0), coalesce(f.units, 0)) <> (coalesce(s.cents, 0), coalesce(s.units, 0))
   AND NOT EXISTS (SELECT FROM log_arrivals a JOIN fulfilment_decisions d ON d.id = a.subject_id
                    WHERE d.fulfilment_id = coalesce(f.id, s.id))
"""

INVARIANTS = (
    Invariant(
        "fulfilments-in-books",
        "A fulfilment counts in the books for what it says, as long as it is approved.",
        _COUNTED,
    ),
    Invariant(
        "fulfilments-of-obligations",
        "What a fulfilment counts for is its own obligation, of its own authority, and its units"
        " are of its own order.",
        _WHERE,
    ),
    Invariant(
        "fulfilments-provisional",
        "What counts provisionally is what orders are meant for, and not more than they have.",
        _PROVISIONAL,
    ),
    Invariant(
        "fulfilments-serials",
        "The serials of a fulfilment are of its order, which still has them.",
        _WITHIN,
    ),
    Invariant(
        "fulfilments-decided",
        "A fulfilment stands as the last decision about it left it.",
        _DECIDED,
    ),
    recorded(
        "fulfilment",
        FulfilmentDecisionKind,
        figures={"quantity_units": "quantityUnits", "value_cents": "valueCents"},
    ),
    Invariant(
        "certificates-true",
        "A certificate states what was approved, as the books and its fulfilment say it.",
        _CERTIFIED,
    ),
    Invariant(
        "decisions-published",
        "Each decision about a fulfilment has its leaf in the public log within minutes.",
        _PUBLISHED,
    ),
    Invariant(
        "fulfilments-in-log",
        "What the public log adds up to is what counts.",
        _LOGGED,
    ),
    entered("fulfilment", "fulfilments"),
    entered("allocation", "order_allocations"),
)
