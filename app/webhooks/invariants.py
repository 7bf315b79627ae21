"""What must always be true of the log of events."""

from app.core.invariants import Invariant

_PLACED = """
SELECT format('position %s of the log of events: expected to follow %s, found a gap', position,
              before)
  FROM (SELECT position, lag(position, 1, 0::bigint) OVER (ORDER BY position) AS before
          FROM event_positions) p
 WHERE position <> before + 1
 UNION ALL
SELECT format('event %s: expected a place in the log, or to wait for one, found neither', e.id)
  FROM events e
 WHERE NOT EXISTS (SELECT FROM event_positions p WHERE p.event_id = e.id)
   AND NOT EXISTS (SELECT FROM event_arrivals a WHERE a.event_id = e.id)
 UNION ALL
SELECT format('event %s: expected to have its place or to wait for it, found both', a.event_id)
  FROM event_arrivals a JOIN event_positions p ON p.event_id = a.event_id
"""

_TOLD = """
SELECT format('position %s of the log of events: expected somebody who is told, found nobody',
              p.position)
  FROM event_positions p
 WHERE NOT EXISTS (SELECT FROM event_audiences a WHERE a.position = p.position)
 UNION ALL
SELECT format('position %s of the log of events: expected an event of the type %s, found %s',
              a.position, a.type, coalesce(e.type, 'none'))
  FROM event_audiences a
  LEFT JOIN event_positions p ON p.position = a.position
  LEFT JOIN events e ON e.id = p.event_id
 WHERE e.type IS DISTINCT FROM a.type
"""

INVARIANTS = (
    Invariant(
        "events-placed",
        "Everything that happened has one place in the log of events, or waits for it; the places"
        " have no gap.",
        _PLACED,
    ),
    Invariant("events-told", "Of all that happened somebody is told.", _TOLD),
)
