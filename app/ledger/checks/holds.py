"""What must be true of holds, and of the references of both holds and entries."""

_HOLD = """
SELECT format('hold %s (%s): expected %s', h.id, h.reference, fault)
  FROM ledger_holds h
  LEFT JOIN ledger_accounts a ON a.id = h.account_id
  LEFT JOIN ledger_references r ON r.reference = h.reference
  LEFT JOIN ledger_entries e ON e.id = h.entry_id
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(CASE WHEN l.side = a.side THEN -l.amount ELSE l.amount END), 0) AS taken
         FROM ledger_lines l
        WHERE l.entry_id = h.entry_id AND l.account_id = h.account_id) t
 CROSS JOIN LATERAL (VALUES
       (a.limited IS NOT TRUE, format('a limited account, found %s', h.account_id)),
       (r.id IS DISTINCT FROM h.id, format('its reference to be its own, found %s',
                                           coalesce('that of ' || r.id, 'no such reference'))),
       (h.state NOT IN ('pending', 'posted', 'voided', 'expired'),
        format('a state, found %s', h.state)),
       (h.quantity <= 0, format('a positive quantity, found %s', h.quantity)),
       ((h.state = 'pending') <> (h.settled_at IS NULL),
        format('to be settled once it ended, found %s settled at %s', h.state, h.settled_at)),
       ((h.state = 'posted') <> (h.entry_id IS NOT NULL),
        format('an entry where it was posted, found %s by %s', h.state, h.entry_id)),
       (h.entry_id IS NOT NULL AND e.id IS NULL, format('entry %s, found none', h.entry_id)),
       (e.id IS NOT NULL AND h.posted_quantity <> t.taken,
        format('%s posted, as entry %s took, found %s', t.taken, h.entry_id, h.posted_quantity)),
       (h.posted_quantity NOT BETWEEN (h.state = 'posted')::integer
                              AND CASE h.state WHEN 'posted' THEN h.quantity ELSE 0 END,
        format('to be posted in part of its %s, found %s posted while %s',
               h.quantity, h.posted_quantity, h.state))
       ) f(found, fault)
 WHERE found
"""

HOLDS = _HOLD
_STILL_COUNTS = """
   AND (h.state = 'pending'
        OR h.entry_id IN (SELECT entry_id FROM ledger_positions WHERE position > :since))
"""
HOLDS_SINCE = _HOLD + _STILL_COUNTS
"""Those that still count, and those that entries took after a position."""

_TAKEN_TWICE = """
SELECT format('entry %s: expected to settle one hold, found %s', entry_id, count(*))
  FROM ledger_holds WHERE entry_id IS NOT NULL GROUP BY entry_id HAVING count(*) > 1
"""

_REFERENCE = """
SELECT format('reference %s: expected the entry or hold %s to have it, found %s', r.reference, r.id,
              coalesce(e.reference, h.reference, 'neither'))
  FROM ledger_references r
  LEFT JOIN ledger_entries e ON e.id = r.id
  LEFT JOIN ledger_holds h ON h.id = r.id
 WHERE coalesce(e.reference, h.reference) IS DISTINCT FROM r.reference
"""

_REVERSAL = """
SELECT format('reversal of entry %s: expected entry %s to say so, found %s', r.reverses_id,
              r.entry_id, CASE WHEN e.id IS NULL THEN 'no such entry'
                               ELSE coalesce('the reversal of ' || e.reverses_id, 'no reversal')
                          END)
  FROM ledger_reversals r LEFT JOIN ledger_entries e ON e.id = r.entry_id
 WHERE e.reverses_id IS DISTINCT FROM r.reverses_id
"""

WHOLE = (_TAKEN_TWICE, _REFERENCE, _REVERSAL)
"""What a check of entries can't see from their side."""
