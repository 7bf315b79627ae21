"""What must always be true of payouts."""

from app.core.invariants import Invariant, recorded
from app.ledger.invariants import entered
from app.payouts.models import PayoutState

_ENTERED = """
WITH entered AS (
    SELECT p.*, a.id AS approved_entry, n.id AS netted_entry, w.id AS withheld_entry,
           (SELECT sum(l.amount) FROM ledger_lines l
             WHERE l.entry_id = a.id AND l.side = 'debit') AS owed,
           (SELECT sum(l.amount) FROM ledger_lines l
             WHERE l.entry_id = n.id AND l.side = 'debit') AS netted,
           b.posted_at
      FROM payouts p
      LEFT JOIN ledger_references a ON a.reference = concat('payout/', p.id, '/approved')
      LEFT JOIN ledger_references n ON n.reference = concat('payout/', p.id, '/netted')
      LEFT JOIN ledger_references w ON w.reference = concat('payout/', p.id, '/withheld')
      LEFT JOIN LATERAL (SELECT recorded_at AS posted_at FROM ledger_entries
                          WHERE id = a.id) b ON true
)
SELECT format('payout %s (%s): expected %s', e.id, e.state, fault)
  FROM entered e
 CROSS JOIN LATERAL (VALUES
       ((e.approved_entry IS NOT NULL)
        <> (e.approved_by_id IS NOT NULL AND e.retries_id IS NULL),
        'to be owed in the books since it was approved, and not before'),
       (e.owed <> e.principal_cents + e.vat_cents,
        format('%s cents owed, found %s', e.principal_cents + e.vat_cents, e.owed)),
       (e.approved_entry IS NOT NULL AND NOT EXISTS (
            SELECT FROM ledger_lines l JOIN ledger_accounts a ON a.id = l.account_id
             WHERE l.entry_id = e.approved_entry AND l.amount = e.principal_cents
               AND (a.kind, a.owner_id) = (replace(e.part, '-', '_'), e.project_id)),
        format('%s cents of the %s of its project, found none', e.principal_cents, e.part)),
       (e.netted > e.netted_cents, format('%s cents netted, found %s', e.netted_cents, e.netted)),
       (e.netted_cents > 0 AND e.netted IS NULL AND e.retries_id IS NULL,
        format('%s cents netted, found none', e.netted_cents)),
       ((e.withheld_entry IS NOT NULL)
        <> (e.state = 'withheld' AND (e.approved_by_id IS NOT NULL OR e.retries_id IS NOT NULL)),
        'to be given back in the books where it was owed and is withheld'),
       (abs(extract(epoch FROM e.posted_at - e.approved_at)) > 600,
        format('to be approved at %s, found %s', e.posted_at, e.approved_at))
       ) f(found, fault)
 WHERE found
"""

_FOLLOWS = """
SELECT format('payout %s: expected to stand as its outgoing does (%s), found %s', p.id, o.status,
              p.state)
  FROM payouts p JOIN outgoings o ON o.id = p.outgoing_id
 WHERE (o.kind, o.scheme_id, o.account_owner_id, o.amount_cents)
       <> ('payout', p.scheme_id, p.entrepreneur_id,
           p.principal_cents + p.vat_cents - p.netted_cents)
    OR (o.iban, o.holder_name, o.provider_account_id)
       IS DISTINCT FROM (p.iban, p.holder_name, p.provider_account_id)
    OR (NOT p.state = ANY (CASE o.status
        WHEN 'planned' THEN ARRAY['planned', 'approved']
        WHEN 'approved' THEN ARRAY['approved']
        WHEN 'failed' THEN ARRAY['failed', 'withheld']
        WHEN 'clawed_back' THEN ARRAY['clawed_back', 'withheld']
        ELSE ARRAY[o.status] END::text[])
        -- A job tells the payout what became of its money.
        AND NOT EXISTS (SELECT FROM jobs j WHERE j.state IN ('queued', 'running')
                           AND j.arguments::text LIKE '%' || o.id || '%'))
"""

_PAYABLE = """
WITH owed AS (
    SELECT p.scheme_id, p.entrepreneur_id,
           sum(p.principal_cents + p.vat_cents - p.netted_cents) AS cents
      FROM payouts p
      LEFT JOIN payouts r ON r.retries_id = p.id
      LEFT JOIN outgoings o ON o.id = p.outgoing_id
     WHERE p.approved_by_id IS NOT NULL AND p.state <> 'withheld'
       AND coalesce(o.status, 'settled') IN ('planned', 'approved', 'failed', 'clawed_back',
                                             'withheld')
       AND (r.id IS NULL OR r.state = 'planned')
     GROUP BY p.scheme_id, p.entrepreneur_id
)
SELECT format('payable to %s in ledger %s: expected %s cents, as its payouts say, found %s',
              coalesce(a.owner_id, o.entrepreneur_id), g.id, coalesce(o.cents, 0),
              coalesce(a.posted, 0))
  FROM owed o
  JOIN ledgers g ON g.keeper_id = o.scheme_id AND g.book = 'money'
  FULL JOIN (SELECT * FROM ledger_accounts WHERE kind = 'payable') a
    ON a.ledger_id = g.id AND a.owner_id = o.entrepreneur_id
 WHERE coalesce(o.cents, 0) <> coalesce(a.posted, 0)
"""

_DECIDED = """
SELECT format('payout %s: expected to stand as its last decision says (%s), found %s', p.id,
              coalesce(d.state, 'none'), p.state)
  FROM payouts p
  LEFT JOIN LATERAL (SELECT state FROM payout_decisions WHERE payout_id = p.id
                      ORDER BY id DESC LIMIT 1) d ON true
 WHERE p.state IS DISTINCT FROM coalesce(d.state, 'planned')
 UNION ALL
SELECT format('payout %s: expected to be %s by %s at %s, found %s at %s', p.id, d.state,
              d.decided_by, d.decided_at, w.by_id, w.at)
  FROM payouts p
 CROSS JOIN LATERAL (VALUES ('planned', p.planned_by_id, p.planned_at),
                            ('approved', p.approved_by_id, p.approved_at)) w(state, by_id, at)
  JOIN payout_decisions d ON d.payout_id = p.id AND d.state = w.state
 WHERE d.decided_by LIKE 'user:%' AND d.decided_by <> concat('user:', w.by_id)
    OR abs(extract(epoch FROM d.decided_at - w.at)) <= 600 IS NOT TRUE
"""

_WRITTEN_OFF = """
SELECT format('write-off %s (%s): expected %s cents borne by the operator, found %s', w.id, w.state,
              w.cents, coalesce(sum(l.amount), 0))
  FROM (SELECT id, state, CASE state WHEN 'approved' THEN amount_cents ELSE 0 END AS cents
          FROM write_offs) w
  LEFT JOIN ledger_references r ON r.reference = concat('write-off/', w.id, '/approved')
  LEFT JOIN ledger_lines l ON l.entry_id = r.id AND l.side = 'debit'
 GROUP BY w.id, w.state, w.cents
HAVING coalesce(sum(l.amount), 0) <> w.cents
"""

INVARIANTS = (
    Invariant(
        "payouts-in-books",
        "A payout is owed in the books from when it was approved, for just that much.",
        _ENTERED,
    ),
    Invariant("payouts-sent", "A payout stands as the money that leaves for it.", _FOLLOWS),
    Invariant(
        "payouts-payable",
        "What is payable to an entrepreneur is what was approved and has not left.",
        _PAYABLE,
    ),
    recorded("payout", PayoutState, kind="state"),
    Invariant("payouts-decided", "A payout stands as the last decision about it says.", _DECIDED),
    entered("payout", "payouts"),
    Invariant(
        "write-offs-in-books",
        "What was written off is borne by the operator in the books, just that much, and once.",
        _WRITTEN_OFF,
    ),
    entered("write-off", "write_offs"),
)
