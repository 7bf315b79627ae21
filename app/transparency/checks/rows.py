"""What one statement can tell of the log: that it is in order, and goes with the books.

Entries of the books are not read anew: `ledger.checks` proves their leaves.
"""

ORDER = """
SELECT format('leaf %s: expected to follow %s', "index", fault)
  FROM (SELECT "index", position, lag("index", 1, -1::bigint) OVER (ORDER BY "index") AS before,
               coalesce(max(position) OVER (ORDER BY "index" ROWS BETWEEN UNBOUNDED PRECEDING
                                            AND 1 PRECEDING), 0) AS position_before
          FROM log_leaves) l
 CROSS JOIN LATERAL (VALUES
       ("index" <> before + 1, format('leaf %s, found %s', "index" - 1, before)),
       (position <> position_before + 1,
        format('position %s, found %s', position - 1, position_before))
       ) f(found, fault)
 WHERE found
 ORDER BY "index"
"""
HASHES = """
SELECT format('leaf %s: expected the hash of its entry, found another', "index")
  FROM log_leaves WHERE hash <> sha256('\\x00'::bytea || entry) ORDER BY "index"
"""
BOOKS = """
SELECT format('leaf %s: expected what stands at position %s of the books, found another', l."index",
              l.position)
  FROM log_leaves l
  LEFT JOIN ledger_positions p ON p.position = l.position
 WHERE l.source = 'ledger' AND (
       p.entry_id IS DISTINCT FROM l.subject_id
       OR convert_from(l.entry, 'UTF8') <> concat(
          '{"commitment"\\:"', encode(p.leaf, 'hex'), '","kind"\\:"ledger-entry","position"\\:',
          p.position, ',"version"\\:1}'))
 ORDER BY l."index"
"""
PROTECTED = """
SELECT format('table %s: expected the trigger %s, enabled, found none', on_table, name)
  FROM (VALUES ('log_leaves', 'append_only'), ('log_leaves', 'in_order'),
               ('log_tiles', 'append_only'), ('log_checkpoints', 'append_only'),
               ('log_checkpoints', 'grows'), ('log_cosignatures', 'append_only'))
       AS wanted(on_table, name)
 WHERE NOT EXISTS (SELECT FROM pg_trigger t
                    WHERE t.tgrelid = CAST(on_table AS regclass) AND t.tgname = name
                      AND t.tgenabled IN ('O', 'A'))
"""
GOES_ON = """
SELECT format('position %s: expected its leaf within minutes, found none', p.position)
  FROM ledger_positions p
 WHERE p.position > (SELECT coalesce(max(position), 0) FROM log_leaves)
   AND p.known_at < :now - interval '10 minutes'
 UNION ALL
SELECT format('leaf %s: expected a checkpoint over it within minutes, found none', l."index")
  FROM log_leaves l
 WHERE l."index" >= (SELECT coalesce(max(size), 0) FROM log_checkpoints)
   AND l.appended_at < :now - interval '10 minutes'
"""
"""Whoever takes the newest checkpoints away takes what is published out of what is signed."""
TIMES = """
SELECT format('leaf %s: expected to be appended after %s and before %s, found %s', l."index",
              since.moment, c.signed_at, l.appended_at)
  FROM (SELECT l."index", appended_at, p.known_at,
               lag(appended_at) OVER (ORDER BY l."index") AS before
          FROM log_leaves l LEFT JOIN ledger_positions p ON p.position = l.position) l
  LEFT JOIN LATERAL (SELECT signed_at FROM log_checkpoints WHERE size > l."index"
                      ORDER BY size LIMIT 1) c ON true
       -- Known may be later than both, if somebody set the clock back after it was recorded.
 CROSS JOIN LATERAL (SELECT coalesce(l.before, least(l.known_at, c.signed_at)) AS moment) since
 WHERE l.appended_at < since.moment - interval '5 minutes'
    OR l.appended_at > c.signed_at + interval '5 minutes'
 UNION ALL
SELECT format('checkpoint of %s leaves: expected to be signed after %s, found %s', size, before,
              signed_at)
  FROM (SELECT size, signed_at, lag(signed_at) OVER (ORDER BY size) AS before
          FROM log_checkpoints) c
 WHERE signed_at < before - interval '5 minutes'
"""
"""Each clock may be a little off."""
