"""What must be true of entries and their lines; each check names the faults in its range."""

_LINE_COUNT = """
SELECT format('entry %s: expected lines 1 to %s, found %s of them, numbered %s to %s, and %s'
              ' said', e.id, e.fewest, coalesce(l.n, 0), l.lowest, l.highest, e.line_count)
  FROM (SELECT id, line_count, greatest(line_count, 2) AS fewest FROM entries) e
  LEFT JOIN (SELECT entry_id, count(*) AS n, min(position) AS lowest, max(position) AS highest
               FROM lines GROUP BY entry_id) l ON l.entry_id = e.id
 WHERE (l.n, l.lowest, l.highest, e.line_count) IS DISTINCT FROM (e.fewest, 1, e.fewest, e.fewest)
"""

_BALANCE = """
SELECT format('entry %s: expected as much debit as credit in ledger %s, found %s and %s',
              entry_id, ledger_id, debit, credit)
  FROM (SELECT entry_id, ledger_id,
               coalesce(sum(amount) FILTER (WHERE side = 'debit'), 0) AS debit,
               coalesce(sum(amount) FILTER (WHERE side = 'credit'), 0) AS credit
          FROM lines GROUP BY entry_id, ledger_id) l
 WHERE debit <> credit
"""

_LINE = """
SELECT format('line %s of entry %s: expected %s', l.position, l.entry_id, fault)
  FROM lines l
  -- OFFSET keeps it a look-up: else every range would begin with reading all accounts.
  LEFT JOIN LATERAL (SELECT * FROM ledger_accounts WHERE id = l.account_id OFFSET 0) a ON true
  LEFT JOIN entries e ON e.id = l.entry_id
 CROSS JOIN LATERAL (VALUES
       (e.id IS NULL, 'its entry, found none'),
       (a.id IS NULL, format('account %s, found none', l.account_id)),
       (a.ledger_id <> l.ledger_id, format('ledger %s, as its account %s says, found %s',
                                           a.ledger_id, a.id, l.ledger_id)),
       (l.amount <= 0, format('a positive amount, found %s', l.amount))
       ) f(found, fault)
 WHERE found
"""

_REFERENCE = """
SELECT format('entry %s: expected the reference %s to be its own, found %s', e.id, e.reference,
              coalesce('that of ' || r.id, 'no such reference'))
  FROM entries e LEFT JOIN ledger_references r ON r.reference = e.reference
 WHERE r.id IS DISTINCT FROM e.id
"""

_REVERSAL = """
SELECT format('entry %s: expected to be the one that reverses %s, found %s', e.id, e.reverses_id,
              coalesce(CAST(r.entry_id AS text), 'none'))
  FROM entries e LEFT JOIN ledger_reversals r ON r.reverses_id = e.reverses_id
 WHERE e.reverses_id IS NOT NULL AND r.entry_id IS DISTINCT FROM e.id
"""

_MIRROR = """
SELECT format('entry %s: expected the mirror of entry %s, found %s', e.id, e.reverses_id,
              CASE WHEN o.id IS NULL THEN 'no such entry'
                   WHEN o.reverses_id IS NOT NULL THEN 'a reversal itself'
                   ELSE 'another line ' || odd.position END)
  FROM entries e
  LEFT JOIN ledger_entries o ON o.id = e.reverses_id
 CROSS JOIN LATERAL (
       SELECT min(coalesce(m.position, l.position)) AS position
         FROM (SELECT * FROM ledger_lines WHERE entry_id = e.id) m
         FULL JOIN (SELECT * FROM ledger_lines WHERE entry_id = e.reverses_id) l
           ON l.position = m.position
        WHERE (m.account_id, m.ledger_id, m.amount, m.about_id, m.side = 'debit')
              IS DISTINCT FROM (l.account_id, l.ledger_id, l.amount, l.about_id, l.side = 'credit')
       ) odd
 WHERE e.reverses_id IS NOT NULL
   AND (o.id IS NULL OR o.reverses_id IS NOT NULL OR odd.position IS NOT NULL)
"""

_PLACE = """
SELECT format('entry %s: expected one place, in the order or in the queue, found %s',
              e.id, (p.entry_id IS NOT NULL)::integer + coalesce(u.n, 0))
  FROM entries e
  LEFT JOIN ledger_positions p ON p.entry_id = e.id
  LEFT JOIN (SELECT entry_id, count(*) AS n FROM ledger_unsequenced GROUP BY entry_id) u
    ON u.entry_id = e.id
 WHERE (p.entry_id IS NOT NULL)::integer + coalesce(u.n, 0) <> 1
"""

CHECKS = (_LINE_COUNT, _BALANCE, _LINE, _REFERENCE, _REVERSAL, _MIRROR, _PLACE)
"""Each reads `entries` and `lines` (scopes.py)."""
