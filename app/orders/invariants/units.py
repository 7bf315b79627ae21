"""Units: in the impact book, as orders say, and by their serials."""

from app.core.invariants import Invariant

_ADD_UP = """
WITH balances AS (
    SELECT CASE WHEN a.kind IN ('owned', 'retired') THEN o.project_id ELSE a.owner_id END
               AS project_id,
           a.kind, CASE WHEN a.limited THEN a.posted ELSE l.units END AS units
      FROM ledger_accounts a
      LEFT JOIN orders o ON o.id = a.owner_id
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(CASE WHEN l.side = a.side THEN l.amount ELSE -l.amount END), 0)
                      AS units
             FROM ledger_lines l WHERE l.account_id = a.id AND NOT a.limited) l
     WHERE a.kind IN ('issued', 'for_sale', 'owned', 'retired', 'annulled', 'lapsed')
)
SELECT format('project %s: expected its %s issued units to be for sale, owned, retired, annulled'
              ' or lapsed, found %s', project_id, coalesce(issued, 0), coalesce(found, 0))
  FROM (SELECT project_id, sum(units) FILTER (WHERE kind = 'issued') AS issued,
               sum(units) FILTER (WHERE kind <> 'issued') AS found
          FROM balances GROUP BY project_id) p
 WHERE coalesce(issued, 0) <> coalesce(found, 0)
"""

_OF_ORDERS = """
SELECT format('order %s: expected %s units owned or retired, found %s', coalesce(o.id, b.owner_id),
              coalesce(o.units, 0), coalesce(b.units, 0))
  FROM (SELECT id, CASE WHEN paid_at IS NULL THEN 0 ELSE quantity_units - undone_units END AS units
          FROM orders) o
  FULL JOIN (SELECT owner_id, sum(posted) AS units FROM ledger_accounts
              WHERE kind IN ('owned', 'retired') GROUP BY owner_id) b ON b.owner_id = o.id
 WHERE coalesce(o.units, 0) <> coalesce(b.units, 0)
"""

_HELD = """
SELECT format('order %s (%s): expected %s, found %s', o.id, o.state,
              CASE WHEN w.waits THEN format('%s units held until %s', o.quantity_units,
                                            o.reserved_until)
                   ELSE format('no more than %s units held before, and none now',
                               o.quantity_units) END,
              coalesce(format('%s until %s, %s at %s', h.quantity, h.expires_at, h.state,
                              h.settled_at), 'none'))
  FROM orders o
 CROSS JOIN LATERAL (SELECT o.state IN ('reserved', 'processing') AS waits) w
  LEFT JOIN ledger_holds h
    ON h.reference = concat('order/', o.id, '/reserved',
                            CASE WHEN o.reservations > 1 THEN '/' || o.reservations END)
 WHERE CASE WHEN w.waits THEN h.id IS NULL OR h.quantity <> o.quantity_units
                              OR h.state NOT IN ('pending', 'expired')
                              OR h.expires_at <> o.reserved_until
            ELSE h.state = 'pending' OR h.quantity <> o.quantity_units
                 OR h.id IS NULL AND o.paid_at IS NOT NULL AND o.moved_from_id IS NULL END
    OR h.state = 'posted' AND abs(extract(epoch FROM h.settled_at - o.paid_at)) > 600
 UNION ALL
SELECT format('order %s: expected its first reservation, and %s anew, as was decided, found %s of'
              ' them', o.id, d.times, o.reservations)
  FROM orders o
  LEFT JOIN ledger_holds h
    ON h.reference = concat('order/', o.id, '/reserved',
                            CASE WHEN o.reservations > 1 THEN '/' || o.reservations END)
 CROSS JOIN LATERAL (SELECT count(*) AS times FROM order_decisions
                      WHERE order_id = o.id AND kind = 'reserved-anew') d
 WHERE o.reservations <> d.times + CASE
       -- Money that came too late for its hold took what was still for sale, and held nothing.
       WHEN o.paid_at IS NOT NULL AND h.state <> 'posted' THEN 0 ELSE 1 END
"""

_RUNS = """
SELECT format('order %s (%s): expected %s serials of its project, found %s', o.id, o.state,
              CASE WHEN o.paid_at IS NULL THEN 0 ELSE o.quantity_units END,
              coalesce(format('%s from %s on of project %s at %s',
                              b.last_serial - b.first_serial + 1, b.first_serial, b.project_id,
                              b.issued_at), 'none'))
  FROM orders o
  JOIN projects p ON p.id = o.project_id
  LEFT JOIN serial_blocks b ON b.order_id = o.id
 WHERE CASE WHEN o.paid_at IS NULL THEN b.id IS NOT NULL
            ELSE (b.project_id, b.first_serial >> 32, b.last_serial - b.first_serial + 1)
                 IS DISTINCT FROM (o.project_id, p.number, o.quantity_units)
                 OR abs(extract(epoch FROM b.issued_at - o.paid_at)) > 600 END
"""

_IN_TURN = """
SELECT format('serials of project %s from %s on: expected to be issued after those before them (at'
              ' position %s), found position %s', project_id, first_serial & 4294967295, before,
              position)
  FROM (SELECT b.project_id, b.first_serial, p.position,
               lag(p.position) OVER (PARTITION BY b.project_id ORDER BY b.first_serial) AS before
          FROM serial_blocks b
          JOIN ledger_references r ON r.reference = concat('order/', b.order_id, '/issued')
          JOIN ledger_positions p ON p.entry_id = r.id) runs
 WHERE position < before
"""
"""Whoever paid first has the first serials: the project is locked while its units are issued."""

_NO_GAP = """
SELECT format('serials of project %s from %s on: expected to follow %s', project_id,
              first_serial & 4294967295, before & 4294967295)
  FROM (SELECT project_id, first_serial,
               lag(last_serial, 1, first_serial >> 32 << 32)
                   OVER (PARTITION BY project_id ORDER BY first_serial) AS before
          FROM serial_blocks) runs
 WHERE first_serial <> before + 1
"""

_UNDONE = """
WITH parts AS (
    SELECT p.*, sum(p.quantity_units) OVER (PARTITION BY p.order_id ORDER BY p.last_serial DESC)
               AS undone
      FROM order_parts p
)
SELECT format('order %s: expected %s units undone, as it says, found %s', o.id, o.undone_units,
              coalesce(sum(p.quantity_units), 0))
  FROM orders o LEFT JOIN order_parts p ON p.order_id = o.id
 GROUP BY o.id, o.undone_units
HAVING o.undone_units <> coalesce(sum(p.quantity_units), 0)
 UNION ALL
SELECT format('part %s of order %s: expected the last serials that the order had, found %s to %s',
              p.id, p.order_id, p.first_serial, p.last_serial)
  FROM parts p LEFT JOIN serial_blocks b ON b.order_id = p.order_id
 WHERE p.first_serial IS DISTINCT FROM b.last_serial - p.undone + 1
 UNION ALL
SELECT format('part %s of order %s: expected its entry of %s units when it was decided, found %s',
              p.id, p.order_id, p.quantity_units,
              coalesce(format('%s units at %s', l.amount, e.recorded_at), 'none'))
  FROM parts p
  LEFT JOIN ledger_references r ON r.reference = concat('order/', p.order_id, '/unwound/', p.undone)
  LEFT JOIN ledger_entries e ON e.id = r.id
  LEFT JOIN LATERAL (SELECT l.amount FROM ledger_lines l JOIN ledger_accounts a
                         ON a.id = l.account_id AND a.kind = 'owned'
                      WHERE l.entry_id = e.id) l ON true
 WHERE l.amount IS DISTINCT FROM p.quantity_units
    OR NOT EXISTS (SELECT FROM ledger_lines t JOIN ledger_accounts a ON a.id = t.account_id
                    WHERE t.entry_id = e.id AND t.amount = p.quantity_units AND t.side = 'debit'
                      AND a.kind = CASE WHEN p.are_for_sale THEN 'for_sale' ELSE 'annulled' END)
    OR abs(extract(epoch FROM e.recorded_at - p.decided_at)) > 600
 UNION ALL
SELECT format('part %s of order %s: expected whoever decided it, as was recorded, found another',
              p.id, p.order_id)
  FROM parts p
 WHERE NOT EXISTS (SELECT FROM events e
                    WHERE e.subject_id = p.order_id AND e.data ->> 'partId' = CAST(p.id AS text)
                      AND e.actor = p.decided_by)
"""

_ANNULLED = """
SELECT format('serials %s to %s: expected them annulled once, as a part that was undone, found %s',
              coalesce(p.first_serial, a.first_serial), coalesce(p.last_serial, a.last_serial),
              CASE WHEN a.id IS NULL THEN 'no annulment' WHEN p.id IS NULL THEN 'no part'
                   ELSE 'those of another order or time' END)
  FROM (SELECT p.id, p.first_serial, p.last_serial, p.decided_at, b.id AS block_id
          FROM order_parts p LEFT JOIN serial_blocks b ON b.order_id = p.order_id) p
  FULL JOIN serial_annulments a USING (first_serial, last_serial)
 WHERE p.block_id IS DISTINCT FROM a.block_id
    OR abs(extract(epoch FROM p.decided_at - a.annulled_at)) > 600
"""

INVARIANTS = (
    Invariant(
        "units-add-up",
        "Of each project as many units were issued as are for sale, owned, retired, annulled or"
        " lapsed.",
        _ADD_UP,
    ),
    Invariant(
        "units-of-orders",
        "An order has as many units in the impact book as it paid for and did not lose.",
        _OF_ORDERS,
    ),
    Invariant(
        "units-held",
        "Units are held for orders that wait for their money, and for no others.",
        _HELD,
    ),
    Invariant(
        "serials-of-orders",
        "A paid order has one run of serials of its project, of its quantity.",
        _RUNS,
    ),
    Invariant(
        "serials-in-turn",
        "Whoever paid first has the first serials: nobody changed theirs for others.",
        _IN_TURN,
    ),
    Invariant("serials-without-a-gap", "The serials of a project have no gap, from 1 on.", _NO_GAP),
    Invariant(
        "units-undone",
        "What an order lost is the sum of its parts, the last serials first, each with its entry.",
        _UNDONE,
    ),
    Invariant(
        "serials-annulled", "The serials of what was undone are annulled, and no others.", _ANNULLED
    ),
)
